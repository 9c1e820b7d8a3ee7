"""The verbs of more time: the site asks for it, the audit firm grants or refuses it. Nobody else moves a date."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.corrective import locked_finding, today_of
from findings.models import Extension, ExtensionAnswer, Finding
from findings.permissions.corrective import can_answer_extension, can_ask_extension
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

ASKED = "findings.extension_asked"
GRANTED = "findings.extension_granted"
REFUSED = "findings.extension_refused"


def ask_extension(
    *,
    viewer: Viewer,
    finding: Finding,
    wanted_on: dt.date,
    reason: str,
    language: str = "",
    at: dt.datetime,
) -> Extension:
    """Ask the audit firm for more time, with the date that the site proposes. The date stays until it says yes.

    Raises:
        Forbidden: see `can_ask_extension`.
        Refusal: `asked-already`; `not-later` at `wanted_on`; `reason-missing`.
    """
    with transaction.atomic():
        finding = locked_finding(viewer, finding)
        can_ask_extension(viewer, finding).require()
        if Extension.objects.unanswered().filter(finding=finding).exists():
            raise Refusal("asked-already", _("You have asked already. The audit firm has not answered yet."))
        if not reason.strip():
            raise _refused("reason-missing", "reason", _("Say why more time is needed."))
        _require_later(finding, wanted_on, "wanted_on", at)
        extension = Extension.objects.create(
            finding=finding, wanted_on=wanted_on, reason=reason, language=language, asked_at=at
        )
        extension.refresh_from_db()
        record(
            verb=ASKED,
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data={"extension": extension.code, "on": wanted_on.isoformat(), **_names(finding)},
        )
    return extension


def answer_extension(
    *,
    viewer: Viewer,
    extension: Extension,
    is_granted: bool,
    ends_on: dt.date | None = None,
    reason: str = "",
    language: str = "",
    at: dt.datetime,
) -> ExtensionAnswer:
    """Grant more time, or refuse it with a reason; the site is told.

    Promises: granted, the date that counts (`Finding.due_by`) is the new one from now on; the date in the audit
    stays as it was published.

    Args:
        ends_on: the new date; the one that the site proposed unless said otherwise.

    Raises:
        Forbidden: see `can_answer_extension`.
        Refusal: `reason-missing` for a refusal without one; `not-later` at `ends_on`.
    """
    with transaction.atomic():
        finding = locked_finding(viewer, extension.finding)
        rows = Extension.objects.visible_to(viewer).select_related("answer", "finding__audit")
        extension = rows.get(pk=extension.pk)
        can_answer_extension(viewer, extension).require()
        ends_on = (ends_on or extension.wanted_on) if is_granted else None
        if ends_on:
            _require_later(finding, ends_on, "ends_on", at)
        elif not reason.strip():
            raise _refused("reason-missing", "reason", _("Say why there is no more time."))
        answer = ExtensionAnswer.objects.create(
            extension=extension,
            is_granted=is_granted,
            ends_on=ends_on,
            reason=reason,
            language=language,
            answered_at=at,
        )
        answer.refresh_from_db()
        data = {"extension": extension.code, "reason": reason, **_names(finding)}
        if ends_on:
            data["on"] = ends_on.isoformat()
        record(
            verb=GRANTED if is_granted else REFUSED,
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data=data,
        )
    return answer


def _require_later(finding: Finding, on: dt.date, name: str, at: dt.datetime) -> None:
    if finding.due_by is None or on <= finding.due_by:
        raise _refused("not-later", name, _("Choose a day after the date that counts now."))
    if on < today_of(finding, at):
        raise _refused("not-later", name, _("This day is over. Choose one that is still to come."))


def _names(finding: Finding) -> dict[str, str]:
    audit = finding.audit
    return {"site": audit.site_name, "supplier": audit.supplier_name, "firm": audit.audit_firm_name}


def _refused(code: str, name: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={name: [sentence]})
