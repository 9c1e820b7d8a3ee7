"""Discussions: everything in them is for the people inside; co-leads keep order, and alone learn who reported what.

In `world-group` the supplier has begun a thread with a file and a mention; the customer has answered in words that were
changed once; one post of the supplier's is hidden. The far supplier, a guest, has reported the customer's post.
"""

from types import SimpleNamespace
from typing import Any

from django.urls import resolve
from django.utils import timezone

from documents.models import Document
from forum.actions.discussion import delete_post
from forum.actions.moderation import dismiss_report, hide_post, show_post
from forum.lifecycle import POST, POST_REPORT, PostState, ReportState
from forum.models import (
    GroupListening,
    Mention,
    ModerationStep,
    NewsChoice,
    Post,
    PostFile,
    PostReport,
    Reaction,
    ThreadReading,
)
from forum.queries.news import sealed, stop_path
from organisations.visibility import Viewer
from tests.factories import forum_discussion as talk
from tests.matrices.cases import Case, done, everyone, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS
from tests.matrices.slices.forum_group import INSIDERS, KEY, LEADS, _inside, _part_of, inside, led
from tests.matrices.world import World, _document

OWN = frozenset({"supplier"})


# ---------------------------------------------------------------- the world
def build(world: Any) -> None:
    """Make the thread and everything that can hang on a post."""
    things, at, group = world.things, timezone.now(), world["group"]
    who = {name: _signed(world, name) for name in INSIDERS}
    thread = things["thread"] = talk.thread(group, _viewer(world, "supplier"), title="x")
    first = things["post"] = thread.posts.get()
    answer = things["post_answer"] = talk.post(thread, _viewer(world, "customer"), body="x")
    Post.objects.filter(pk=answer.pk).update(body="y", edited_at=at)
    hidden = things["post_hidden"] = talk.post(thread, _viewer(world, "supplier"), body="x")
    Post.objects.filter(pk=hidden.pk).update(state=PostState.HIDDEN, changed_at=at)
    supplier = world.organisations["supplier"]
    kept = _document(supplier, world.people["supplier"], Document.Kind.EVIDENCE, group=group)
    things["post_file"] = PostFile.objects.create(post=first, document=kept)
    Mention.objects.create(post=first, person=world.people["customer"])
    things["post_reaction"] = Reaction.objects.create(post=first, kind="thanks", **who["customer"])
    things["post_report"] = PostReport.objects.create(
        post=answer, reason="x", language="en", reported_at=at, **who["far_supplier"]
    )
    ModerationStep.objects.create(
        thread=thread, post=hidden, kind="hide", reason="x", at=at, **who["stakeholder"]
    )
    ThreadReading.objects.create(thread=thread, read_to=1, **who["customer"])
    GroupListening.objects.create(group=group, attention="follow", **who["customer"])
    choice = sealed(NewsChoice(told_until=at, rhythm="at_once", **who["customer"]))
    choice.save()
    things["news_link"] = SimpleNamespace(code=resolve(stop_path(choice)).kwargs["token"])


def _signed(world: Any, name: str) -> dict[str, int]:
    viewer = _viewer(world, name)
    return {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id}


def _viewer(world: Any, name: str) -> Any:
    return Viewer(
        person_id=world.people[name].pk,
        organisation_id=world.organisations[name].pk,
        role=None,  # type: ignore[arg-type]
        capabilities=frozenset(),
    )


# ---------------------------------------------------------------- who sees a row
def _leads(known: Facts, reader: Reader, row: Row) -> bool:
    part = _part_of(known, reader, row["group_id"])
    return part is not None and part["role"] == "co_lead"


def _leads_or_own(known: Facts, reader: Reader, row: Row) -> bool:
    return _leads(known, reader, row) or (_own(known, reader, row) and _inside(known, reader, row))


def _own(_known: Facts, reader: Reader, row: Row) -> bool:
    return (row["person_id"], row["organisation_id"]) == (reader.person, reader.organisation)


RULES = {
    "forum.Thread": _inside,
    "forum.Post": _inside,
    "forum.Mention": _inside,
    "forum.PostFile": _inside,
    "forum.Reaction": _inside,
    "forum.PostVersion": _leads_or_own,
    "forum.PostReport": _leads_or_own,
    "forum.ModerationStep": _leads,
    "forum.ThreadReading": _own,
    "forum.GroupListening": _own,
    "forum.NewsChoice": _own,
}
KEPT = {
    "forum.NewsChoice.stop_seed": "half of a secret",
    "forum.NewsChoice.stop_hash": "a hash",
}
SHAPES = {"forum.Post.body": lambda word, old: word if old else ""}


# ---------------------------------------------------------------- every route
def at(thing: str, ok: Any = INSIDERS, **about: Any) -> Case:
    """Return what a page about something in the discussion answers."""
    given: dict[str, Any] = {"forbidden": MEMBERS - frozenset(ok) - {"unlinked"}} | about
    return inside(ok=ok, of=(KEY, thing), **given)


