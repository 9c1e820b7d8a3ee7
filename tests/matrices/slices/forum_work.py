"""Work inside groups: what the people inside do together, and nobody outside reads.

In the world's group the supplier's admin and the customer hold seats; one ballot is open, one secret, one closed, one
withdrawn.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from forum.actions.action_item import cancel_action_item, finish_action_item
from forum.actions.ballot import withdraw_ballot
from forum.actions.decision import object_to, settle, withdraw_decision
from forum.actions.issue import close_issue, reopen_issue
from forum.actions.project import move_milestone, move_project
from forum.lifecycle import ACTION_ITEM, BALLOT, DECISION, ISSUE, MILESTONE, PROJECT, BallotState
from forum.models import ActionItem, Ballot, Decision, Issue, Milestone, Participant, Project
from organisations.queries import viewer_from
from tests.factories import forum as people
from tests.factories import forum_work as make
from tests.matrices.cases import Case, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS
from tests.matrices.slices.forum_group import INSIDERS, KEY, LEADS, inside, is_inside, led

WORKERS = LEADS | {"supplier", "customer"}
WORDS = {
    "title": "Said",
    "purpose": "Said",
    "proposal": "Said",
    "body": "Said",
    "reason": "Said",
    "answer": "Said",
}
SEATED = frozenset({"supplier", "customer"})
OUTSIDE = frozenset({"rival", "editor", "body"})


def build(world: Any) -> None:
    """Call the ballots; the supplier votes in the open one, the customer in the secret one, both in the closed one."""
    things, group = world.things, world["group"]
    who = {
        name: people.membership_of(world[f"part_{name}"]) for name in ("stakeholder", "supplier", "customer")
    }
    lead = viewer_from(who["stakeholder"])
    words: dict[str, Any] = {"question": "x", "details": "x", "choices": ["x", "y"]}
    secret = {"is_secret": True, "quorum_of": ["buyer"], "quorum_least": [1]}
    for name, fields in (("shown", {}), ("secret", secret), ("called_off", {})):
        things[f"ballot_{name}"] = make.ballot(group, lead, **words, **fields)
    for name, voter in (("shown", "supplier"), ("secret", "customer")):
        seat = world[f"seat_{voter}"].pk
        make.cast(things[f"ballot_{name}"], viewer_from(who[voter]), seat, 1)
    votes = {world[f"seat_{name}"]: (viewer_from(who[name]), 1) for name in ("supplier", "customer")}
    things["ballot_over"] = make.counted(group, lead, votes, **words)
    make.called_off(things["ballot_called_off"], lead)
    supplier = viewer_from(who["supplier"])
    things["project"] = make.project(group, lead, title="x", purpose="x")
    things["milestone"] = make.milestone(things["project"], supplier, title="x")
    make.update(things["project"], supplier, body="x")
    things["action_item"] = make.action_item(group, lead, supplier, title="x")
    for name in ("agreeable", "disputed"):
        things[f"decision_{name}"] = make.decision(group, supplier, title="x", proposal="x")
    customer = viewer_from(who["customer"])
    things["objection"] = make.objection(things["decision_disputed"], customer, world["seat_customer"])
    things["standing_issue"] = make.issue(group, supplier, title="x", body="x")


# ---------------------------------------------------------------- who sees a row
def _inside(known: Facts, reader: Reader, row: Row) -> bool:
    return is_inside(known, reader, row["group_id"])


def _nobody(_known: Facts, _reader: Reader, _row: Row) -> bool:
    return False


def _vote(known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody inside after the close; before it, and of what was withdrawn, one's own organisation."""
    is_closed = known["forum.Ballot"][row["ballot_id"]]["state"] == "closed"
    return _inside(known, reader, row) and (is_closed or row["organisation_id"] == reader.organisation)


RULES = {
    "forum.Ballot": _inside,
    "forum.BallotPaper": _inside,
    "forum.BallotVote": _vote,
    "forum.BallotTally": _nobody,
    "forum.BallotHandover": _inside,
    "forum.Project": _inside,
    "forum.Milestone": _inside,
    "forum.ProjectUpdate": _inside,
    "forum.ActionItem": _inside,
    "forum.Decision": _inside,
    "forum.Objection": _inside,
    "forum.Issue": _inside,
    "forum.IssueNote": _inside,
}
KEPT = {
    "forum.Ballot.reason_language": "as language",
    "forum.Objection.answer_language": "as language",
    "forum.Objection.answer": "empty until it is answered, by a constraint",
    "forum.Objection.answered_by_name": "empty until then",
}


