"""Consultations of `world-group`: drafts are its people's, what was opened is every member's, public ones everybody's.

The customer comments as a member, Lea without an account; the address behind that is the co-leads' alone, and so is
the log of hiding. What waits for its address is read by nobody but whoever has the link.
"""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from forum.actions.consultation import (
    close_round,
    open_round,
    publish_answers,
    take_back_round,
)
from forum.actions.consultation_comment import hide_comment, show_comment
from forum.lifecycle import CONSULTATION_COMMENT, CONSULTATION_ROUND
from forum.models import ConsultationComment, ConsultationHiding, ConsultationRound
from forum.models.consultation_facts import WindowSaid
from forum.queries.consultation import secret_of
from organisations.models import Membership
from organisations.queries import viewer_from
from tests.conftest import owner_role
from tests.factories import forum_consultations as make
from tests.matrices.cases import Case, everyone, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import EVERYONE
from tests.matrices.slices.forum_group import KEY, LEADS, _part_of, inside, is_inside, led

BEGUN = {"open", "closed", "answered"}


# ---------------------------------------------------------------- the world
def build(world: Any) -> None:
    """Make consultations in every state, with comments, responses and a log."""
    things, group = world.things, world["group"]
    lead, member = _viewer(world, "stakeholder"), _viewer(world, "customer")
    things["consult_draft"] = make.consultation(group, lead)
    things["consult_round"] = make.round_of(things["consult_draft"])
    things["consult_open"] = found = make.consultation(group, lead, is_public=True)
    asked = make.opened(found)
    things["consult_clause"] = clause = make.clauses(asked)[0]
    things["consult_comment"] = said = make.comment(asked, member, on=clause)
    make.response(said, lead)
    things["consult_public"] = public = make.public_comment(asked, on=clause)
    for is_again in (False, True):
        _hide(public, lead, is_shown_again=is_again)
    things["consult_hidden"] = hidden = make.public_comment(asked, email="other@example.org")
    _hide(hidden, lead)
    make.public_comment(asked, confirmed=False, email="third@example.org")
    # The link shows a comment to whoever has it; of one that waits: tests/forum/views/test_consultation_pages.py
    things["consult_link"] = SimpleNamespace(code=secret_of(public.code))
    things["consult_closed"] = closed = make.consultation(group, lead)
    asked = make.opened(closed)
    make.response(make.comment(asked, member), lead)
    make.closed(closed)
    things["consult_answered"] = answered = make.consultation(group, lead)
    make.response(make.comment(make.opened(answered), member), lead)
    make.closed(answered)
    make.answered(answered)
    things["consult_twice"] = twice = make.consultation(group, lead, is_public=True)
    make.response(make.public_comment(make.opened(twice), email="fourth@example.org"), lead)
    make.closed(twice)
    make.answered(twice)
    make.next_round(twice)
    make.opened(twice, 2)
    things["consult_planned"] = planned = make.consultation(group, lead)
    make.planned(planned)


def _hide(said: ConsultationComment, lead: Any, **fields: Any) -> None:
    with owner_role():
        ConsultationHiding.objects.create(
            group_id=said.group_id,
            comment=said,
            person_id=lead.person_id,
            organisation_id=lead.organisation_id,
            reason="x",
            made_at=timezone.now(),
            **fields,
        )


def _viewer(world: Any, name: str) -> Any:
    return viewer_from(
        Membership.objects.filter(is_active=True)
        .select_related("organisation")
        .get(person=world.people[name])
    )


# ---------------------------------------------------------------- who sees a row
def _asked(reader: Reader, is_public: bool) -> bool:
    return is_public or reader.organisation is not None


def _consultation(known: Facts, reader: Reader, row: Row) -> bool:
    is_told = row["opened_at"] is not None and _asked(reader, row["is_public"])
    return is_told or is_inside(known, reader, row["group_id"])


def _round(known: Facts, reader: Reader, row: Row) -> bool:
    is_told = row["state"] in BEGUN and _asked(reader, row["is_public"])
    return is_told or is_inside(known, reader, row["group_id"])


