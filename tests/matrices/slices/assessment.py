"""Schemes: what stands between a member and a scheme body, what each reads only later, and what everybody reads.

The supplier is a member whose interim assessment waits for a decision; the far supplier still answers; the customer is
on notice and has appealed; the rival has applied to the scheme of another body.
"""

import datetime as dt
from functools import partial
from typing import Any

from django.utils import timezone

from organisations.models import Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.appeal import appeal, decide_appeal, withdraw_appeal
from schemes.actions.assessment import (
    go_on,
    propose,
    send_back,
    start_assessing,
    submit,
    take_up,
)
from schemes.actions.clarification import answer_clarification, ask_clarification
from schemes.actions.decision import decide
from schemes.actions.evidence import attach
from schemes.actions.membership import withdraw
from schemes.lifecycle import (
    APPEAL,
    ASSESSMENT,
    MEMBERSHIP,
    AppealState,
    AssessmentState,
    MembershipState,
    Outcome,
)
from schemes.models import (
    Appeal,
    Assessment,
    Certificate,
    Clarification,
    Decision,
    Proposal,
    SchemeMembership,
)
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, verdict
from tests.matrices.lives import Life
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.world import World

STAFF = ("assessor", "decider", "reviewer")
NOON = dt.time(12, tzinfo=dt.UTC)
# Keys of the things whose lives are told, for columns that a state needs elsewhere.
TOLD: dict[str, int] = {}
BEGAN = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def build(world: World) -> None:
    """Make two scheme bodies with their people, and four organisations at different points of the way."""
    for name in ("body", "other_body"):
        world.organisations[name] = people.organisation(name, Capability.SCHEME_BODY)
        world.people[name] = people.person(name)
        people.membership(world.organisations[name], world.people[name], Role.ADMIN)
    for name in STAFF:
        world.people[name] = people.person(name)
        people.membership(world.organisations["body"], world.people[name], Role.EDITOR)
    scheme = definitions.scheme(world.organisations["body"], "fair-work")
    edition = definitions.edition(scheme)
    other = definitions.scheme(world.organisations["other_body"], "other-work")
    definitions.edition(other)
    world.things |= {"scheme": scheme, "edition": edition, "other_scheme": other}
    _supplier(world)
    _far(world)
    _customer(world)
    rival = _play(world, "rival")
    rival.scheme = other
    rival.apply(message="x")
    rival.answer()
    world.things |= {"membership_rival": rival.membership(), "assessment_rival": rival.assessment()}


def _supplier(world: World) -> None:
    """A member; its interim assessment waits for a decision, after a question that was answered."""
    story, things = _play(world, "supplier"), world.things
    story.apply(message="x", language="en", consents_to_register=True)
    things["scheme_use"] = _show(world, story)
    story.decide(Outcome.AWARD)
    things["assessment_decided"] = story.assessment()
    story.interim()
    story.start()
    with as_viewer(story.assessor) as viewer:
        asked = ask_clarification(
            viewer=viewer,
            assessment=story.assessment(),
            criterion=story.criteria()[0],
            question="x",
            at=story.now(),
        )
    with as_viewer(story.member) as viewer:
        answer_clarification(viewer=viewer, clarification=asked, answer="x", at=story.now())
    story.propose()
    things |= {
        "membership": story.membership(),
        "assessment": story.assessment(),
        "clarification": asked,
        "certificate": Certificate.objects.get(membership=story.membership()),
        "decision": Decision.objects.get(membership=story.membership()),
    }
    TOLD["assessment"] = story.assessment().pk


def _far(world: World) -> None:
    """Another applicant of the same body, who has sent nothing yet."""
    story = _play(world, "far_supplier")
    story.apply(message="x")
    story.answer()
    piece = pieces.evidence(world.organisations["far_supplier"])
    with as_viewer(story.member) as viewer:
        use = attach(
            viewer=viewer, assessment=story.assessment(), evidence=piece, criteria=["c1"], at=story.now()
        )
    world.things |= {
        "far_membership": story.membership(),
        "far_assessment": story.assessment(),
        "far_scheme_use": use,
    }


