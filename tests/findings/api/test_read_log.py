"""Whoever copies findings through the API leaves a line for each in the owner's read log."""

from collections.abc import Callable

import pytest
from django.test import Client

from findings.models import Finding
from ledger.models import ReadLog
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.world import world

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[str, str]]:
    with owner_role():
        return list(ReadLog.objects.order_by("pk").values_list("subject_kind", "subject_label"))


@pytest.mark.parametrize(
    ("path", "kind"), [("findings/?kind=car", "findings.finding"), ("audits/", "findings.audit")]
)
def test_list_read_by_a_customer_is_logged_once(
    client_for: Callable[..., Client], path: str, kind: str
) -> None:
    scene = world()
    for who, written in (("supplier", 0), ("buyer", 1), ("buyer", 1)):
        answer = client_for(getattr(scene, who).person).get(f"/api/v1/{path}")
        assert (answer.status_code, len(answer.json()["results"])) == (200, 1)
        assert [one for one, _label in lines()] == [kind] * written


def test_every_finding_of_the_page_is_logged(client_for: Callable[..., Client]) -> None:
    scene = world(publish=False)
    for _ in range(3):
        make.finding(scene.car.audit, Finding.Kind.GOOD_EXAMPLE)
    make.publish(scene.car.audit)
    client_for(scene.buyer.person).get("/api/v1/findings/?kind=good_example")
    assert len(lines()) == 3
