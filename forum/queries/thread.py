"""What a group talks about, and what of it a reader has not seen yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from forum.models import Group, GroupAccess, GroupListening, Participant, Post, PostFile, Thread
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
    led = GroupAccess.objects.visible_to(viewer).filter(group_id=OuterRef("group_id"), is_co_lead=True)
    rows = threads_for(viewer).filter(group=group).annotate(leads=Exists(led))
    found = fetch(Thread, code, viewer=viewer, queryset=rows)
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
    """Return the posts from `start` on, with what hangs on them."""
    parts = (
        "mentions",
        Prefetch("files", PostFile.objects.visible_to(viewer).select_related("document")),
        "reactions",
    )
    rows = Post.objects.visible_to(viewer).filter(thread=thread, number__gte=start).order_by("number")
    posts = list(rows.prefetch_related(*parts)[:POSTS_AT_ONCE])
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


def attention_to(viewer: Viewer, group: Group) -> str:
    """Return how closely the viewer listens to a group."""
    own = GroupListening.objects.visible_to(viewer).filter(group=group)
    return own.values_list("attention", flat=True).first() or ""


def people_to_mention(viewer: Viewer, group: Group) -> list[Participant]:
    """Return who takes part in a group now, but the viewer, by name; one line for each person."""
    rows = Participant.objects.visible_to(viewer).active().filter(group=group)
    others = rows.exclude(person_id=viewer.person_id).order_by("person_name", "pk")
    return list({one.person_id: one for one in others}.values())
