"""Every state × every move × every role: who may take a thing from where to where, and that nothing else works.

Each thing is put into the state as the owner, past the guards; then each side tries each move through its action.
What the lifecycle does not offer is refused with a refusal, never a fault, and leaves the row as it was.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from findings.actions.audit import start_audit, submit_audit, take_back_audit
from findings.actions.plan import share_plan
from findings.actions.publication import publish_audit
from findings.lifecycle import (
    AUDIT,
    CALL,
    CAR,
    DISPUTE,
    NON_COMPLIANCE,
    AuditState,
    CallState,
    FindingState,
    ReplyState,
)
from findings.models import Audit, Finding
from findings.models.content import PlanContent
from forum.lifecycle import POST_REPORT, ReportState
from ledger.acting import acting
from ledger.lifecycles import Lifecycle
from ledger.refusals import Refusal
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Viewer
from schemes.lifecycle import MEMBERSHIP, MembershipState
from sourcing.actions.engagement import accept_engagement, decline_engagement, end_engagement
from sourcing.actions.imports import begin_applying, discard
from sourcing.actions.link import accept_as_supplier, decline_link, end_link, withdraw_link
from sourcing.lifecycle import ENGAGEMENT, IMPORT, LINK, EngagementState, ImportState, LinkState
from sourcing.models import Engagement, SiteImport, TradeLink
from tests.conftest import _assume, owner_role
from tests.matrices import slices
from tests.matrices.canaries import Canaries
from tests.matrices.crawl import undone
from tests.matrices.lives import Life, Move, now
from tests.matrices.world import World


def _accept(viewer: Viewer, row: Any) -> Any:
    return accept_as_supplier(
        viewer=viewer, link=row, covers_all_sites=True, sites=[], places={}, at=timezone.now()
    )


def _plan(viewer: Viewer, row: Any) -> Any:
    content = PlanContent(root_causes=("Fees",), asks=frozenset({"inform"}))
    return share_plan(
        viewer=viewer, finding=row, content=content, completed_by="HR", rhythm=3, at=timezone.now()
    )


# The firm says no to a request; only the supplier takes it back.
NARROWER = {("firm", "end", EngagementState.PROPOSED)}
for _more in slices.all_of("NARROWER"):
    NARROWER |= _more
SIDES = frozenset({"supplier", "editor"})
LIVES = [
    Life(
        TradeLink,
        "link_asked",
        LINK,
        {
            "accept": (_accept, {LinkState.PROPOSED: LinkState.ACCEPTED}, SIDES),
            "decline": (
                now(decline_link, "link", reason=""),
                {LinkState.PROPOSED: LinkState.DECLINED},
                SIDES,
            ),
            "withdraw": (
                now(withdraw_link, "link"),
                {LinkState.PROPOSED: LinkState.WITHDRAWN},
                frozenset({"asking"}),
            ),
            "end": (now(end_link, "link"), {LinkState.ACCEPTED: LinkState.ENDED}, SIDES | {"asking"}),
        },
        frozenset({"onlooker", "limited", "customer"}),
    ),
    Life(
        Engagement,
        "engagement_asked",
        ENGAGEMENT,
        {
            "accept": (
                now(accept_engagement, "engagement"),
                {EngagementState.PROPOSED: EngagementState.ACTIVE},
                frozenset({"firm"}),
            ),
            "decline": (
                now(decline_engagement, "engagement", reason=""),
                {EngagementState.PROPOSED: EngagementState.DECLINED},
                frozenset({"firm"}),
            ),
            "end": (
                now(end_engagement, "engagement"),
                {
                    EngagementState.PROPOSED: EngagementState.ENDED,
                    EngagementState.ACTIVE: EngagementState.ENDED,
                },
                SIDES | {"limited", "firm"},
            ),
        },
        frozenset({"onlooker", "other_firm"}),
    ),
    Life(
        SiteImport,
        "import_previewed",
        IMPORT,
        {
            "apply": (
                now(begin_applying, "site_import"),
                {},  # a line of this list waits for a person: `tests/sourcing` applies lists
                frozenset({"customer"}),
            ),
            "discard": (
                now(discard, "site_import"),
                {ImportState.PREVIEWED: ImportState.DISCARDED},
                frozenset({"customer"}),
            ),
        },
        frozenset({"rival"}),
    ),
    Life(
        Audit,
        "submitted",
        AUDIT,
        {
            "start": (
                now(start_audit, "audit"),
                {AuditState.SCHEDULED: AuditState.IN_PROGRESS},
                frozenset({"firm"}),
            ),
            "submit": (
                now(submit_audit, "audit"),
                {AuditState.IN_PROGRESS: AuditState.SUBMITTED},
                frozenset({"firm"}),
            ),
            "take back": (
                now(take_back_audit, "audit"),
                {AuditState.SUBMITTED: AuditState.IN_PROGRESS},
                frozenset({"firm"}),
            ),
            "publish": (
                now(publish_audit, "audit"),
                {AuditState.SUBMITTED: AuditState.PUBLISHED},
                frozenset({"firm"}),
            ),
        },
        frozenset({"supplier", "editor", "onlooker", "customer", "former_firm"}),
    ),
    Life(
        Finding,
        "car",
        CAR,
        {
            "share a plan": (
                _plan,
                {
                    FindingState.OPEN: FindingState.IN_PROGRESS,
                    FindingState.IN_PROGRESS: FindingState.IN_PROGRESS,
                },
                SIDES,
            ),
        },
        frozenset({"onlooker", "limited", "customer", "rival", "firm", "former_firm"}),
    ),
]


def lives() -> list[Life]:
    """Return the lives of all things, those of the slices included."""
    return [*LIVES, *(one for some in slices.all_of("LIVES") for one in some)]


def _cases() -> Iterator[Any]:
    for life in lives():
        for state in life.lifecycle.moves:
            yield pytest.param(life, str(state), id=f"{life.lifecycle.name}-{state}")


@pytest.mark.parametrize(("life", "state"), list(_cases()))
def test_moves_work_only_from_their_state_and_for_their_side(
    planted: tuple[World, Canaries], life: Life, state: str
) -> None:
    problems = []
    for name, (move, legal, allowed) in life.moves.items():
        for who in sorted(life.watchers | {one for _m, _l, some in life.moves.values() for one in some}):
            may = who in allowed and (who, name, state) not in NARROWER
            expected = legal.get(state, state) if may else state
            with undone():
                after = _tried(planted[0], life, state, move, who)
            if after != expected:
                problems.append(f"{who} tried to {name} a {life.lifecycle.name} that is {state}: {after}")
    assert problems == []


@pytest.mark.parametrize("life", lives(), ids=lambda life: life.lifecycle.name)
def test_moves_are_legal_in_the_lifecycle(life: Life) -> None:
    for _move, legal, _allowed in life.moves.values():
        for before, after in legal.items():
            assert after == before or after in life.lifecycle.moves[before]


# Moves that nobody makes by hand: what a publication, a revision or a worker does. Tried where those are.
ELSEWHERE: dict[str, set[tuple[str, str]]] = {
    "ballot": {("called", "closed")},  # time closes it: tests/forum/actions/test_ballot.py
    AUDIT.name: {(AuditState.PUBLISHED, AuditState.SUPERSEDED)},
    CAR.name: {
        (FindingState.OPEN, FindingState.CLOSED),
        (FindingState.IN_PROGRESS, FindingState.CLOSED),
    },
    NON_COMPLIANCE.name: {
        (FindingState.OPEN, FindingState.SUPERSEDED),
        (FindingState.OPEN, FindingState.WITHDRAWN),
        (FindingState.ACTION_SUBMITTED, FindingState.SUPERSEDED),
        (FindingState.ACTION_SUBMITTED, FindingState.WITHDRAWN),
    },
    DISPUTE.name: {(ReplyState.OPEN, ReplyState.ACCEPTED)},
    POST_REPORT.name: {(ReportState.OPEN, ReportState.UPHELD)},  # hiding the post: tests/forum/actions
    # An appeal against a removal from the lowest level: `tests/schemes/actions/test_appeal.py`.
    MEMBERSHIP.name: {(MembershipState.REMOVED, MembershipState.ON_NOTICE)},
    IMPORT.name: {
        (ImportState.UPLOADED, ImportState.PREVIEWED),
        (ImportState.UPLOADED, ImportState.REFUSED),
        (ImportState.PREVIEWED, ImportState.APPLYING),
        (ImportState.APPLYING, ImportState.APPLIED),
        (ImportState.APPLYING, ImportState.PREVIEWED),
    },
}
for _more in slices.all_of("ELSEWHERE"):
    ELSEWHERE |= _more
AGAIN = {(CALL.name, CallState.PROPOSED)}  # other times are proposed: the only state that may follow itself


def _lifecycles() -> dict[str, Lifecycle]:
    """Return every lifecycle of every app."""
    rooms = [f"{app.name}.lifecycle" for app in apps.get_app_configs()]
    modules = [import_module(room) for room in rooms if _is_there(room)]
    return {one.name: one for some in modules for one in vars(some).values() if isinstance(one, Lifecycle)}


def _is_there(name: str) -> bool:
    """Tell whether there is such a module."""
    return find_spec(name) is not None


def test_every_lifecycle_is_lived() -> None:
    assert sorted(_lifecycles()) == sorted({life.lifecycle.name for life in lives()})


@pytest.mark.parametrize("name", sorted(_lifecycles()))
def test_every_move_is_made_by_somebody_and_no_other_is_legal(name: str) -> None:
    """What the matrix tries, and what is tried elsewhere, are together exactly the moves of the lifecycle."""
    lifecycle = _lifecycles()[name]
    made = {
        move
        for life in lives()
        if life.lifecycle is lifecycle
        for _m, legal, _a in life.moves.values()
        for move in legal.items()
    }
    legal = {(before, after) for before, targets in lifecycle.moves.items() for after in targets}
    different = {(before, after) for before, after in made | ELSEWHERE.get(name, set()) if before != after}
    assert {(before, after) for before, after in legal if before != after} == different
    assert {(name, before) for before, after in legal if before == after} == {
        one for one in AGAIN if one[0] == name
    }
    assert lifecycle.initial == next(iter(lifecycle.moves))


def _tried(world: World, life: Life, state: str, move: Move, who: str) -> str:
    """Put the thing into `state`, let `who` try, and return its state afterwards."""
    pk = world[life.thing].pk
    _put(life, pk, state)
    row = _row(life, pk)
    viewer = _viewer(world, who)
    try:
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            move(viewer, row)
    except Refusal:
        pass
    except life.model.DoesNotExist:  # type: ignore[attr-defined]
        pass  # not theirs: a page answers 404 before it comes to this
    return str(_row(life, pk).state)


def _put(life: Life, pk: int, state: str) -> None:
    _assume(None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    changes: dict[str, Any] = {"state": state, **life.with_state(state)}
    if life.model is Audit:
        is_published = state in {AuditState.PUBLISHED, AuditState.SUPERSEDED}
        changes["published_at"] = timezone.now() if is_published else None
    if life.model is Finding and state == FindingState.CLOSED:
        later = Finding._base_manager.get(pk=pk).audit_id
        changes |= {"closed_at": timezone.now(), "superseded_by_id": later}
    if life.model is Finding and state == FindingState.OPEN:
        changes["has_plan"] = False
    life.model._base_manager.filter(pk=pk).update(**changes)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    with owner_role(), connection.cursor() as cursor:
        if life.model is Audit:
            cursor.execute("SELECT app.refresh_audit_access(ARRAY[%s::bigint])", [pk])
        if life.model in {TradeLink, Engagement}:
            cursor.execute("SELECT app.refresh_site_access(ARRAY(SELECT id FROM sourcing_site))")
    _assume(settings.DB_ROLES["app"])


def _row(life: Life, pk: int) -> Any:
    with owner_role():
        return life.model._base_manager.select_related(*life.related, *RELATED.get(life.model, ())).get(pk=pk)


RELATED: dict[type[models.Model], tuple[str, ...]] = {Finding: ("audit",), Audit: ("version",)}


def _viewer(world: World, who: str) -> Viewer:
    with owner_role():
        return viewer_from(
            Membership.objects.select_related("organisation").get(person=world.people[who], is_active=True)
        )
