"""Minutes: written together, put to the group, agreed, given out; what is agreed is corrected by the next version.

The rule of approval stands in `forum.permissions.minutes`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents.models import Rendering
from documents.renderings import request_rendering
from forum.actions.inside import move_inside, tell
from forum.lifecycle import MINUTES, MinutesState
from forum.models import LineKind, Meeting, Minutes, MinutesLine, MinutesReply, MinutesSection, ReplyKind
from forum.models.meeting_facts import LineSaid
from forum.permissions.minutes import (
    can_answer_reply,
    can_approve,
    can_begin,
    can_correct,
    can_draft,
    can_propose,
    can_publish,
    can_reply,
    can_take_back,
)
from forum.queries.meeting import agenda_of
from forum.queries.minutes import sections_of, version_of
from forum.queries.paper import MINUTES_PDF
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

BEGUN, PROPOSED, TAKEN_BACK = "forum.minutes_begun", "forum.minutes_proposed", "forum.minutes_taken_back"
APPROVED, PUBLISHED = "forum.minutes_approved", "forum.minutes_published"
REPLIED, ANSWERED = "forum.minutes_replied", "forum.minutes_answered"
WINDOW_OVER = "forum.minutes_window_over"


class Overtaken(Refusal):
    """Somebody else saved this section since it was opened; nothing was written.

    Args:
        theirs: what stands there now, by field, as `web.merging` compares it.
        version: its version; send it along with the merged words. who: the name of whoever wrote it; by: their id.
    """

    def __init__(self, section: MinutesSection) -> None:
        sentence = _("Somebody else saved this meanwhile. Look at both versions and choose what stays.")
        super().__init__("changed-meanwhile", sentence)
        self.theirs: Mapping[str, Any] = {"text": section.text}
        self.version, self.who, self.by = section.version, section.saved_by_name, section.saved_by_id
        self.when = section.saved_at


def begin_minutes(*, viewer: Viewer, meeting: Meeting, at: datetime) -> Minutes:
    """Begin the minutes of a meeting: a section for each point of the agenda, and one for everything else.

    Beginning again leads to those that are there.
    Raises: Forbidden.
    """
    found = Minutes.objects.visible_to(viewer).filter(meeting=meeting).order_by("-number").first()
    if found is not None:
        return found
    with transaction.atomic():
        can_begin(viewer, meeting).require()
        try:
            with transaction.atomic():
                minutes = Minutes.objects.create(meeting=meeting, begun_at=at, language=meeting.language)
        except IntegrityError:  # somebody else begins at this moment
            return Minutes.objects.visible_to(viewer).filter(meeting=meeting).order_by("-number")[0]
        minutes.refresh_from_db()
        points = agenda_of(viewer, meeting)
        rows = [
            MinutesSection(
                group_id=minutes.group_id,
                minutes=minutes,
                item=item,
                position=n,
                title=item.title,
                title_language=item.language,
                saved_at=at,
            )
            for n, item in enumerate(points, start=1)
        ]
        rest = MinutesSection(
            group_id=minutes.group_id,
            minutes=minutes,
            position=len(points) + 1,
            title=_("Other business"),
            saved_at=at,
        )
        for row in (*rows, rest):
            row.save(force_insert=True)
        _tell(BEGUN, viewer, minutes, at)
    return minutes


def save_section(
    *, viewer: Viewer, section: MinutesSection, text: str, language: str, version: int, at: datetime
) -> MinutesSection:
    """Keep what somebody writes about a point.

    Promises: nobody overwrites somebody else: the database refuses a version that is not the next one. What says the
    same again is not saved again.

    Args:
        version: of the section that the writer began with.

    Raises: Forbidden; Overtaken.
    """
    with transaction.atomic():
        rows = (
            MinutesSection.objects.visible_to(viewer).filter(pk=section.pk).select_related("minutes__group")
        )
        found = rows.select_for_update(of=("self",)).first() or rows.first()
        if found is None:
            raise NotVisible
        can_draft(viewer, found.minutes).require()
        text = "\n".join(text.splitlines()).strip()
        if (found.text, found.language) == (text, language):
            return found
        if found.version != version and found.text != text:
            raise Overtaken(found)
        found.text, found.language, found.version, found.saved_at = text, language, found.version + 1, at
        found.save(update_fields=["text", "language", "version", "saved_at"])
        found.refresh_from_db(fields=["saved_by", "saved_by_name"])
    return found


def add_line(*, viewer: Viewer, section: MinutesSection, said: LineSaid, at: datetime) -> MinutesLine:
    """Note a decision or an action item under a point.

    Raises: Forbidden; Refusal "unknown-kind".
    """
    if said.kind not in LineKind.values:
        raise Refusal("unknown-kind", _("Choose one of the answers."))
    with transaction.atomic():
        can_draft(viewer, section.minutes).require()
        is_action = said.kind == LineKind.ACTION
        return MinutesLine.objects.create(
            minutes=section.minutes,
            section=section,
            kind=said.kind,
            text=said.text,
            language=said.language,
            owner=said.owner if is_action else "",
            due_on=said.due_on if is_action else None,
        )


def take_line_out(*, viewer: Viewer, line: MinutesLine) -> None:
    """Take a decision or an action item out of a draft.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_draft(viewer, line.minutes).require()
        MinutesLine.objects.filter(pk=line.pk).delete()


