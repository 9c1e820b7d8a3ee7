"""What the page of a non-compliance says about putting it right: who must do what now, and all that was said so far."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from findings.lifecycle import FindingState
from findings.models import CorrectiveAction, Finding, Verification
from findings.permissions.corrective import (
    can_answer_extension,
    can_ask_extension,
    can_submit_action,
    can_verify,
)
from findings.queries.corrective import CorrectionStory, correction_story
from findings.queries.evidence import evidence_of_many
from findings.queries.glance import may_have_evidence
from organisations.views.middleware import ViewerRequest
from web.dates import day_text
from web.pieces import Moment


@dataclass(frozen=True)
class Now:
    """Who must do what now.

    Args:
        sentence: in words for this reader. until: the date that counts, if anybody has one to keep.
    """

    sentence: str
    note: str = ""
    until: dt.date | None = None
    is_late: bool = False


def panel(request: ViewerRequest, finding: Finding) -> dict[str, Any]:
    """Return what the page of a non-compliance adds to its context; nothing for other findings."""
    if finding.kind != Finding.Kind.NON_COMPLIANCE or finding.audit.published_at is None:
        return {}
    viewer, story = request.viewer, correction_story(request.viewer, finding)
    has_files = may_have_evidence(finding, CorrectiveAction)
    if story.waiting is not None:
        story.waiting.finding = finding
    return {
        "correction": story,
        "said": story.said,
        "files": evidence_of_many(viewer, story.actions if has_files else []),
        "now": who_does_what(request, finding, story),
        "moments": moments_of(finding, story),
        "may_act": can_submit_action(viewer, finding),
        "may_ask_time": story.waiting is None and bool(can_ask_extension(viewer, finding)),
        "may_check": finding.state == FindingState.ACTION_SUBMITTED and bool(can_verify(viewer, finding)),
        "may_answer": story.waiting is not None and bool(can_answer_extension(viewer, story.waiting)),
    }


def who_does_what(request: ViewerRequest, finding: Finding, story: CorrectionStory) -> Now:
    """Say who must do what now, and until when."""
    is_site = request.viewer.organisation_id == finding.supplier_id
    is_firm = request.viewer.organisation_id == finding.audit_firm_id
    names = {"site": finding.audit.site_name, "firm": finding.audit.audit_firm_name}
    if finding.state == FindingState.OPEN:
        is_late = finding.due_by is not None and finding.due_by < timezone.localdate()
        return Now(_site_acts(story, names, is_site=is_site), _time(story, names), finding.due_by, is_late)
    if finding.state == FindingState.ACTION_SUBMITTED:
        return Now(_firm_acts(finding, names, is_firm=is_firm))
    if finding.state == FindingState.VERIFIED_CLOSED:
        return Now(_("Nobody has anything more to do. This is closed."))
    return Now(_("Nobody has anything more to do here. A later audit or a correction has put it aside."))


def moments_of(finding: Finding, story: CorrectionStory) -> list[Moment]:
    """Return all that happened, oldest first, and what comes next."""
    moments = [Moment(_("Raised"), note=finding.audit.audit_firm_name, at=finding.raised_on)]
    later = [
        (
            one.submitted_at,
            Moment(
                _("Seen on a visit")
                if one.recorded_by_firm
                else _("Action sent, version %(n)s") % {"n": one.number},
                note=one.responsible,
                at=one.submitted_at,
            ),
        )
        for one in story.actions
    ]
    later += [(one.verified_at, _answered(one)) for one in story.verifications]
    for asked in story.extensions:
        until = _("until %(day)s") % {"day": day_text(asked.wanted_on)}
        later.append((asked.asked_at, Moment(_("More time asked for"), note=until, at=asked.asked_at)))
        if hasattr(asked, "answer"):
            later.append((asked.answer.answered_at, _given(asked.answer)))
    moments += [moment for _at, moment in sorted(later, key=lambda one: one[0])]
    if finding.state == FindingState.OPEN:
        moments.append(Moment(_("Action due"), at=finding.due_by, state="next"))
    elif finding.state == FindingState.ACTION_SUBMITTED:
        moments.append(Moment(_("The audit firm checks it"), state="next"))
    elif finding.state == FindingState.SUPERSEDED:
        moments.append(Moment(_("Superseded by a later audit")))
    return moments


def _site_acts(story: CorrectionStory, names: dict[str, str], *, is_site: bool) -> str:
    is_again = story.last_word is not None and story.last_word.result == Verification.Result.MORE_NEEDED
    if is_site and is_again:
        return _("You: do what is still missing, then send it again")
    if is_site:
        return _("You: put it right, then say what you did")
    if is_again:
        return _("%(site)s does what is still missing") % names
    return _("%(site)s puts it right and says what it did") % names


def _firm_acts(finding: Finding, names: dict[str, str], *, is_firm: bool) -> str:
    if finding.verification == Finding.Verification.DESKTOP:
        return (
            _("You: read what the site did and say whether it is enough")
            if is_firm
            else (_("%(firm)s reads what the site did and says whether it is enough") % names)
        )
    return (
        _("You: look at it on a follow-up visit")
        if is_firm
        else (_("%(firm)s looks at it on a follow-up visit") % names)
    )


def _time(story: CorrectionStory, names: dict[str, str]) -> str:
    if story.waiting is None:
        return ""
    day = {"day": day_text(story.waiting.wanted_on), **names}
    return _("More time is asked for, until %(day)s. %(firm)s has not answered yet.") % day


def _answered(one: Verification) -> Moment:
    is_closed = one.result == Verification.Result.CLOSED
    title = _("Verified and closed") if is_closed else _("More needed")
    how = {"firm": one.organisation_name, "how": one.get_method_display().lower()}
    return Moment(title, note=_("%(firm)s, %(how)s") % how, at=one.verified_at)


def _given(answer: Any) -> Moment:
    if not answer.is_granted:
        return Moment(_("No more time"), note=answer.organisation_name, at=answer.answered_at)
    until = _("until %(day)s") % {"day": day_text(answer.ends_on)}
    return Moment(_("More time given"), note=until, at=answer.answered_at)
