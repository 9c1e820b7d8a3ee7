"""Who is told of what is said in a group; letters name the group and never a title or a word of a post."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from forum.actions.discussion import MENTIONED, POSTED
from forum.actions.moderation import HIDDEN, REPORTED
from forum.lifecycle import PostState, ReportState
from forum.models import (
    Attention,
    GroupAccess,
    GroupListening,
    NewsChoice,
    Post,
    PostReport,
    Rhythm,
    ThreadReading,
)
from ledger.models import Channel, Entry
from ledger.phrases import phrase
from ledger.registry import BOTH, Recipient, notice


def _inside(entry: Entry) -> Iterable[GroupAccess]:
    """Return everybody who may enter the group now, but whoever acted."""
    rows = GroupAccess.objects.filter(group_id=entry.subject_id).exclude(person_id=entry.actor_id or 0)
    return rows.order_by("pk")


def _shown_post(entry: Entry) -> Post | None:
    rows = Post.objects.filter(code=entry.data.get("post", ""), group_id=entry.subject_id)
    return rows.filter(state=PostState.SHOWN).first()


@notice(MENTIONED, route="forum:post", code_in="key post")
def _mentioned(entry: Entry) -> Iterable[Recipient]:
    """Whoever is mentioned and may enter; by letter as well, unless they chose otherwise."""
    post = _shown_post(entry)
    if post is None:
        return
    people = set(post.mentions.values_list("person_id", flat=True))
    rows = [one for one in _inside(entry) if one.person_id in people]
    quiet = set(
        NewsChoice.objects.filter(person_id__in=people, mails_mentions=False).values_list(
            "person_id", "organisation_id"
        )
    )
    for row in rows:
        is_quiet = (row.person_id, row.organisation_id) in quiet
        yield Recipient(row.person_id, row.organisation_id, (Channel.INBOX,) if is_quiet else BOTH)


@notice(POSTED, route="forum:post", code_in="key post")
def _followers(entry: Entry) -> Iterable[Recipient]:
    """Whoever wants each post at once: in threads and groups they follow, or threads they wrote in; nothing muted."""
    post = _shown_post(entry)
    if post is None:
        return
    rows = list(_inside(entry))
    people = [one.person_id for one in rows]
    at_once = set(
        NewsChoice.objects.filter(person_id__in=people, rhythm=Rhythm.AT_ONCE).values_list(
            "person_id", "organisation_id"
        )
    )
    if not at_once:
        return
    threads = {
        (one.person_id, one.organisation_id): one
        for one in ThreadReading.objects.filter(thread_id=post.thread_id, person_id__in=people)
    }
    groups = {
        (one.person_id, one.organisation_id): one.attention
        for one in GroupListening.objects.filter(group_id=entry.subject_id, person_id__in=people)
    }
    mentioned = set(post.mentions.values_list("person_id", flat=True))
    for row in rows:
        who = (row.person_id, row.organisation_id)
        if (
            who in at_once
            and row.person_id not in mentioned
            and listens(threads.get(who), groups.get(who, ""))
        ):
            yield Recipient(row.person_id, row.organisation_id)


def listens(reading: ThreadReading | None, to_group: str) -> bool:
    """Tell whether somebody wants each post: the word about the thread counts before that about the group."""
    if reading is not None and reading.attention:
        return reading.attention == Attention.FOLLOW
    if to_group:
        return to_group == Attention.FOLLOW
    return reading is not None and reading.has_written


@notice(REPORTED, route="forum:moderation", code_in="key")
def _co_leads(entry: Entry) -> Iterable[Recipient]:
    """The co-leads, as long as nobody has dealt with it."""
    waits = PostReport.objects.filter(code=entry.data.get("report", ""), state=ReportState.OPEN).exists()
    for row in _inside(entry):
        if waits and row.is_co_lead:
            yield Recipient(row.person_id, row.organisation_id)


@notice(HIDDEN, route="forum:post", code_in="key post")
def _author(entry: Entry) -> Iterable[Recipient]:
    """Whoever wrote the post, as long as it is hidden."""
    rows = Post.objects.filter(
        code=entry.data.get("post", ""), group_id=entry.subject_id, state=PostState.HIDDEN
    )
    post = rows.first()
    for row in _inside(entry):
        if post is not None and (row.person_id, row.organisation_id) == (
            post.person_id,
            post.organisation_id,
        ):
            yield Recipient(row.person_id, row.organisation_id)


phrase(POSTED, _("%(who)s wrote in %(what)s."))
phrase(MENTIONED, _("%(who)s mentioned somebody in %(what)s."))
phrase("forum.post_edited", _("%(who)s changed a post in %(what)s."))
phrase("forum.post_deleted", _("%(who)s deleted a post of their own in %(what)s."))
phrase("forum.thread_renamed", _("%(who)s gave a thread in %(what)s another title."))
phrase(REPORTED, _("%(who)s reported a post in %(what)s."))
phrase("forum.report_dismissed", _("%(who)s looked at a report in %(what)s."))
phrase(HIDDEN, _("%(who)s hid a post in %(what)s."))
phrase("forum.post_shown", _("%(who)s showed a post in %(what)s again."))
phrase("forum.thread_locked", _("%(who)s locked a thread in %(what)s."))
phrase("forum.thread_unlocked", _("%(who)s opened a thread in %(what)s again."))
phrase("forum.thread_pinned", _("%(who)s pinned a thread in %(what)s."))
phrase("forum.thread_unpinned", _("%(who)s unpinned a thread in %(what)s."))