def propose_minutes(*, viewer: Viewer, minutes: Minutes, open_until: datetime, at: datetime) -> Minutes:
    """Put the draft to the group; until `open_until` participants approve it or ask for corrections.

    Promises: nobody changes it meanwhile; participants are told.
    Raises: Forbidden; Refusal "window-too-short" at `open_until`; "empty" when nothing is written yet.
    """
    with transaction.atomic():
        minutes = _locked(viewer, minutes)
        can_propose(viewer, minutes).require()
        if open_until < at + timedelta(hours=23):
            sentence = _("Give the group at least a day.")
            raise Refusal("window-too-short", sentence, fields={"open_until": [sentence]})
        if not any(one.text or one.lines.all() for one in sections_of(viewer, minutes)):
            raise Refusal("empty", _("Nothing is written in these minutes yet."))
        minutes.proposed_at, minutes.open_until = at, open_until
        _move(minutes, MinutesState.PROPOSED, PROPOSED, viewer, at, "proposed_at", "open_until")
        minutes.refresh_from_db(fields=["round"])
    return minutes


def take_minutes_back(*, viewer: Viewer, minutes: Minutes, at: datetime) -> Minutes:
    """Make proposed minutes a draft again, so that corrections can be written in; approvals count no longer.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        minutes = _locked(viewer, minutes)
        can_take_back(viewer, minutes).require()
        _move(minutes, MinutesState.DRAFT, TAKEN_BACK, viewer, at)
    return minutes


def reply_to_minutes(
    *, viewer: Viewer, minutes: Minutes, kind: str, text: str = "", language: str = "", at: datetime
) -> MinutesReply:
    """Approve proposed minutes, or ask for a correction; approving twice is approving once.

    Raises: Forbidden; Refusal "unknown-kind", "no-words" at `text`.
    """
    if kind not in ReplyKind.values:
        raise Refusal("unknown-kind", _("Choose one of the answers."))
    if kind == ReplyKind.CORRECTION and not text.strip():
        sentence = _("Say what is to be corrected.")
        raise Refusal("no-words", sentence, fields={"text": [sentence]})
    with transaction.atomic():
        can_reply(viewer, minutes, at=at).require()
        if kind == ReplyKind.APPROVES:
            own = {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id}
            rows = MinutesReply.objects.visible_to(viewer).filter(minutes=minutes, round=minutes.round, **own)
            if found := rows.filter(kind=kind).first():
                return found
            text = language = ""
        reply = MinutesReply.objects.create(
            minutes=minutes, kind=kind, text=text.strip(), language=language, made_at=at
        )
        if kind == ReplyKind.CORRECTION:
            _tell(REPLIED, viewer, minutes, at, reply=reply.code)
    return reply


def answer_reply(
    *, viewer: Viewer, reply: MinutesReply, answer: str, language: str = "", at: datetime
) -> MinutesReply:
    """Answer a correction that was asked for, once; whoever asked is told.

    Raises: Forbidden; Refusal "answered".
    """
    with transaction.atomic():
        can_answer_reply(viewer, reply.minutes).require()
        rows = MinutesReply.objects.visible_to(viewer).filter(pk=reply.pk, kind=ReplyKind.CORRECTION)
        found = rows.select_for_update(of=("self",)).first()
        if found is None:
            raise NotVisible
        if found.answered_at is not None:
            raise Refusal("answered", _("This is answered already."))
        found.answer, found.answer_language, found.answered_at = answer.strip(), language, at
        found.save(update_fields=["answer", "answer_language", "answered_at"])
        _tell(ANSWERED, viewer, reply.minutes, at, reply=found.code)
    return found


def approve_minutes(*, viewer: Viewer, minutes: Minutes, at: datetime) -> Minutes:
    """Record that the group has agreed to the minutes: nothing in them changes from now on.

    Raises: Forbidden (why it is too early); Refusal "illegal-move".
    """
    with transaction.atomic():
        minutes = _locked(viewer, minutes)
        can_approve(viewer, minutes, at=at).require()
        minutes.approved_at = at
        _move(minutes, MinutesState.APPROVED, APPROVED, viewer, at, "approved_at")
    return minutes


def publish_minutes(*, viewer: Viewer, minutes: Minutes, at: datetime) -> Minutes:
    """Give approved minutes to everybody inside, guests as well.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        minutes = _locked(viewer, minutes)
        can_publish(viewer, minutes).require()
        minutes.published_at = at
        _move(minutes, MinutesState.PUBLISHED, PUBLISHED, viewer, at, "published_at")
    return minutes