# ---------------------------------------------------------------- every route
def _of(thing: str) -> tuple[str, str]:
    return (KEY, thing)


def by(ok: Any, **about: Any) -> Case:
    """Return what a page answers to some of the people inside; the others are told that it is not theirs."""
    who = frozenset(ok)
    return inside(ok=who, **({"forbidden": MEMBERS - who - {"unlinked"}} | about))


def _soon(_world: Any) -> dict[str, Any]:
    closes_at = timezone.localtime(timezone.now() + timedelta(days=3))
    return {
        "question": "Publish?",
        "choices": "Yes\nNo",
        "rule": "half",
        "quorum_unit": "seats",
        "closes_at": closes_at.strftime("%Y-%m-%dT%H:%M"),
    }


HANDS = {"of": (KEY, "ballot_shown", "seat_supplier"), "status": 409, "body": says()}


def _day(**more: str) -> dict[str, str]:
    return {**WORDS, "due_on": (timezone.localdate() + timedelta(days=9)).isoformat(), **more}


def _to_do(world: Any) -> dict[str, Any]:
    return _day(owner=world["part_customer"].code)


def form(ok: Any, *of: Any, body: Any = None) -> dict[str, Case]:
    """Return what the page of a form answers, opened and sent."""
    where = (KEY, *of)
    return {"get": by(ok, of=where), "post": by(ok, of=where, status=302, body=body or says(**WORDS))}


def pressed(ok: Any, thing: str, **body: str) -> dict[str, Case]:
    """Return what a button answers."""
    return {"post": by(ok, of=(KEY, thing), status=302, body=says(**body))}


PAGES: dict[str, dict[str, Case]] = {
    "forum:group_work": {"get": inside()},
    "forum:group_work_list": {"get": inside(of=(KEY, "projects"))},
    "forum:my_action_items": {"get": page()},
    "forum:project_new": form(LEADS),
    "forum:project": {"get": inside(of=(KEY, "project"))},
    "forum:project_move": pressed(LEADS, "project", to="done"),
    "forum:project_update": form(WORKERS, "project"),
    "forum:milestone_new": form(WORKERS, "project", body=lambda _world: _day()),
    "forum:milestone_move": pressed(WORKERS, "milestone", to="reached"),
    "forum:action_item_new": form(WORKERS, body=_to_do),
    "forum:action_item": {"get": inside(of=(KEY, "action_item"))},
    "forum:action_item_edit": form(LEADS, "action_item", body=_to_do),
    "forum:action_item_finish": pressed(LEADS | {"supplier"}, "action_item"),
    "forum:action_item_cancel": pressed(LEADS, "action_item"),
    "forum:decision_new": form(WORKERS),
    "forum:decision": {"get": inside(of=(KEY, "decision_disputed"))},
    "forum:decision_object": form(SEATED, "decision_agreeable"),
    "forum:decision_settle": pressed(LEADS, "decision_agreeable"),
    "forum:decision_withdraw": pressed(LEADS | {"supplier"}, "decision_disputed"),
    "forum:objection_answer": form(LEADS, "objection"),
    "forum:issue_new": form(WORKERS),
    "forum:issue": {"get": inside(of=(KEY, "standing_issue"))},
    "forum:issue_note": form(WORKERS, "standing_issue"),
    "forum:issue_close": pressed(WORKERS, "standing_issue"),
    "forum:issue_reopen": {"post": by(WORKERS, of=(KEY, "standing_issue"), status=409, body=says())},
    "forum:ballot_new": {"get": led(), "post": led(status=302, body=_soon)},
    "forum:ballot": {
        "get": inside(of=_of("ballot_over")),
        "post": by(SEATED, of=_of("ballot_shown"), status=302, body=says(choice="2")),
    },
    "forum:ballot_by_code": {"get": page(INSIDERS, of="ballot_shown", status=302)},
    "forum:ballot_withdraw": {
        "get": led(of=_of("ballot_secret")),
        "post": led(of=_of("ballot_secret"), status=302, body=says(reason="A wrong word")),
    },
    # The seat has voted, and has no alternate: whoever may is told so.
    "forum:ballot_hand_over": {
        "post": by({*LEADS, "supplier"}, **(HANDS | {"of": (KEY, "ballot_secret", "seat_supplier")}))
    },
    "forum:ballot_take_back": {"post": by({*LEADS, "supplier"}, **HANDS)},
}
LISTS = {"forum:my_action_items": "supplier"}


