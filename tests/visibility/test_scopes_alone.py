"""What `*/visibility.py` says of rows with no row security behind it: the same tables of truth."""

from typing import Any

import pytest
from django.apps import apps

from forum.models import Group
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import owner_role
from tests.visibility import test_reading_forum as forum
from tests.visibility import test_reading_schemes as schemes
from tests.visibility.bare import ME, OTHER, OWN, PAST, THAT, THIS, Bare, Held, assert_shown

pytestmark = pytest.mark.django_db
# Query sets that say nothing but what `visibility.py` of their app says.
ALIKE = (
    *("forum_attendance", "forum_body", "forum_competitionnotice", "forum_group", "forum_minutes"),
    *("forum_minutesreply", "forum_seat", "forum_seatholding", "forum_thread", "forum_post"),
    *(
        "schemes_appeal",
        "schemes_assessment",
        "schemes_assignment",
        "schemes_certificate",
        "schemes_clarification",
    ),
    *("schemes_decision", "schemes_declaration", "schemes_improvementnotice", "schemes_schememembership"),
)
ONCE = ("schemes_answer", "schemes_evidenceuse", "schemes_proposal", "schemes_score", "schemes_scoreversion")
# No answer or score is without its assessment.
WHOLE: list[Held] = [
    (schemes.ASSESSED.but(**one, **sides), schemes.ASSESSED.but(**other, **sides, id=THAT))
    for sides in ({}, {"member_id": OTHER, "body_id": OWN})
    for one in ({}, {"submitted_at": PAST}, {"submitted_at": PAST, "decided_at": PAST})
    for other in ({}, {"submitted_at": PAST, "decided_at": PAST})
]
READS = forum.READS | schemes.READS


@pytest.mark.parametrize("table", ALIKE)
def test_scope_shows_what_is_theirs(table: str) -> None:
    assert_shown(table, *READS[table], ask=Bare.scoped)


@pytest.mark.parametrize("table", ONCE)
def test_scope_shows_to_the_other_side_once_it_has_come_so_far(table: str) -> None:
    columns, rule, _holdings = READS[table]
    assert_shown(table, columns, rule, WHOLE, ask=Bare.scoped)


@pytest.mark.parametrize("table", [*ALIKE, *ONCE])
def test_scope_shows_nobody_nothing(table: str) -> None:
    bare, (columns, _rule, _holdings) = Bare(), READS[table]
    bare.put(table, [{"id": 1} | {name: values[0] for name, values in columns.items() if name != "id"}])
    model: Any = next(one for one in apps.get_models() if one._meta.db_table == table)
    with owner_role():
        assert model._default_manager.exists()
        assert not model._default_manager.visible_to(None).exists()


def test_group_is_entered_by_those_inside() -> None:
    viewer = Viewer(ME, OWN, Role.VIEWER, frozenset({Capability.SUPPLIER}))
    bare = Bare()
    bare.put("forum_group", [{"id": THIS}, {"id": THAT}])
    for held in forum.OF_GROUPS:
        with bare.holding(held), owner_role():
            entered = set(Group.objects.entered_by(viewer).values_list("pk", flat=True))
        assert entered == {key for key in (THIS, THAT) if forum.inside()({"group_id": key}, held)}