def correct_minutes(
    *, viewer: Viewer, minutes: Minutes, why: str, language: str = "", at: datetime
) -> Minutes:
    """Begin the next version of approved minutes, with everything that the last one says.

    Promises: the version before stays as it is; the new one is approved in the same way.
    Raises: Forbidden; Refusal "at-work" while another version is being written.
    """
    with transaction.atomic():
        can_correct(viewer, minutes).require()
        versions = Minutes.objects.visible_to(viewer).filter(meeting=minutes.meeting)
        if versions.filter(state__in=[MinutesState.DRAFT, MinutesState.PROPOSED]).exists():
            raise Refusal("at-work", _("A new version of these minutes is being written already."))
        newest = versions.order_by("-number")[0]
        made = Minutes.objects.create(
            meeting=minutes.meeting, why=why.strip(), language=language, begun_at=at
        )
        made.refresh_from_db()
        for old in sections_of(viewer, newest):
            _copy_section(old, made, at)
        _tell(BEGUN, viewer, made, at)
    return version_of(viewer, made.meeting, made.number)


def ask_for_minutes_pdf(*, viewer: Viewer, minutes: Minutes, at: datetime) -> Rendering:
    """Have the minutes made into a PDF by the worker; only people inside the group open it.

    Raises: Refusal "not-approved".
    """
    if not minutes.is_kept:
        raise Refusal("not-approved", _("There is a PDF once the minutes are approved."))
    return request_rendering(by=viewer, kind=MINUTES_PDF, subject=minutes, group=minutes.meeting.group, at=at)


def _copy_section(old: MinutesSection, to: Minutes, at: datetime) -> None:
    made = MinutesSection.objects.create(
        group_id=to.group_id,
        minutes=to,
        item_id=old.item_id,
        position=old.position,
        title=old.title,
        title_language=old.title_language,
        text=old.text,
        language=old.language,
        saved_at=at,
    )
    for line in old.lines.all():
        MinutesLine.objects.create(
            minutes=to,
            section=made,
            kind=line.kind,
            text=line.text,
            language=line.language,
            owner=line.owner,
            due_on=line.due_on,
        )


def _locked(viewer: Viewer, minutes: Minutes) -> Minutes:
    """Lock for a co-lead; others get it as it is, and their reason from the permission."""
    rows = Minutes.objects.visible_to(viewer).filter(pk=minutes.pk).select_related("meeting__group", "group")
    found = rows.select_for_update(of=("self",)).first() or rows.first()
    if found is None:
        raise NotVisible
    return found


def _tell(verb: str, viewer: Viewer, minutes: Minutes, at: datetime, **more: str) -> None:
    tell(verb=verb, by=viewer, group=minutes.meeting.group, at=at, data={**_names(minutes), **more})


def _move(minutes: Minutes, to: str, verb: str, viewer: Viewer, at: datetime, *also: str) -> None:
    move_inside(
        minutes,
        to=to,
        lifecycle=MINUTES,
        verb=verb,
        by=viewer,
        group=minutes.group,
        at=at,
        data=_names(minutes),
        also=also,
    )


def _names(minutes: Minutes) -> dict[str, Any]:
    return {"code": minutes.meeting.code, "minutes": minutes.code, "number": minutes.number}