def _of_round(known: Facts, reader: Reader, row: Row) -> bool:
    return _round(known, reader, known["forum.ConsultationRound"][row["round_id"]])


def _comment(known: Facts, reader: Reader, row: Row) -> bool:
    return row["state"] != "waiting" and _of_round(known, reader, row)


def _response(known: Facts, reader: Reader, row: Row) -> bool:
    asked = known["forum.ConsultationRound"][row["round_id"]]
    is_told = asked["state"] == "answered" and _asked(reader, asked["is_public"])
    return is_told or is_inside(known, reader, row["group_id"])


def _leads(known: Facts, reader: Reader, row: Row) -> bool:
    part = _part_of(known, reader, row["group_id"])
    return part is not None and part["role"] == "co_lead"


def _contact(known: Facts, reader: Reader, row: Row) -> bool:
    return row["confirmed_at"] is not None and _leads(known, reader, row)


RULES = {
    "forum.Consultation": _consultation,
    "forum.ConsultationRound": _round,
    "forum.ConsultationClause": _of_round,
    "forum.ConsultationComment": _comment,
    "forum.ConsultationContact": _contact,
    "forum.ConsultationResponse": _response,
    "forum.ConsultationHiding": _leads,
}
KEPT = {
    "forum.ConsultationRound.zone": "a name that the time-zone database knows",
    "forum.ConsultationRound.note_language": "as language",
    "forum.ConsultationRound.outcome_language": "as language",
    "forum.ConsultationClause.identity": "a code that stays from round to round",
    "forum.ConsultationComment.code": "the seed of a secret",
}


def _of_shown(word: str, old: str) -> str:
    return word if old else ""


SHAPES = {f"forum.ConsultationComment.{name}": _of_shown for name in ("text", "name", "organisation_name")}


