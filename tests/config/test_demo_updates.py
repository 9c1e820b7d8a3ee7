"""The association of the demo world: something of every kind, and its list answers for the auditors of audits."""

import pytest
from django.utils import timezone

from config.demo.cast import gather_cast
from config.demo.stage import Stage
from config.demo.trade import open_sites
from config.demo.updates import schedule_updates
from forum.models import AuditorEntry, AuditorList, Body, BodyFollower, BodyUpdate, BodyUpdateVersion
from forum.queries.auditor import ask_for_audit
from ledger.models import Delivery
from tests.conftest import owner_role


@pytest.mark.django_db
def test_there_is_something_of_every_kind() -> None:
    with owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_updates(stage)
        stage.play()
        assert Body.objects.get().answers_for_audits
        assert sorted(BodyUpdate.objects.values_list("state", flat=True)) == [
            "draft",
            "published",
            "published",
            "withdrawn",
        ]
        assert BodyUpdateVersion.objects.filter(number=2, published_at__isnull=False).count() == 1
        assert BodyFollower.objects.count() == 3
        assert Delivery.objects.filter(entry__verb__startswith="forum.update_").exists()
        assert list(AuditorList.objects.order_by("number").values_list("total", flat=True)) == [5, 6]
        assert AuditorEntry.objects.count() == 6
    with stage.acting("northfield", "tom") as viewer:
        answered = ask_for_audit(viewer, ["21900417", "32000105", "11900874"])
    assert answered is not None
    said = [one and one.status for one in answered.by_number.values()]
    assert said == ["active", None, "suspended"]
