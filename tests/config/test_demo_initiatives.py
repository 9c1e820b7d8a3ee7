"""Initiatives and the tracker of the demo world: something of every kind, and real initiatives unrated."""

import pytest
from django.utils import timezone

from config.demo.cast import gather_cast
from config.demo.initiatives import schedule_initiatives
from config.demo.stage import Stage
from config.demo.trade import open_sites
from schemes.models import CompanyReply, Contribution, Initiative, Issue, Rating, StepRecord, Tracking
from tests.conftest import owner_role

REAL = ("International Accord", "ILO Better Work")


@pytest.mark.django_db
def test_there_is_something_of_every_kind_and_real_initiatives_have_facts_only() -> None:
    with owner_role():
        stage = Stage(timezone.now())
        gather_cast(stage)
        open_sites(stage)
        schedule_initiatives(stage)
        stage.play()
        assert not Rating.objects.filter(initiative__name__in=REAL).exists()
        assert Initiative.objects.filter(name__in=REAL, published_at__isnull=False).count() == len(REAL)
        states = sorted(Rating.objects.values_list("state", flat=True))
        assert states == ["published"] * 4 + ["scoring", "with_initiative"]
        assert set(StepRecord.objects.values_list("state", flat=True)) == {
            "no_information",
            "claimed",
            "evidenced",
            "verified",
            "reversed",
        }
        assert StepRecord.objects.filter(basis="membership").exists()
        assert set(Contribution.objects.values_list("state", flat=True)) == {"held", "shown", "declined"}
        assert CompanyReply.objects.count() == 1
        kinds = {(one.is_state_imposed, one.published_at is None) for one in Issue.objects.all()}
        assert kinds == {(True, False), (False, False), (False, True)}
        assert Tracking.objects.filter(is_public=True).count() == 9
