"""Who is told of feedback rounds; letters name the group that asks, and nothing of what is asked or said."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from forum.actions.feedback import (
    ANSWERED,
    CHANGED,
    CLOSES_SOON,
    COMMENTED,
    FINISHED,
    OPENED,
    OVER,
    PREPARED,
    RELEASED,
    WITHDRAWN,
)
from forum.lifecycle import FeedbackState
from forum.models import FeedbackComment, FeedbackRound, GroupAccess
from forum.models.feedback import SHOWN
from forum.queries.feedback import readers_of
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice

READ, INSIDE = "forum:feedback_read", "forum:feedback_round"


def _round(entry: Entry, *states: str) -> FeedbackRound | None:
    rows = FeedbackRound.objects.filter(code=entry.data.get("code"), state__in=states or SHOWN)
    return rows.first()


def _told(entry: Entry, rows: Iterable[GroupAccess]) -> Iterable[Recipient]:
    for row in rows:
        if row.person_id != entry.actor_id:
            yield Recipient(row.person_id, row.organisation_id)


@notice(OPENED, route=READ, code_in="code")
def _invited(entry: Entry) -> Iterable[Recipient]:
    """People of the invited groups, one letter each, as long as the round is there."""
    found = _round(entry)
    return () if found is None else _told(entry, readers_of(found))


@notice(CLOSES_SOON, route=READ, code_in="code")
def _invited_and_silent(entry: Entry) -> Iterable[Recipient]:
    """Those of them who have not commented."""
    found = _round(entry, FeedbackState.OPEN)
    if found is None:
        return ()
    said = FeedbackComment.objects.filter(round=found, person_id=OuterRef("person_id"))
    return _told(entry, readers_of(found).exclude(Exists(said)))


@notice(OVER, route=INSIDE, code_in="key code")
def _leads(entry: Entry) -> Iterable[Recipient]:
    """The co-leads."""
    return _told(entry, _inside(entry, Q(is_co_lead=True)))


@notice(COMMENTED, route=INSIDE, code_in="key code")
def _who_answers(entry: Entry) -> Iterable[Recipient]:
    """The co-leads, and whoever began the project, as long as the comment waits."""
    rows = FeedbackComment.objects.select_related("part__project").filter(answered_at=None)
    found = rows.filter(code=entry.data.get("comment")).first()
    if found is None:
        return ()
    project = found.part.project
    began = Q(person_id=project.person_id, organisation_id=project.organisation_id, is_guest=False)
    return _told(entry, _inside(entry, Q(is_co_lead=True) | began))


@notice(ANSWERED, route=READ, code_in="code")
def _author(entry: Entry) -> Iterable[Recipient]:
    """Whoever commented, as long as they read the round."""
    found = _round(entry)
    said = FeedbackComment.objects.filter(code=entry.data.get("comment")).first()
    if found is None or said is None or said.person_id is None:
        return ()
    rows = readers_of(found, own=True)
    return _told(entry, rows.filter(person_id=said.person_id, organisation_id=said.organisation_id))


@notice(FINISHED, route=READ, code_in="code")
def _every_reader(entry: Entry) -> Iterable[Recipient]:
    """Everybody who could read it, and the group itself."""
    found = _round(entry)
    return () if found is None else _told(entry, readers_of(found, own=True))


@notice(WITHDRAWN)
def _those_told_before(entry: Entry) -> Iterable[Recipient]:
    """People of the invited groups, where the round had opened."""
    found = _round(entry, FeedbackState.WITHDRAWN)
    if found is None or found.released_at is None or found.opens_at is None or found.opens_at > entry.at:
        return ()
    return _told(entry, readers_of(found))


def _inside(entry: Entry, which: Q) -> Iterable[GroupAccess]:
    return GroupAccess.objects.filter(which, group_id=entry.subject_id).order_by("pk")


phrase(PREPARED, _("%(who)s began to prepare a feedback round of %(what)s."))
phrase(CHANGED, _("%(who)s changed the draft of a feedback round of %(what)s."))
phrase(RELEASED, _("%(who)s released a feedback round of %(what)s."))
phrase(OPENED, _("A feedback round of %(what)s opened."))
phrase(CLOSES_SOON, _("A feedback round of %(what)s closes in three days."))
phrase(OVER, _("The time for comments on the projects of %(what)s is over."))
phrase(COMMENTED, _("%(who)s commented on a project of %(what)s."))
phrase(ANSWERED, _("%(who)s answered a comment for %(what)s."))
phrase(FINISHED, _("%(who)s published the summary of a feedback round of %(what)s."))
phrase(WITHDRAWN, _("%(who)s withdrew a feedback round of %(what)s."))