# ---------------------------------------------------------------- every route
def _day(days: int) -> str:
    return (timezone.localtime(timezone.now()) + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def _window(_world: Any) -> dict[str, Any]:
    return {"closes_at": _day(20), "zone": "UTC"}


CLAUSES = {"clauses-TOTAL_FORMS": "1", "clauses-INITIAL_FORMS": "0", "clauses-0-text": "Nobody pays."}
SAYS = says(name="Lea", email="lea@example.org", text="Say who pays.", language="en")
# Everybody comments on what is public, members for their organisation; a viewer only reads.
COMMENTS = Case(dict.fromkeys(EVERYONE, "302") | {"onlooker": "403"})


def both(*of: str, body: Any) -> dict[str, Case]:
    """Return what a form of the co-leads answers, by GET and POST."""
    return {"get": led(of=(KEY, *of)), "post": led(of=(KEY, *of), status=302, body=body)}


def commented(*of: Any) -> dict[str, Case]:
    """Return what a page answers on which one comments."""
    return {"get": everyone(of=of), "post": Case(COMMENTS.outcomes, of, SAYS)}


PAGES: dict[str, dict[str, Case]] = {
    "forum:group_consultations": {"get": inside()},
    "forum:consultation_new": both(body=says(title="A guide", is_public="no")),
    "forum:consultation_desk": {"get": inside(of=(KEY, "consult_open"))},
    "forum:consultation_edit": both("consult_draft", body=says(title="A guide", is_public="yes")),
    "forum:consultation_clauses": both("consult_draft", body=says(**CLAUSES)),
    "forum:consultation_open": both("consult_draft", body=_window),
    "forum:consultation_take_back": {"post": led(of=(KEY, "consult_planned"), status=302, body=says())},
    "forum:consultation_extend": both("consult_open", body=_window),
    "forum:consultation_close": both("consult_open", body=says(sure="on")),
    "forum:consultation_publish": both("consult_closed", body=says(outcome="Two clauses changed.")),
    "forum:consultation_next": {"post": led(of=(KEY, "consult_answered"), status=302, body=says())},
    "forum:consultation_respond": both(
        "consult_open", "consult_public", body=says(verdict="partly", reason="In clause 2.")
    ),
    "forum:consultation_hide": both("consult_open", "consult_public", body=says(reason="A name")),
    "forum:consultation_show": both("consult_open", "consult_hidden", body=says(reason="No name")),
    "forum:consultations": {"get": everyone()},
    "forum:consultation": {"get": everyone(of=("consult_open",))},
    "forum:consultation_whole": commented("consult_open", 1),
    "forum:consultation_clause": commented("consult_open", "consult_clause"),
    "forum:consultation_changes": {"get": everyone(of=("consult_twice", 2))},
    "forum:consultation_export": {"get": everyone(of=("consult_twice", 1, "csv"))},
    "forum:consultation_link": {
        "get": everyone(of=("consult_link",)),
        "post": everyone(302, of=("consult_link",), body=says()),
    },
    "forum:consultation_stop": {
        "get": everyone(of=("consult_link",)),
        "post": everyone(of=("consult_link",), body=says()),
    },
}


def grow(_small: Any) -> None:
    """Open one more consultation to everybody."""
    from tests.factories import forum as people

    room = people.group()
    make.opened(make.consultation(room.group, room.lead, is_public=True))


LISTS = {"forum:consultations": "supplier"}


# ---------------------------------------------------------------- states and moves
def _round_with(state: str) -> dict[str, Any]:
    """Return the columns that a state of a round has."""
    at, is_set = timezone.now(), state != "draft"
    over = at if state in {"closed", "answered"} else None
    return {
        "opens_at": at - dt.timedelta(hours=1) if is_set else None,
        "closes_at": at + dt.timedelta(days=9) if is_set else None,
        "zone": "UTC" if is_set else "",
        "closed_at": over,
        "answered_at": at if state == "answered" else None,
        "outcome": "x" if state == "answered" else "",
    }


def _open(viewer: Any, row: ConsultationRound) -> Any:
    at = timezone.now()
    return open_round(
        viewer=viewer, asked=row, said=WindowSaid(None, at + dt.timedelta(days=9), "UTC"), at=at
    )


def _announce(viewer: Any, row: ConsultationRound) -> Any:
    at = timezone.now()
    said = WindowSaid(at + dt.timedelta(days=1), at + dt.timedelta(days=9), "UTC")
    return open_round(viewer=viewer, asked=row, said=said, at=at)


def _comment_with(state: str) -> dict[str, Any]:
    is_hidden = state == "hidden"
    return dict.fromkeys(("text", "name", "organisation_name"), "" if is_hidden else "x")


WATCHERS = frozenset({"supplier", "customer", "far_supplier", "rival", "editor"})
LIVES = [
    Life(
        ConsultationRound,
        "consult_round",
        CONSULTATION_ROUND,
        {
            "open": (_open, {"draft": "open", "planned": "open"}, LEADS),
            "announce": (_announce, {"draft": "planned"}, LEADS),
            "take back": (now(take_back_round, "asked"), {"planned": "draft"}, LEADS),
            "close": (now(close_round, "asked"), {"open": "closed"}, LEADS),
            "publish": (
                now(publish_answers, "asked", outcome="Done.", language="en"),
                {"closed": "answered"},
                LEADS,
            ),
        },
        WATCHERS,
        related=("group", "consultation"),
        with_state=_round_with,
    ),
    Life(
        ConsultationComment,
        "consult_public",
        CONSULTATION_COMMENT,
        {
            "hide": (now(hide_comment, "comment", reason="A name"), {"shown": "hidden"}, LEADS),
            "show": (now(show_comment, "comment", reason="No name"), {"hidden": "shown"}, LEADS),
        },
        WATCHERS,
        related=("round__group", "consultation", "clause"),
        with_state=_comment_with,
    ),
]
# Whoever presents the secret of the letter confirms: tests/forum/actions/test_consultation.py
ELSEWHERE = {CONSULTATION_COMMENT.name: {("waiting", "shown")}}
