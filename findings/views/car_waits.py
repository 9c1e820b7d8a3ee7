"""What at one CAR waits for its reader, from what the page has read already."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from findings.lifecycle import CallState, CommitmentState
from findings.models import Finding
from organisations.visibility import Viewer
from web.pieces import Todo


def waits_here(viewer: Viewer, finding: Finding, found: dict[str, Any]) -> list[Todo]:
    """Return what this reader is asked to answer at a CAR, calls first.

    Args:
        found: the context of the page, with what `together.panel` and `plan_work` give.
    """
    is_site = viewer.organisation_id == finding.supplier_id
    if not is_site and not found["sides"]:
        return []
    return [
        *_calls(viewer, finding, found),
        *(_of_site(finding, found) if is_site else _of_customer(finding, found)),
    ]


def _calls(viewer: Viewer, finding: Finding, found: dict[str, Any]) -> Iterator[Todo]:
    for side in found["sides"]:
        for call in side.calls:
            if call.state == CallState.PROPOSED and call.waits_for_id == viewer.organisation_id:
                who = finding.audit.supplier_name if side.is_own else side.organisation.name
                url = reverse("findings:call", args=[call.code])
                yield Todo(who, _("proposes times for a call"), url, _("Choose a time"))


def _of_site(finding: Finding, found: dict[str, Any]) -> Iterator[Todo]:
    for side in found["sides"]:
        for one in side.commitments:
            if one.state == CommitmentState.OFFERED:
                url = reverse("findings:commitment", args=[one.code])
                yield Todo(side.organisation.name, _("offers support"), url, _("Read and confirm"))
    for wish, is_open in found.get("wishes", ()):
        if is_open and found["may_update"]:
            url = reverse("findings:rhythm_answer", args=[finding.code, wish.code])
            yield Todo(wish.organisation.name, _("asks for reports at other times"), url, _("Answer"))


def _of_customer(finding: Finding, found: dict[str, Any]) -> Iterator[Todo]:
    for ask in found["asks"]:
        if ask.closed_at is None:
            url = reverse("findings:introduction_asked", args=[ask.code])
            what = _("asks whether it may introduce you to another customer")
            yield Todo(finding.audit.supplier_name, what, url, _("Read and answer"))
