"""What a group talks about, and what of it a reader has not seen yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, JSONObject

from forum.models import (
    Group,
    GroupAccess,
    GroupListening,
    Mention,
    Participant,
    Post,
    PostFile,
    Reaction,
    Thread,
)
from forum.models.participant import ParticipantQuerySet
from forum.models.thread import ThreadQuerySet
from organisations.queries import fetch
from organisations.visibility import Viewer

POSTS_AT_ONCE = 20
NEWEST = ("-is_pinned", "-last_at", "-id")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some posts of a thread in their order, and where the neighbouring stretches begin (0 where there is none)."""

    posts: list[Post]
    earlier: int
    later: int
    newest: int


def threads_for(viewer: Viewer) -> ThreadQuerySet:
    """Return the threads that the viewer may read, each with `read_to`, `attention` and `unread`."""
    mine = Q(readings__person_id=viewer.person_id, readings__organisation_id=viewer.organisation_id)
    rows: ThreadQuerySet = (
        Thread.objects.visible_to(viewer)
        .annotate(mine=FilteredRelation("readings", condition=mine))
        .annotate(
            read_to=Coalesce(F("mine__read_to"), 0),
            attention=Coalesce(F("mine__attention"), Value("")),
            unread=Greatest(F("posts_count") - Coalesce(F("mine__read_to"), 0), 0),
        )
    )
    return rows


def thread_called(code: str, *, group: Group, viewer: Viewer) -> Thread:
    """Return a thread of a group, with `leads`: whether the viewer is a co-lead there.

    Raises: NotVisible.
    """
    found = fetch(Thread, code, viewer=viewer, queryset=_with_leads(viewer).filter(group=group))
    found.group = group
    return found


def thread_to_read(code: str, *, group: Group, viewer: Viewer) -> Thread:
    """Return a thread as `thread_called` does, with `people`: who can be mentioned there, in the same question.

    Raises: NotVisible.
    """
    named = {one: one for one in ("id", "person_id", "person_name", "organisation_name")}
    others = _others(viewer).filter(group=OuterRef("group_id")).values(said=JSONObject(**named))
    rows = _with_leads(viewer).filter(group=group).annotate(others=ArraySubquery(others))
    found = fetch(Thread, code, viewer=viewer, queryset=rows)
    said: Any = found
    said.people = _each_once(Participant.from_db(None, [*one], [*one.values()]) for one in said.others)
    found.group = group
    return found


def post_called(code: str, *, group: Group, viewer: Viewer) -> Post:
    """Return a post of a group with its thread.

    Raises: NotVisible.
    """
    rows = Post.objects.filter(group=group).select_related("thread")
    found = fetch(Post, code, viewer=viewer, queryset=rows)
    found.group = found.thread.group = group
    return found


def first_to_show(thread: Thread, read_to: int, asked: int | None = None) -> int:
    """Return the number of the post with which a page of a thread begins.

    Where nobody asked: the first one not read yet; for whoever has read all, or nothing, the newest page.
    """
    newest = newest_page(thread)
    if asked is not None:
        return max(1, min(asked, thread.posts_count))
    return read_to + 1 if 0 < read_to < newest else newest


def newest_page(thread: Thread) -> int:
    """Return where the newest page of a thread begins."""
    return max(1, thread.posts_count - POSTS_AT_ONCE + 1)


def stretch_of(thread: Thread, start: int, viewer: Viewer) -> Stretch:
    """Return the posts from `start` on, each with `mentioned`, `hung` and `answered`, in one question.

    `mentioned` are names; `hung` are files with code, name and size; `answered` are reactions with kind, person_id and
    organisation_id.
    """
    rows = Post.objects.visible_to(viewer).filter(thread=thread, number__gte=start).order_by("number")
    posts = list(rows.annotate(**_what_hangs_on_it(viewer))[:POSTS_AT_ONCE])
    for post in posts:
        post.thread, post.group = thread, thread.group
    after = posts[-1].number + 1 if posts else 0
    return Stretch(
        posts=posts,
        earlier=max(1, start - POSTS_AT_ONCE) if start > 1 else 0,
        later=after if after and after <= thread.posts_count else 0,
        newest=newest_page(thread),
    )


def unread_by_group(viewer: Viewer) -> Mapping[int, int]:
    """Return how many posts the viewer has not seen, by group; groups without any are left out."""
    rows: Any = threads_for(viewer)
    unread = rows.filter(unread__gt=0).order_by().values("group_id").annotate(posts=Sum("unread"))
    return {one["group_id"]: one["posts"] for one in unread}


def access_with_attention(viewer: Viewer, group: Group) -> GroupAccess | None:
    """Return the row that lets the viewer in, with `attention`: how closely they listen to the group."""
    own = GroupListening.objects.visible_to(viewer).filter(group=group).values("attention")[:1]
    rows = GroupAccess.objects.visible_to(viewer).filter(group=group)
    return rows.annotate(attention=Coalesce(Subquery(own), Value(""))).first()


def people_to_mention(viewer: Viewer, group: Group) -> list[Participant]:
    """Return who takes part in a group now, but the viewer, by name; one line for each person."""
    return _each_once(_others(viewer).filter(group=group))


def _others(viewer: Viewer) -> ParticipantQuerySet:
    rows: ParticipantQuerySet = Participant.objects.visible_to(viewer).active()
    return rows.exclude(person_id=viewer.person_id).order_by("person_name", "pk")


def _each_once(people: Iterable[Participant]) -> list[Participant]:
    return list({one.person_id: one for one in people}.values())


def _with_leads(viewer: Viewer) -> ThreadQuerySet:
    led = GroupAccess.objects.visible_to(viewer).filter(group_id=OuterRef("group_id"), is_co_lead=True)
    rows: ThreadQuerySet = threads_for(viewer).annotate(leads=Exists(led))
    return rows


def _what_hangs_on_it(viewer: Viewer) -> dict[str, ArraySubquery]:
    here = {"post": OuterRef("pk")}
    files = PostFile.objects.visible_to(viewer).filter(**here).order_by("pk")
    file = JSONObject(code="code", name="document__name", size="document__size")
    reaction = JSONObject(kind="kind", person_id="person_id", organisation_id="organisation_id")
    return {
        "mentioned": ArraySubquery(Mention.objects.filter(**here).order_by("pk").values("person_name")),
        "hung": ArraySubquery(files.values(said=file)),
        "answered": ArraySubquery(Reaction.objects.filter(**here).values(said=reaction)),
    }
