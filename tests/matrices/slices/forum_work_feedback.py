"""Feedback rounds: the world's group asks a second group, `world-asked`, in which the rival and the customer are.

The customer is inside both, so comments nowhere; the rival reads and comments. One round is a draft, one is open with
a comment that waits, one is over and answered, one is finished with its summary.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from forum.actions.feedback import finish_round, release_round, withdraw_round
from forum.lifecycle import FEEDBACK
from forum.models import FeedbackRound
from organisations.queries import viewer_from
from tests.factories import forum as people
from tests.factories import forum_feedback as make
from tests.factories import forum_work as work
from tests.matrices.cases import Case, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.slices.forum_group import INSIDERS, KEY, LEADS, inside, is_inside, led
from tests.matrices.slices.forum_work import by

HOUR = timedelta(hours=1)
GUESTS = frozenset({"rival"})


def build(world: Any) -> None:
    """Make the second group and the four rounds on a project of the first."""
    things, group = world.things, world["group"]
    things["group_asked"] = asked = people.bare_group(world.organisations["operator"], "world-asked")
    own = {name: people.membership_of(world[f"part_{name}"]) for name in ("stakeholder", "customer")}
    lead = viewer_from(own["stakeholder"])
    people.participant(asked, own["customer"])
    rival = people.membership_of(world["part_asked"])
    people.participant(asked, rival)
    words: dict[str, Any] = {"title": "x", "purpose": "x"}
    said: dict[str, Any] = {"description": "x", "questions": []}
    project = world["project"]
    update = work.update(project, lead, body="x")
    things["feedback_draft"] = draft = make.draft(group, lead, asked, **words)
    things["feedback_part_draft"] = make.part(draft, project, **said)
    for name in ("open", "over", "done"):
        end = timezone.now() + (HOUR if name == "open" else -HOUR)
        made = make.draft(group, lead, asked, opens_at=end - make.WEEK, closes_at=end, **words)
        things[f"feedback_{name}"] = made
        things[f"feedback_part_{name}"] = part = make.part(made, project, **said)
        make.excerpt(part, update=update)
        make.released(made)
        spoke = make.comment(part, viewer_from(rival), asked, question=0, body="x", at=end - 2 * HOUR)
        things[f"feedback_comment_{name}"] = spoke
        if name != "open":
            make.answered(spoke, answer="x")
    make.finished(things["feedback_done"], summary="x")


# ---------------------------------------------------------------- who sees a row
def _reads(known: Facts, reader: Reader, row: Row) -> bool:
    """Inside the group; when it is open or finished, also inside an invited group."""
    if is_inside(known, reader, row["group_id"]):
        return True
    is_shown = row["state"] in {"open", "finished"} and row["opens_at"] <= timezone.now()
    invited = known["forum.Group"] if row["for_all"] else row["invited_ids"]
    return is_shown and any(is_inside(known, reader, one) for one in invited)


def _of_round(known: Facts, reader: Reader, row: Row) -> bool:
    return _reads(known, reader, known["forum.FeedbackRound"][row["round_id"]])


def _if_there(word: str, old: str) -> str:
    """Plant a word where constraints let something stand."""
    return word if old else ""


RULES = {
    "forum.FeedbackRound": _reads,
    "forum.FeedbackProject": _of_round,
    "forum.FeedbackExcerpt": _of_round,
    "forum.FeedbackComment": _of_round,
}
KEPT = {
    "forum.FeedbackRound.zone": "a name that the time-zone database knows",
    "forum.FeedbackRound.reason_language": "as language",
    "forum.FeedbackRound.summary_language": "as language",
    "forum.FeedbackProject.title_language": "as language",
    "forum.FeedbackComment.answer_language": "as language",
}
SHAPES = {
    "forum.FeedbackRound.reason": _if_there,
    "forum.FeedbackRound.summary": _if_there,
    "forum.FeedbackComment.answer": _if_there,
    "forum.FeedbackComment.answered_by_name": _if_there,
    "forum.FeedbackComment.answered_for_name": _if_there,
}


# ---------------------------------------------------------------- every route
def _said(world: Any) -> dict[str, Any]:
    closes_at = timezone.localtime(timezone.now() + timedelta(days=9))
    return {
        "title": "Said",
        "purpose": "Said",
        "zone": "UTC",
        "closes_at": closes_at.strftime("%Y-%m-%dT%H:%M"),
        "whom": "chosen",
        "invited": [world["group_asked"].key],
    }


def _read(**about: Any) -> Case:
    """Return what the reader's page answers: people of the group itself are led inside, others find nothing."""
    return page(GUESTS, otherwise=dict.fromkeys(INSIDERS, 302), **about)