def _customer(world: World) -> None:
    """A member on notice, who contests that; it had to improve first."""
    story, things = _play(world, "customer"), world.things
    story.apply()
    improve = story.decide(Outcome.IMPROVE, "")
    story.decide(Outcome.AWARD, "silver")
    story.interim()
    notice = story.decide(Outcome.NOTICE, "bronze", is_improved=False)
    with as_viewer(story.member) as viewer:
        made = appeal(viewer=viewer, decision=notice, reasons="x", at=story.now())
    story.declare(_viewer(world, "reviewer"))
    things |= {
        "membership_customer": story.membership(),
        "assessment_customer": story.assessment(),
        "decision_notice": notice,
        "item": improve.items.get(),
        "improvement_notice": notice.notice,
        "appeal": made,
    }
    TOLD["decision_notice"] = notice.pk


def _show(world: World, story: Play) -> Any:
    from tests.matrices.world import _document

    supplier = world.organisations["supplier"]
    document = _document(supplier, world.people["supplier"], "evidence")
    things = world.things
    things["scheme_piece"] = pieces.evidence(supplier, document=document, note="x", supplied_by="x")
    with as_viewer(story.member) as viewer:
        return attach(
            viewer=viewer,
            assessment=story.assessment(),
            evidence=things["scheme_piece"],
            criteria=["c1", "c2"],
            at=story.now(),
        )


def _play(world: World, who: str) -> Play:
    body, organisation = world.organisations["body"], world.organisations[who]
    viewer = partial(_viewer, world)
    return Play(
        scheme=world["scheme"],
        edition=world["edition"],
        body=body,
        organisation=organisation,
        boss=viewer("body"),
        assessor=viewer("assessor"),
        decider=viewer("decider"),
        reviewer=viewer("reviewer"),
        member=viewer(who),
        clock=BEGAN,
    )


def _viewer(world: World, who: str) -> Viewer:
    person: Person = world.people[who]
    return viewer_from(person.memberships.select_related("organisation").get(is_active=True))


def _either(_known: Facts, reader: Reader, row: Row) -> bool:
    """The member and the scheme body."""
    return reader.organisation is not None and reader.organisation in {row["member_id"], row["body_id"]}


def _sent(known: Facts, reader: Reader, row: Row) -> bool:
    """What the member writes: itself always, the body once it is sent."""
    if reader.organisation is not None and reader.organisation == row["member_id"]:
        return True
    its = known["schemes.Assessment"][row["assessment_id"]]
    is_sent = its["submitted_at"] is not None
    return reader.organisation is not None and reader.organisation == row["body_id"] and is_sent


def _scored(known: Facts, reader: Reader, row: Row) -> bool:
    """What the body says of the member: itself always, the member once it is decided."""
    if _inside(known, reader, row):
        return True
    is_decided = known["schemes.Assessment"][row["assessment_id"]]["state"] == "decided"
    return reader.organisation is not None and reader.organisation == row["member_id"] and is_decided


def _inside(_known: Facts, reader: Reader, row: Row) -> bool:
    """The scheme body alone."""
    return reader.organisation is not None and reader.organisation == row["body_id"]


def _everybody(_known: Facts, _reader: Reader, _row: Row) -> bool:
    return True


RULES = {
    "schemes.SchemeMembership": _either,
    "schemes.Assessment": _either,
    "schemes.Proposal": _scored,
    "schemes.Assignment": _inside,
    "schemes.Declaration": _inside,
    "schemes.Answer": _sent,
    "schemes.Score": _scored,
    "schemes.ScoreVersion": _scored,
    "schemes.EvidenceUse": _sent,
    "schemes.Clarification": _either,
    "schemes.Decision": _either,
    "schemes.ImprovementItem": _either,
    "schemes.ImprovementNotice": _either,
    "schemes.Appeal": _either,
    "schemes.Certificate": _either,
    "schemes.RegisterEntry": _everybody,
}
# What rules read and addresses are made of: keys, and the codes of certificates, which are longer than a word.
_KEYS = {
    "SchemeMembership": ("level",),
    "Assessment": ("level",),
    "Proposal": ("level",),
    "Answer": ("claimed",),
    "Score": ("value",),
    "ScoreVersion": ("value",),
    "Decision": ("level_before", "level_after", "state_before", "state_after"),
    "Certificate": ("level",),
    "RegisterEntry": ("level",),
}
KEPT = {f"schemes.{model}.{column}": "a key" for model, columns in _KEYS.items() for column in columns}
KEPT |= {
    "member_country": "two letters that names of countries are looked up by",
    "answer_language": "a language's code",
    "words_language": "a language's code",
    "improvement_language": "a language's code",
    "schemes.SchemeMembership.level_title": "empty without a level, by a constraint",
    "schemes.Certificate.code": "longer than a word, by a constraint",
    "schemes.EvidenceUse.url": "as that of the evidence",
    "schemes.Clarification.answer": "empty until it is answered, by a constraint",
    "schemes.Answer.reason": "empty while a criterion is relevant, by a constraint",
    "schemes.Score.reason": "empty while a criterion is relevant, by a constraint",
    "schemes.Score.towards_plan": "empty unless worked towards, by a constraint",
    "schemes.ScoreVersion.reason": "a copy of what a score says",
    "schemes.Appeal.words": "empty while an appeal is open, by a constraint",
}
SHAPES = {
    "schemes.Proposal.result": lambda _word, old: old,
    "schemes.Assessment.result": lambda _word, old: old,
    "schemes.RegisterEntry.history": lambda word, _old: [
        {"level": "bronze", "title": word, "on": "2026-01-05"}
    ],
}

