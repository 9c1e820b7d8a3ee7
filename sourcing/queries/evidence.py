"""Questions about evidence: which kinds there are, what an organisation has, and what would serve again."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _

from organisations.visibility import Viewer
from sourcing.definitions.kinds import Check, Kind, kinds, title_of
from sourcing.models import Evidence, EvidenceSite, Site
from sourcing.models.evidence import SOON, EvidenceQuerySet

ANSWERS = ("yes", "no", "unknown")


def evidence_kinds() -> list[Kind]:
    """Return the kinds of evidence, in the order of lists."""
    return list(kinds().values())


def kind_named(key: str) -> Kind | None:
    """Return a kind by its key, or None when no data file describes it (any more)."""
    return kinds().get(key)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds as choices of a field."""
    return [(kind.key, title_of(kind.key)) for kind in evidence_kinds()]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a checklist in the reader's language, with what the owner answered ("" for nothing yet)."""

    key: str
    ask: str
    why: str
    answer: str


def checklist_of(evidence: Evidence) -> list[Answered]:
    """Return the questions of a piece's kind with its owner's answers; answers to dropped questions are left out."""
    kind = kind_named(evidence.kind)
    said = evidence.checklist.get("answers", {})
    return [_answered(check, said.get(check.key, "")) for check in kind.checks] if kind else []


def checklist_for(key: str) -> list[Answered]:
    """Return the questions of a kind, none of them answered."""
    kind = kind_named(key)
    return [_answered(check, "") for check in kind.checks] if kind else []


def checklists_for(keys: Iterable[str]) -> list[tuple[str, list[Answered]]]:
    """Return title and questions of each of these kinds, each once, in the order of lists."""
    wanted = set(keys)
    return [(kind.label, checklist_for(kind.key)) for kind in evidence_kinds() if kind.key in wanted]


def _answered(check: Check, answer: str) -> Answered:
    return Answered(check.key, _(check.ask), _(check.why), answer if answer in ANSWERS else "")


def evidence_matching(
    viewer: Viewer,
    *,
    on: dt.date,
    text: str = "",
    kind: str = "",
    site: str = "",
    state: str = "",
) -> EvidenceQuerySet:
    """Return the viewer's organisation's evidence, narrowed.

    Args:
        on: today, for what is expiring. text: in the title, the note, who made it, or the code of a requirement.
        site: a site's code. state: "valid", "expiring" (within 60 days), "expired", "retired"; empty for all
            that is not retired.
    """
    rows = Evidence.objects.visible_to(viewer)
    rows = rows.filter(retired_at__isnull=False) if state == "retired" else rows.in_force()
    if state == "expired":
        rows = rows.filter(expires_on__lt=on)
    elif state == "expiring":
        rows = rows.filter(expires_on__gte=on, expires_on__lte=on + SOON)
    elif state == "valid":
        rows = rows.filter(Q(expires_on=None) | Q(expires_on__gt=on + SOON))
    if text:
        words = Q(title__icontains=text) | Q(note__icontains=text) | Q(supplied_by__icontains=text)
        rows = rows.filter(words | Q(code__iexact=text) | Q(requirements__contains=[text.upper()]))
    if kind:
        rows = rows.filter(kind=kind)
    if site:
        known = Site.objects.visible_to(viewer).filter(code=site.upper()).values("pk")
        rows = rows.filter(Exists(EvidenceSite.objects.filter(evidence=OuterRef("pk"), site_id__in=known)))
    return rows


def same_file(viewer: Viewer, sha256: str) -> Evidence | None:
    """Return the piece in force that was made from the very same bytes, if the viewer may see it."""
    return Evidence.objects.visible_to(viewer).in_force().filter(sha256=sha256).first()


def fitting_evidence(
    viewer: Viewer,
    *,
    on: dt.date,
    site_id: int | None = None,
    kind: str = "",
    requirements: Iterable[str] = (),
    used_before: Sequence[int] = (),
) -> EvidenceQuerySet:
    """Return what the viewer's organisation could show again, what fits best first.

    Retired pieces are left out; so is what is about other sites only. What fits: it was used for this requirement
    before (`used_before`, keys of pieces), it says it proves the requirement, it is about the site, it is of the
    kind. What has expired comes last.
    """
    named = EvidenceSite.objects.filter(evidence_id=OuterRef("pk"))
    about_site = Exists(named.filter(site_id=site_id)) if site_id else Value(False)
    rows = Evidence.objects.visible_to(viewer).in_force()
    if site_id:
        rows = rows.filter(about_site | ~Exists(named))
    return rows.annotate(
        is_current=_flag(Q(expires_on=None) | Q(expires_on__gte=on)),
        was_used=_flag(Q(pk__in=list(used_before))),
        proves_it=_flag(Q(requirements__overlap=[one.upper() for one in requirements])),
        is_of_kind=_flag(Q(kind=kind)),
        names_site=about_site,
    ).order_by("-is_current", "-was_used", "-proves_it", "-is_of_kind", "-names_site", "-added_at", "-pk")


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def with_site_names(viewer: Viewer, rows: Iterable[Evidence]) -> list[Evidence]:
    """Give each piece of a page the names of the sites it is about, as far as the viewer sees them: `.site_names`."""
    pieces = list(rows)
    named = EvidenceSite.objects.filter(evidence__in=pieces).values_list("evidence_id", "site_id")
    pairs = list(named)
    sites = Site.objects.visible_to(viewer).filter(pk__in={site for _piece, site in pairs})
    names = dict(sites.values_list("pk", "name"))
    for piece in pieces:
        found = [names[site] for owner, site in pairs if owner == piece.pk and site in names]
        piece.site_names = sorted(found)  # type: ignore[attr-defined]
    return pieces
