"""Questions about the company tracker; all of them also for readers without an account."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from organisations.visibility import Viewer
from schemes.definitions.tracker_steps import Step, steps_named
from schemes.models import CompanyReply, Issue, StepRecord, TrackedCompany, Tracking
from schemes.models.tracker import IssueQuerySet, StepState, TrackingQuerySet

# Who leads: what others verified counts first, then what is evidenced, then what was not taken back, then claims.
LEADERS = ("-verified", "-evidenced", "reversed", "-claimed", "name", "id")


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of one step of one company: the newest record, or none, and those before it, newest first."""

    step: Step
    state: str
    record: StepRecord | None
    earlier: tuple[StepRecord, ...]


def listed_issues(viewer: Viewer | None) -> IssueQuerySet:
    """Return the issues that a reader may see."""
    return Issue.objects.visible_to(viewer)


def listed_companies(
    viewer: Viewer | None, issue: Issue, *, name: str = "", step: str = "", state: str = ""
) -> TrackingQuerySet:
    """Return how companies stand on an issue, narrowed by filters.

    Args:
        step, state: those whose `step` (any step, if it is empty) is in `state`.
    """
    rows = Tracking.objects.visible_to(viewer).filter(issue=issue).select_related("company")
    if name.strip():
        rows = rows.filter(name__icontains=name.strip())
    if not state:
        return rows
    if step:
        is_silent = state == StepState.NO_INFORMATION
        wanted = Q(**{f"states__{step}": state})
        return rows.filter(wanted | ~Q(states__has_key=step) if is_silent else wanted)
    anywhere = Q(pk__in=[])
    for key in issue.steps:
        anywhere |= Q(**{f"states__{key}": state})
    return rows.filter(anywhere)


def tracking_of(viewer: Viewer | None, issue: Issue, company: TrackedCompany) -> Tracking | None:
    """Return how a company stands on an issue; None if it is not followed there."""
    return Tracking.objects.visible_to(viewer).filter(issue=issue, company=company).first()


def found_of(viewer: Viewer | None, issue: Issue, company: TrackedCompany) -> list[Found]:
    """Return what is known of each step of a company, in the order of the steps."""
    records = StepRecord.objects.visible_to(viewer).filter(issue=issue, company=company).order_by("-pk")
    return _found(issue, list(records))


def _found(issue: Issue, newest_first: Iterable[StepRecord]) -> list[Found]:
    by_step: dict[str, list[StepRecord]] = {}
    for record in newest_first:
        by_step.setdefault(record.step, []).append(record)
    lines = []
    for step in steps_named(issue.steps):
        records = by_step.get(step.key, [])
        state = records[0].state if records else StepState.NO_INFORMATION.value
        lines.append(Found(step, state, records[0] if records else None, tuple(records[1:])))
    return lines


def replies_of(viewer: Viewer | None, issue: Issue, company: TrackedCompany) -> list[CompanyReply]:
    """Return what the company said, newest first."""
    rows = CompanyReply.objects.visible_to(viewer).filter(issue=issue, company=company)
    return list(rows.order_by("-pk"))


def newest_records(viewer: Viewer | None, issue: Issue) -> dict[int, list[Found]]:
    """Return what is known of each step of every company of an issue, by the company's key: for exports."""
    rows = StepRecord.objects.visible_to(viewer).filter(issue=issue).order_by("company_id", "-pk")
    by_company: dict[int, list[StepRecord]] = {}
    for record in rows.iterator(chunk_size=2000):
        by_company.setdefault(record.company_id, []).append(record)
    return {company: _found(issue, records) for company, records in by_company.items()}


def issues_of_company(viewer: Viewer | None, company: TrackedCompany) -> list[Tracking]:
    """Return on which issues a company is followed."""
    rows = Tracking.objects.visible_to(viewer).filter(company=company).select_related("issue")
    return list(rows.order_by("issue__title", "pk"))