LEVEL = {"level": "silver", "level_rank": 2, "level_title": "Silver"}
NO_LEVEL: dict[str, Any] = {"level": "", "level_rank": None, "level_title": "", "edition_id": None}
PAST = dt.date(2026, 1, 5)


def _now() -> dt.datetime:
    return timezone.now()


def _of_membership(row: SchemeMembership) -> Assessment:
    rows = Assessment.objects.select_related("edition__scheme", "membership").filter(membership_id=row.pk)
    if found := rows.order_by("-pk").first():
        return found
    raise SchemeMembership.DoesNotExist  # not theirs: a page answers 404 before it comes to this


def _decided(outcome: Outcome, viewer: Viewer, row: Any) -> Any:
    its = row if isinstance(row, Assessment) else _of_membership(row)
    return decide(viewer=viewer, assessment=its, verdict=verdict(outcome, _now()), at=_now())


def _leave(viewer: Viewer, row: Any) -> Any:
    membership: Any = row.membership if isinstance(row, Assessment) else row
    return withdraw(viewer=viewer, membership=membership, at=_now())


def _ask(viewer: Viewer, row: Assessment) -> Any:
    return ask_clarification(viewer=viewer, assessment=row, question="Why?", at=_now())


def _answer(viewer: Viewer, row: Assessment) -> Any:
    asked = Clarification.objects.select_related("assessment").filter(assessment=row).first()
    if asked is None:
        raise Assessment.DoesNotExist  # not theirs either
    return answer_clarification(viewer=viewer, clarification=asked, answer="So.", at=_now())


def _do(verb: Any, argument: str, **more: Any) -> Any:
    return lambda viewer, row: verb(viewer=viewer, at=_now(), **{argument: row}, **more)


def _uphold(viewer: Viewer, row: SchemeMembership) -> Any:
    rows = Appeal.objects.select_related("membership", "assessment", "decision").filter(membership=row)
    if (made := rows.first()) is None:
        raise SchemeMembership.DoesNotExist  # not theirs either
    return decide_appeal(viewer=viewer, appeal=made, is_upheld=True, words="x", at=_now())


def _membership_as(state: str) -> dict[str, Any]:
    """Give a membership what its state needs, and let its assessment and its proposal fit."""
    rows = Assessment._base_manager.filter(pk=TOLD["assessment"])
    is_new = state in {MembershipState.APPLIED, MembershipState.IMPROVING, MembershipState.REMOVED}
    rows.update(kind="initial" if is_new else "interim")
    Proposal._base_manager.filter(assessment__in=rows).update(level="gold", is_improvement_shown=True)
    return _standing(state)


def _standing(state: str, level: dict[str, Any] | None = None) -> dict[str, Any]:
    has_level = state in {MembershipState.MEMBER, MembershipState.ON_NOTICE}
    edition = SchemeMembership._base_manager.filter(edition__isnull=False).first()
    was_member = has_level or state == MembershipState.WITHDRAWN
    dates = dict.fromkeys(("anchor_on", "joined_on", "next_due_on"), PAST if was_member else None)
    return {
        **dates,
        **({**(level or LEVEL), "edition_id": edition and edition.edition_id} if has_level else NO_LEVEL),
        "improve_by": PAST if state == MembershipState.IMPROVING else None,
        "ended_on": PAST if state in {MembershipState.REMOVED, MembershipState.WITHDRAWN} else None,
    }