def _speak(**about: Any) -> Case:
    given: dict[str, Any] = {"of": ("feedback_open", "feedback_part_open"), "forbidden": INSIDERS} | about
    return page(GUESTS, **given)


DRAFT = (KEY, "feedback_draft")
SAID: Any = says(description="Said", questions="Said?")
PAGES: dict[str, dict[str, Case]] = {
    "forum:feedback_rounds": {"get": inside()},
    "forum:feedback_new": {"get": led(), "post": led(status=302, body=_said)},
    "forum:feedback_round": {"get": inside(of=(KEY, "feedback_done"))},
    "forum:feedback_edit": {"get": led(of=DRAFT), "post": led(of=DRAFT, status=302, body=_said)},
    "forum:feedback_present": {
        "get": led(of=(*DRAFT, "project")),
        "post": led(of=(*DRAFT, "project"), status=302, body=SAID),
    },
    "forum:feedback_take_out": {
        "post": led(of=(*DRAFT, "feedback_part_draft"), status=302, body=says()),
    },
    "forum:feedback_release": {"post": led(of=DRAFT, status=302, body=says())},
    "forum:feedback_withdraw": {
        "get": led(of=(KEY, "feedback_over")),
        "post": led(of=(KEY, "feedback_over"), status=302, body=says(reason="Said")),
    },
    "forum:feedback_finish": {
        "get": led(of=(KEY, "feedback_over")),
        "post": led(of=(KEY, "feedback_over"), status=302, body=says(summary="Said")),
    },
    "forum:feedback_answer": {
        "get": by(LEADS, of=(KEY, "feedback_comment_open")),
        "post": by(
            LEADS,
            of=(KEY, "feedback_comment_open"),
            status=302,
            body=says(answer="Said", outcome="taken"),
        ),
    },
    "forum:feedback_read": {"get": _read(of=("feedback_open",))},
    "forum:feedback_comment": {
        "get": _speak(),
        "post": _speak(status=302, body=says(question="0", body="Said")),
    },
}


# ---------------------------------------------------------------- states and moves
def _with(state: str) -> dict[str, Any]:
    """Return the columns that a state of a round has; an open one is over, so that it can be ended."""
    at = timezone.now()
    is_released = state in {"open", "finished"}
    return {
        "opens_at": at - 2 * HOUR if is_released else None,
        "closes_at": at - HOUR if is_released else at + HOUR,
        "released_at": at - 2 * HOUR if is_released else None,
        "withdrawn_at": at if state == "withdrawn" else None,
        "reason": "",
        "finished_at": at if state == "finished" else None,
        "summary": "Said" if state == "finished" else "",
    }


LIVES = [
    Life(
        FeedbackRound,
        "feedback_over",
        FEEDBACK,
        {
            "release": (now(release_round, "found"), {"draft": "open"}, LEADS),
            "finish": (now(finish_round, "found", summary="Said"), {"open": "finished"}, LEADS),
            "withdraw": (
                now(withdraw_round, "found", reason="Said"),
                {"draft": "withdrawn", "open": "withdrawn"},
                LEADS,
            ),
        },
        frozenset({"supplier", "customer", "far_supplier", "rival", "editor", "body"}),
        related=("group",),
        with_state=_with,
    ),
]
STORY = (
    ("stakeholder", "forum:feedback_new"),
    ("stakeholder", "forum:feedback_release"),
    ("rival", "forum:feedback_comment"),
    ("operator", "forum:feedback_answer"),
    ("stakeholder", "forum:feedback_finish"),
)
