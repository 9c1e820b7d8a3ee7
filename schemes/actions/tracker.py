"""The verbs of the company tracker: open an issue, publish it, follow a company, record a step, reply."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from schemes.definitions.tracker_steps import steps_for
from schemes.models import CompanyReply, Issue, StepRecord, TrackedCompany
from schemes.models.tracker import Basis, StepState
from schemes.models.tracker_facts import StepFacts
from schemes.permissions.tracker import can_keep_issue, can_open_issue, can_publish_issue, can_reply
from schemes.queries.tracker import tracking_of
from sourcing.queries.organisation import organisation_with_code

OPENED = "schemes.issue_opened"
PUBLISHED = "schemes.issue_published"
EDITED = "schemes.issue_edited"
FOLLOWED = "schemes.company_followed"
CHANGED = "schemes.company_changed"
RECORDED = "schemes.step_recorded"
REPLIED = "schemes.company_replied"

OWN_WORD = frozenset({Basis.NONE, Basis.COMPANY})


def open_issue(
    *, viewer: Viewer, title: str, summary: str, is_state_imposed: bool, language: str = "", at: dt.datetime
) -> Issue:
    """Open an issue; its keeper alone sees it until it is published.

    Where a state imposes the forced labour, the steps offer exit and never remediation at the site.

    Raises:
        Forbidden: see `can_open_issue`.
    """
    can_open_issue(viewer).require()
    with transaction.atomic():
        issue = Issue.objects.create(
            keeper_id=viewer.organisation_id,
            title=title,
            summary=summary,
            language=language,
            is_state_imposed=is_state_imposed,
            steps=steps_for(is_state_imposed=is_state_imposed),
            opened_at=at,
        )
        issue.refresh_from_db()
        record(verb=OPENED, by=viewer, subject=issue, owner_id=issue.keeper_id, at=at)
    return issue


def edit_issue(
    *, viewer: Viewer, issue: Issue, title: str, summary: str, language: str = "", at: dt.datetime
) -> Issue:
    """Put the words of an issue right; what kind of issue it is stays.

    Raises:
        Forbidden: see `can_keep_issue`.
    """
    can_keep_issue(viewer, issue).require()
    with transaction.atomic():
        issue.title, issue.summary, issue.language = title, summary, language
        issue.save(update_fields=["title", "summary", "language"])
        record(verb=EDITED, by=viewer, subject=issue, owner_id=issue.keeper_id, at=at)
    return issue


def publish_issue(*, viewer: Viewer, issue: Issue, at: dt.datetime) -> Issue:
    """Show an issue with its companies and records to everybody; this cannot be taken back.

    Raises:
        Forbidden: see `can_publish_issue`.
    """
    can_publish_issue(viewer, issue).require()
    with transaction.atomic():
        issue = Issue.objects.select_for_update().get(pk=issue.pk)
        can_publish_issue(viewer, issue).require()
        issue.published_at = at
        issue.save(update_fields=["published_at"])
        record(verb=PUBLISHED, by=viewer, subject=issue, owner_id=issue.keeper_id, at=at)
    return issue


def follow_company(
    *,
    viewer: Viewer,
    issue: Issue,
    name: str,
    country: str = "",
    outside_ids: Sequence[dict[str, str]] = (),
    organisation_code: str = "",
    next_check_on: dt.date | None = None,
    at: dt.datetime,
) -> TrackedCompany:
    """Follow a company on an issue: each step begins with "no information", which says nothing about the company.

    A company of this name that the keeper follows elsewhere is taken up, not made anew.

    Args:
        outside_ids: `[{"system": "LEI", "value": "…"}]`.
        organisation_code: of the company's own organisation here, which may then reply.

    Raises:
        Forbidden: see `can_keep_issue`. Refusal: `followed-already`, `unknown-organisation`.
    """
    can_keep_issue(viewer, issue).require()
    organisation_id = _organisation(organisation_code)
    with transaction.atomic():
        company, is_new = TrackedCompany.objects.get_or_create(
            keeper_id=issue.keeper_id,
            name=" ".join(name.split()),
            defaults={
                "country": country,
                "outside_ids": list(outside_ids),
                "organisation_id": organisation_id,
                "added_at": at,
            },
        )
        if not is_new and tracking_of(viewer, issue, company):
            sentence = _("This company is followed on this issue already.")
            raise Refusal("followed-already", sentence, status=422, fields={"name": [sentence]})
        StepRecord.objects.bulk_create(
            StepRecord(
                issue=issue,
                company=company,
                step=step,
                state=StepState.NO_INFORMATION,
                basis=Basis.NONE,
                next_check_on=next_check_on,
                at=at,
            )
            for step in issue.steps
        )
        record(
            verb=FOLLOWED,
            by=viewer,
            subject=company,
            owner_id=issue.keeper_id,
            at=at,
            data={"issue": issue.title, "issue_code": issue.code},
        )
    return company


def name_company(
    *,
    viewer: Viewer,
    company: TrackedCompany,
    issue: Issue,
    country: str,
    outside_ids: Sequence[dict[str, str]],
    organisation_code: str | None = None,
    at: dt.datetime,
) -> TrackedCompany:
    """Say which organisation here a company is, and by what ids it is known elsewhere.

    Args:
        organisation_code: None leaves it as it is, "" takes it away.

    Raises:
        Forbidden: see `can_keep_issue`. Refusal: `unknown-organisation`.
    """
    can_keep_issue(viewer, issue).require()
    with transaction.atomic():
        company.country, company.outside_ids = country, list(outside_ids)
        if organisation_code is not None:
            company.organisation_id = _organisation(organisation_code)
        company.save(update_fields=["country", "outside_ids", "organisation_id"])
        record(
            verb=CHANGED,
            by=viewer,
            subject=company,
            owner_id=company.keeper_id,
            at=at,
            data={"issue": issue.title, "issue_code": issue.code},
        )
    return company


def record_step(
    *, viewer: Viewer, issue: Issue, company: TrackedCompany, found: StepFacts, at: dt.datetime
) -> StepRecord:
    """Record what was found of a step; the newest record counts, the earlier ones stay readable.

    Raises:
        Forbidden: see `can_keep_issue`.
        Refusal: `unknown-step`; `source-missing`; `own-word` for a company's own statement as more than a claim;
            `not-verified` for a verification by nobody independent; `words-missing` for a reversal without a reason;
            `membership-raises-nothing`; `nothing-to-reverse`; `source-of-tomorrow`.
    """
    can_keep_issue(viewer, issue).require()
    _check(issue, found, at)
    with transaction.atomic():
        TrackedCompany.objects.select_for_update().get(pk=company.pk)
        _check_against(_state_now(issue, company, found.step), found)
        made = StepRecord.objects.create(
            issue=issue,
            company=company,
            step=found.step,
            state=found.state,
            basis=found.basis,
            source=found.source,
            source_url=found.source_url,
            source_on=found.source_on,
            next_check_on=found.next_check_on,
            words=found.words,
            language=found.language,
            at=at,
        )
        made.refresh_from_db()
        record(
            verb=RECORDED,
            by=viewer,
            subject=company,
            owner_id=issue.keeper_id,
            at=at,
            data={"issue": issue.title, "issue_code": issue.code, "step": found.step, "state": found.state},
        )
    return made


def reply_as_company(
    *,
    viewer: Viewer,
    issue: Issue,
    company: TrackedCompany,
    words: str,
    language: str = "",
    at: dt.datetime,
) -> CompanyReply:
    """Say as the company what it has to say; it shows beside the records at once.

    Raises:
        Forbidden: see `can_reply`. Refusal: `says-nothing`.
    """
    can_reply(viewer, company, tracking_of(viewer, issue, company)).require()
    if not words.strip():
        raise _refusal("says-nothing", _("Write a sentence or two."), "words")
    with transaction.atomic():
        reply = CompanyReply.objects.create(
            issue=issue,
            company=company,
            organisation_id=viewer.organisation_id,
            words=words,
            language=language,
            at=at,
        )
        reply.refresh_from_db()
        record(
            verb=REPLIED,
            by=viewer,
            subject=company,
            owner_id=issue.keeper_id,
            at=at,
            data={"issue": issue.title, "issue_code": issue.code},
        )
    return reply


def _organisation(code: str) -> int | None:
    """Return the key of the organisation with exactly this code; None for no code."""
    if not code.strip():
        return None
    found = organisation_with_code(code.strip().upper())
    if found is None:
        raise _refusal("unknown-organisation", _("There is no organisation with this code."), "organisation")
    return found.id


def _state_now(issue: Issue, company: TrackedCompany, step: str) -> str:
    rows = StepRecord.objects.filter(issue=issue, company=company, step=step).order_by("-pk")
    return str(rows.values_list("state", flat=True).first() or StepState.NO_INFORMATION)


def _check(issue: Issue, found: StepFacts, at: dt.datetime) -> None:
    """Refuse what a single record cannot say."""
    if found.step not in issue.steps:
        raise _refusal("unknown-step", _("This step is not looked for on this issue."), "step")
    if found.state != StepState.NO_INFORMATION and not (found.source.strip() and found.source_on):
        raise _refusal("source-missing", _("Say where this is known from, and of which date."), "source")
    if found.source_on and found.source_on > at.date() + dt.timedelta(days=1):
        raise _refusal("source-of-tomorrow", _("This date is still to come."), "source_on")
    if found.state == StepState.EVIDENCED and found.basis in OWN_WORD:
        raise _refusal("own-word", _("What a company says of itself is a claim."), "state")
    if found.state == StepState.VERIFIED and found.basis in OWN_WORD | {Basis.DOCUMENT}:
        sentence = _("Only somebody independent, or the people concerned, verify a step.")
        raise _refusal("not-verified", sentence, "basis")
    if found.state == StepState.REVERSED and not found.words.strip():
        raise _refusal("words-missing", _("Say what was taken back, and how it is known."), "words")


def _check_against(now: str, found: StepFacts) -> None:
    """Refuse what cannot follow the state that the step has."""
    if found.basis == Basis.MEMBERSHIP and found.state != now:
        sentence = _("Membership in an initiative raises nothing by itself: the step keeps its state.")
        raise _refusal("membership-raises-nothing", sentence, "state")
    if found.state == StepState.REVERSED and now == StepState.NO_INFORMATION:
        raise _refusal("nothing-to-reverse", _("Nothing was recorded that could be taken back."), "state")


def _refusal(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