def _lowest_as(state: str) -> dict[str, Any]:
    """As `_membership_as`, at the lowest level."""
    return {
        **_membership_as(state),
        **_standing(state, {"level": "bronze", "level_rank": 1, "level_title": "Bronze"}),
    }


# What was decided about a membership that has come to a state, so that an appeal takes it back from there.
CONTESTED: dict[str, dict[str, Any]] = {
    MembershipState.IMPROVING: {"outcome": "improve", "state_before": "applied", "level_before": ""},
    MembershipState.ON_NOTICE: {"outcome": "notice", "state_before": "member", "level_before": "silver"},
    MembershipState.MEMBER: {"outcome": "down", "state_before": "on_notice", "level_before": "gold"},
    MembershipState.REMOVED: {"outcome": "remove", "state_before": "improving", "level_before": ""},
}


def _contested_as(state: str) -> dict[str, Any]:
    """Give a membership what its state needs, and let the contested decision be the one that led there."""
    if state in CONTESTED:
        said = CONTESTED[state]
        level = {"": (None, ""), "silver": (2, "Silver"), "gold": (3, "Gold")}[said["level_before"]]
        standing = _standing(state)
        Decision._base_manager.filter(pk=TOLD["decision_notice"]).update(
            **said,
            rank_before=level[0],
            title_before=level[1],
            edition_before_id=standing["edition_id"] if said["level_before"] else None,
            state_after=state,
            level_after=standing["level"],
        )
    return _standing(state)


def _assessment_as(state: str) -> dict[str, Any]:
    """Give an assessment the times that its state needs; it is overdue, and waits for one answer in clarification."""
    before = dt.datetime.combine(dt.date(2026, 7, 6), NOON)
    if state == AssessmentState.CLARIFICATION:
        asked = Clarification._base_manager.filter(assessment_id=TOLD["assessment"])
        asked.update(answered_at=None, answer="", answered_by=None)
    is_sent = state not in {AssessmentState.ANSWERING, AssessmentState.WITHDRAWN}
    is_proposed = state in {AssessmentState.PROPOSED, AssessmentState.DECIDED}
    return {
        "due_on": PAST,
        "submitted_at": before if is_sent else None,
        "proposed_at": before if is_proposed else None,
        "decided_at": before if state == AssessmentState.DECIDED else None,
        "withdrawn_at": before if state == AssessmentState.WITHDRAWN else None,
    }


def _appeal_as(state: str) -> dict[str, Any]:
    is_open, is_said = state == AppealState.OPEN, state in {AppealState.UPHELD, AppealState.REJECTED}
    return {"decided_at": None if is_open else _now(), "words": "x" if is_said else ""}


