"""Whoever takes a file of somebody else leaves a line in its owner's read log."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from documents.uploads import store_upload
from findings.actions.plan import share_plan
from findings.models import PlanContent
from ledger.acting import acting
from ledger.models import ReadLog
from tests.conftest import owner_role
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> World:
    """A plan that was shared as a file."""
    made = world()
    who = made.as_supplier
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        document = store_upload(
            by=who,
            file=SimpleUploadedFile("plan.csv", b"cause,action\nfees,refund\n"),
            kind=Document.Kind.PLAN,
            audit=made.car.audit,
            at=timezone.now(),
        )
        share_plan(
            viewer=who,
            finding=made.car,
            content=PlanContent(asks=frozenset({"inform"})),
            completed_by="Nasrin",
            rhythm=3,
            document=document,
            at=timezone.now(),
        )
    return made


def test_taking_the_file_of_a_plan_is_told_to_its_owner(
    scene: World, client_for: Callable[..., Client]
) -> None:
    path = reverse("findings:version_file", args=[scene.car.code, 1])
    assert client_for(scene.supplier.person).get(path).status_code == 200
    assert client_for(scene.buyer.person).get(path).status_code == 200
    with owner_role():
        lines = ReadLog.objects.filter(subject_kind="documents.document")
        assert [(one.organisation_id, one.owner_id) for one in lines] == [
            (scene.buyer.organisation_id, scene.supplier.organisation_id)
        ]
