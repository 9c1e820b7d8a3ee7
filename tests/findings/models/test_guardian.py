"""The grants as django-guardian reads them, and the tables that it brings along."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import get_objects_for_user

from findings.models import Audit, Share
from tests.conftest import owner_role
from tests.factories.shares import share
from tests.findings.models.sharing import Scene, as_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_guardian_agrees_with_the_net(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    share(scene.car, scene.union)

    def given() -> list[Audit]:
        with as_person(scene.person, scene.union):
            rows: Any = get_objects_for_user(
                scene.person,
                "findings.view_audit",
                use_groups=False,
                accept_global_perms=False,
                with_superuser=False,
            )
            return list(rows)

    assert given() == [scene.audit]
    with owner_role():
        Share.objects.filter(finding=None).update(revoked_at=timezone.now())
    assert given() == []


def test_tables_that_guardian_brings_stay_empty_and_closed(scene: Scene) -> None:
    share(scene.audit, scene.person.email)
    with owner_role():
        assert (UserObjectPermission.objects.count(), GroupObjectPermission.objects.count()) == (0, 0)
    for model in (UserObjectPermission, GroupObjectPermission):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model.objects.exists()


def test_no_check_of_guardian_complains() -> None:
    assert [
        one for one in run_checks() if one.id and one.id.startswith("guardian") and not one.is_silenced()
    ] == []


def test_policies_probe_the_grants_by_index(scene: Scene) -> None:
    """The branch costs one index probe of a small table for a row, however many grants there are.

    Of findings and audits a function asks that, so the plan to look at is of a table beside them.
    """
    share(scene.audit, scene.person.email)
    with as_person(scene.person, scene.union), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM findings_auditor")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "audit_grant_by_audit" in plan or "findings_auditgrant_user_id" in plan
    assert "hashed SubPlan" not in plan