M, A = MembershipState, AssessmentState
OPEN = (A.ANSWERING, A.SUBMITTED, A.IN_ASSESSMENT, A.CLARIFICATION, A.PROPOSED)
MEMBER_SIDE = frozenset({"supplier", "editor"})
BODY_SIDE = frozenset({"body", "assessor", "decider", "reviewer"})
ONE = frozenset({"decider"})
# Who had no part in what the customer contests, and has declared nothing that stands in the way.
UNINVOLVED = frozenset({"reviewer", "body"})
WATCHERS = frozenset({"onlooker", "limited", "rival", "far_supplier", "other_body"}) | MEMBER_SIDE | BODY_SIDE
LIVES = [
    Life(
        SchemeMembership,
        "membership",
        MEMBERSHIP,
        {
            "award": (
                partial(_decided, Outcome.AWARD),
                {M.APPLIED: M.MEMBER, M.IMPROVING: M.MEMBER},
                ONE,
            ),
            "ask to improve": (partial(_decided, Outcome.IMPROVE), {M.APPLIED: M.IMPROVING}, ONE),
            "continue": (
                partial(_decided, Outcome.CONTINUE),
                {M.MEMBER: M.MEMBER, M.ON_NOTICE: M.MEMBER},
                ONE,
            ),
            "move up": (
                partial(_decided, Outcome.MOVE_UP),
                {M.MEMBER: M.MEMBER, M.ON_NOTICE: M.MEMBER},
                ONE,
            ),
            "give notice": (partial(_decided, Outcome.NOTICE), {M.MEMBER: M.ON_NOTICE}, ONE),
            "move down": (partial(_decided, Outcome.DOWN), {M.ON_NOTICE: M.MEMBER}, ONE),
            "remove": (partial(_decided, Outcome.REMOVE), {M.IMPROVING: M.REMOVED}, ONE),
            "leave": (
                _leave,
                dict.fromkeys((M.APPLIED, M.IMPROVING, M.MEMBER, M.ON_NOTICE), M.WITHDRAWN),
                MEMBER_SIDE,
            ),
        },
        WATCHERS,
        ("scheme",),
        _membership_as,
    ),
    Life(
        SchemeMembership,
        "membership",
        MEMBERSHIP,
        {
            "move down from the lowest": (partial(_decided, Outcome.DOWN), {}, ONE),
            "remove from the lowest": (
                partial(_decided, Outcome.REMOVE),
                {M.ON_NOTICE: M.REMOVED, M.IMPROVING: M.REMOVED},
                ONE,
            ),
        },
        WATCHERS,
        ("scheme",),
        _lowest_as,
    ),
    Life(
        SchemeMembership,
        "membership_customer",
        MEMBERSHIP,
        {
            "uphold its appeal": (
                _uphold,
                {
                    M.IMPROVING: M.APPLIED,
                    M.ON_NOTICE: M.MEMBER,
                    M.MEMBER: M.ON_NOTICE,
                    M.REMOVED: M.IMPROVING,
                },
                UNINVOLVED,
            ),
        },
        frozenset({"customer", "supplier", "other_body"}) | BODY_SIDE,
        ("scheme",),
        _contested_as,
    ),
    Life(
        Assessment,
        "assessment",
        ASSESSMENT,
        {
            "submit": (_do(submit, "assessment"), {A.ANSWERING: A.SUBMITTED}, MEMBER_SIDE),
            "take up": (_do(take_up, "assessment"), {A.ANSWERING: A.SUBMITTED}, BODY_SIDE),
            "start": (
                _do(start_assessing, "assessment"),
                {A.SUBMITTED: A.IN_ASSESSMENT},
                frozenset({"assessor"}),
            ),
            "ask": (
                _ask,
                {A.IN_ASSESSMENT: A.CLARIFICATION, A.CLARIFICATION: A.CLARIFICATION},
                frozenset({"assessor"}),
            ),
            "answer": (_answer, {A.CLARIFICATION: A.IN_ASSESSMENT}, MEMBER_SIDE),
            "go on": (
                _do(go_on, "assessment"),
                {A.CLARIFICATION: A.IN_ASSESSMENT},
                frozenset({"assessor"}),
            ),
            "propose": (
                _do(propose, "assessment", is_improvement_shown=True),
                {A.IN_ASSESSMENT: A.PROPOSED},
                frozenset({"assessor"}),
            ),
            "send back": (
                _do(send_back, "assessment", reason="x"),
                {A.PROPOSED: A.IN_ASSESSMENT},
                ONE,
            ),
            "decide": (partial(_decided, Outcome.CONTINUE), {A.PROPOSED: A.DECIDED}, ONE),
            "leave": (_leave, dict.fromkeys(OPEN, A.WITHDRAWN), MEMBER_SIDE),
        },
        WATCHERS,
        ("edition__scheme", "membership__scheme"),
        _assessment_as,
    ),
    Life(
        Appeal,
        "appeal",
        APPEAL,
        {
            "uphold": (
                _do(decide_appeal, "appeal", is_upheld=True, words="x"),
                {AppealState.OPEN: AppealState.UPHELD},
                UNINVOLVED,
            ),
            "reject": (
                _do(decide_appeal, "appeal", is_upheld=False, words="x"),
                {AppealState.OPEN: AppealState.REJECTED},
                UNINVOLVED,
            ),
            "take back": (
                _do(withdraw_appeal, "appeal"),
                {AppealState.OPEN: AppealState.WITHDRAWN},
                frozenset({"customer"}),
            ),
        },
        frozenset({"supplier", "rival", "other_body"}) | BODY_SIDE,
        ("membership", "assessment", "decision"),
        _appeal_as,
    ),
]