def sent(thing: str, ok: Any = INSIDERS, **about: Any) -> Case:
    """Return what a POST about something in the discussion answers."""
    return at(thing, ok, **({"status": 302, "body": says()} | about))


def _mentioning(world: World) -> dict[str, Any]:
    return {"body": "What do you think?", "language": "en", "mentions": [str(world["part_unlinked"].pk)]}


REASON = says(reason="It names a worker", language="en")
PAGES: dict[str, dict[str, Case]] = {
    "forum:discussion": {"get": page()},
    "forum:news": {"get": page(), "post": done(MEMBERS, body=says(rhythm="weekly"))},
    "forum:news_stop": {
        "get": everyone(of=("news_link",)),
        "post": everyone(of=("news_link",), body=says()),
    },
    "forum:group_discussion": {"get": inside()},
    "forum:discussion_search": {"get": inside()},
    "forum:discussion_seen": {"post": inside(status=302, body=says())},
    "forum:discussion_listen": {"post": inside(status=302, body=says(attention="follow"))},
    "forum:thread_new": {
        "get": inside(),
        "post": inside(status=302, body=says(title="Fees", body="Who pays?", language="en")),
    },
    "forum:thread": {"get": at("thread"), "post": sent("thread", body=_mentioning)},
    "forum:thread_reply": {"get": at("thread"), "post": sent("thread", body=_mentioning)},
    "forum:thread_edit": {
        "get": at("thread", OWN | LEADS),
        "post": sent("thread", OWN | LEADS, body=says(title="Fees")),
    },
    "forum:thread_listen": {"post": sent("thread", body=says(attention="mute"))},
    "forum:thread_lock": {"post": sent("thread", LEADS, body=says(on="1"))},
    "forum:thread_pin": {"post": sent("thread", LEADS, body=says(on="1"))},
    "forum:post": {"get": at("post", status=302)},
    "forum:post_edit": {
        "get": at("post", OWN),
        "post": sent("post", OWN, body=says(body="Other words", language="en")),
    },
    "forum:post_history": {"get": at("post_answer", LEADS | {"customer"})},
    "forum:post_delete": {"get": at("post", OWN), "post": sent("post", OWN)},
    "forum:post_react": {"post": sent("post", body=says(kind="agree"))},
    "forum:post_report": {
        "get": at("post", INSIDERS - OWN),
        "post": sent("post", INSIDERS - OWN, body=REASON),
    },
    "forum:post_hide": {"get": at("post", LEADS), "post": sent("post", LEADS, body=REASON)},
    "forum:post_show": {"post": sent("post_hidden", LEADS)},
    "forum:post_file": {"get": at("post_file")},
    "forum:moderation": {"get": led()},
    "forum:report_dismiss": {"post": sent("post_report", LEADS)},
}
LISTS = {"forum:discussion": "supplier"}
NO_LISTS = {"forum:news": "a form"}
STORY = (
    ("supplier", "forum:thread_reply"),
    ("customer", "forum:post_report"),
    ("stakeholder", "forum:post_hide"),
)


def grow(small: Any) -> None:
    """Let the supplier join one more group, with a thread in it."""
    from tests.factories import forum as make

    room = make.group()
    make.participant(room.group, small.supplier)
    talk.thread(room.group, room.buyer)


# ---------------------------------------------------------------- states and moves
def _post_in(state: str) -> dict[str, Any]:
    is_shown = state == PostState.SHOWN
    return {"body": "x" if is_shown else "", "changed_at": None if is_shown else timezone.now()}


LIVES = [
    Life(
        Post,
        "post_answer",
        POST,
        {
            "hide": (now(hide_post, "post", reason="A name"), {PostState.SHOWN: PostState.HIDDEN}, LEADS),
            "show": (now(show_post, "post"), {PostState.HIDDEN: PostState.SHOWN}, LEADS),
            "delete": (
                now(delete_post, "post"),
                {PostState.SHOWN: PostState.DELETED, PostState.HIDDEN: PostState.DELETED},
                frozenset({"customer"}),
            ),
        },
        frozenset({"supplier", "far_supplier", "rival", "editor", "unlinked"}),
        related=("group", "thread__group"),
        with_state=_post_in,
    ),
    Life(
        PostReport,
        "post_report",
        POST_REPORT,
        {
            "let it stand": (now(dismiss_report, "report"), {ReportState.OPEN: ReportState.DISMISSED}, LEADS),
        },
        frozenset({"supplier", "customer", "far_supplier", "rival", "editor"}),
        related=("post__group", "post__thread__group"),
        with_state=lambda state: {"closed_at": None if state == ReportState.OPEN else timezone.now()},
    ),
]