def grow(small: Any) -> None:
    """Have the supplier's admin take on one more thing, in the group that they joined last."""
    part = Participant.objects.filter(person=small.supplier.person).select_related("group").latest("pk")
    owner = viewer_from(small.supplier)
    make.action_item(part.group, owner, owner, title="Ask three recruiters what they pay for")


# ---------------------------------------------------------------- states and moves
def _ballot_with(state: str) -> dict[str, Any]:
    """Return the columns that a state of a ballot has."""
    at, is_closed = timezone.now(), state == BallotState.CLOSED
    return {
        "withdrawn_at": at if state == BallotState.WITHDRAWN else None,
        "closed_at": at if is_closed else None,
        "outcome": "no_votes" if is_closed else "",
        "winner": None,
        "counts": [0, 0, 0] if is_closed else None,
    }


LIVES = [
    Life(
        Project,
        "project",
        PROJECT,
        {
            to: (now(move_project, "project", to=to), dict.fromkeys(froms, to), LEADS)
            for to, froms in {
                "active": ("planned", "stopped"),
                "done": ("active",),
                "stopped": ("planned", "active"),
            }.items()
        },
        SEATED | OUTSIDE | {"far_supplier"},
        related=("group",),
    ),
    Life(
        Milestone,
        "milestone",
        MILESTONE,
        {
            to: (now(move_milestone, "milestone", to=to), dict.fromkeys(froms, to), WORKERS)
            for to, froms in {
                "open": ("reached", "dropped"),
                "reached": ("open",),
                "dropped": ("open",),
            }.items()
        },
        OUTSIDE | {"far_supplier"},
        related=("project__group",),
        with_state=lambda state: {"reached_on": timezone.localdate() if state == "reached" else None},
    ),
    Life(
        ActionItem,
        "action_item",
        ACTION_ITEM,
        {
            "finish": (now(finish_action_item, "item"), {"open": "done"}, LEADS | {"supplier"}),
            "cancel": (now(cancel_action_item, "item"), {"open": "cancelled"}, LEADS),
        },
        OUTSIDE | {"far_supplier", "customer"},
        related=("group",),
        with_state=lambda state: {"ended_at": None if state == "open" else timezone.now()},
    ),
    Life(
        Decision,
        "decision_agreeable",
        DECISION,
        {
            "object": (now(object_to, "decision", reason="No"), {"proposed": "objected"}, SEATED),
            "settle": (
                now(settle, "decision"),
                {"proposed": "consensus", "objected": "resolved"},
                LEADS,
            ),
            "withdraw": (
                now(withdraw_decision, "decision"),
                {"proposed": "withdrawn", "objected": "withdrawn"},
                LEADS | {"supplier"},
            ),
        },
        OUTSIDE | {"far_supplier"},
        related=("group",),
        with_state=lambda state: {
            "settled_at": None if state in {"proposed", "objected"} else timezone.now()
        },
    ),
    Life(
        Issue,
        "standing_issue",
        ISSUE,
        {
            "close": (now(close_issue, "issue"), {"open": "closed"}, WORKERS),
            "reopen": (now(reopen_issue, "issue"), {"closed": "open"}, WORKERS),
        },
        OUTSIDE | {"far_supplier"},
        related=("group",),
        with_state=lambda state: {"closed_at": timezone.now() if state == "closed" else None},
    ),
    Life(
        Ballot,
        "ballot_shown",
        BALLOT,
        {
            "withdraw": (
                now(withdraw_ballot, "ballot", reason="A wrong word"),
                {BallotState.CALLED: BallotState.WITHDRAWN},
                LEADS,
            ),
        },
        SEATED | OUTSIDE | {"far_supplier"},
        related=("group",),
        with_state=_ballot_with,
    ),
]
STORY = (
    ("stakeholder", "forum:ballot_new"),
    ("supplier", "forum:ballot"),
    ("operator", "forum:ballot_withdraw"),
    ("stakeholder", "forum:project_new"),
    ("stakeholder", "forum:action_item_new"),
    ("stakeholder", "forum:action_item_edit"),
    ("stakeholder", "forum:action_item_finish"),
    ("supplier", "forum:decision_new"),
    ("customer", "forum:decision_object"),
    ("stakeholder", "forum:objection_answer"),
    ("supplier", "forum:decision_withdraw"),
)
