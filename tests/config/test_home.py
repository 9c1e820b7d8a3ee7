"""The home page asks once for all that waits, whatever an organisation is; what is found is asked in the demo world."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.todos import todos_of
from ledger.acting import acting
from organisations.visibility import Capability
from tests.factories import organisations as people

EVERY = list(Capability)


@pytest.mark.django_db
@pytest.mark.parametrize("capabilities", [[one] for one in EVERY] + [EVERY], ids="+".join)
@pytest.mark.parametrize("site_ids", [None, [1, 2]], ids=["all sites", "some sites"])
def test_asks_once_for_what_waits(capabilities: list[Capability], site_ids: list[int] | None) -> None:
    viewer = people.viewer(people.organisation("Surma Shoes", *capabilities), site_ids=site_ids)
    now = timezone.now()
    is_acting = acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)
    with is_acting, CaptureQueriesContext(connection) as asked:
        found = todos_of(viewer, at=now, on=now.date())
    assert found == []
    assert len(asked) == 1
