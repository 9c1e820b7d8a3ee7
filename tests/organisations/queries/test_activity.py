"""Histories in sentences: own colleagues by name, others by their organisation, filters in the address."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.acting import acting
from ledger.entries import record
from ledger.models import ReadLog
from ledger.phrases import phrase_for, phrases
from organisations.actions.membership import change_role
from organisations.models import Membership, OrganisationAccess
from organisations.notices import ROLES
from organisations.queries import history_of, viewer_from
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as make

ClientFor = Callable[..., Client]


def _own() -> tuple[Membership, Membership]:
    own = make.organisation("Alpha Foods")
    admin = make.membership(own, make.person("Ada"))
    colleague = make.membership(own, make.person("Bo"), role=Role.VIEWER)
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        change_role(viewer=viewer_from(admin), membership=colleague, role=Role.EDITOR, at=timezone.now())
    return admin, colleague


def test_history_says_who_did_what_in_words(db: None) -> None:
    admin, colleague = _own()
    viewer = viewer_from(admin)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        assert [one.title for one in history_of(colleague, viewer)] == [
            "Ada changed the role of Bo from Viewer to Editor."
        ]


def test_history_is_empty_for_another_organisation(db: None) -> None:
    _admin, colleague = _own()
    stranger = make.viewer(make.organisation())
    with acting(person_id=stranger.person_id, organisation_id=stranger.organisation_id):
        assert history_of(colleague, stranger) == []


@pytest.mark.parametrize("knows", [True, False])
def test_people_of_other_organisations_are_not_named(db: None, knows: bool) -> None:
    admin, _colleague = _own()
    viewer, other = (
        viewer_from(admin),
        make.membership(make.organisation("Beta Foods"), make.person("Kestrel")),
    )
    with owner_role():
        if knows:
            OrganisationAccess.objects.create(
                organisation_id=viewer.organisation_id, target=other.organisation
            )
    with acting(person_id=other.person_id, organisation_id=other.organisation_id):
        record(
            verb="organisations.edited",
            by=viewer_from(other),
            subject=admin.organisation,
            owner_id=viewer.organisation_id,
            at=timezone.now(),
        )
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        [one] = history_of(admin.organisation, viewer)
    who = "Beta Foods" if knows else "Another organisation"
    assert one.title == f"{who} changed the name or country of Alpha Foods."


def test_activity_is_narrowed_by_the_address(client_for: ClientFor) -> None:
    admin, colleague = _own()
    client, path = client_for(admin.person), reverse("organisations:activity")
    for query, number in (
        ("", 1),
        ("?kind=organisations", 1),
        ("?kind=findings", 0),
        (f"?who={admin.person_id}", 1),
        (f"?who={colleague.person_id}", 0),
        ("?who=0", 0),
        ("?who=1%00", 1),
        ("?since=2100-01-01", 0),
        ("?until=2000-01-01", 0),
        ("?since=nonsense", 1),
    ):
        answer = client.get(path + query)
        assert (answer.status_code, len(answer.context["happenings"])) == (200, number), query


def test_part_of_the_page_is_a_part(client_for: ClientFor) -> None:
    admin, _colleague = _own()
    part = client_for(admin.person).get(reverse("organisations:activity"), headers={"HX-Request": "true"})
    assert "<h1" not in part.content.decode()


def test_read_log_is_shown_to_the_owner_alone(client_for: ClientFor) -> None:
    admin, _colleague = _own()
    reader = make.membership(make.organisation("Beta Foods"))
    with owner_role():
        ReadLog.objects.create(
            at=timezone.now(),
            person=reader.person,
            organisation=reader.organisation,
            owner=admin.organisation,
            subject_kind="findings.finding",
            subject_id=1,
            subject_label="Wages below the minimum",
            slot=1,
        )
    path = reverse("organisations:reads")
    assert "Wages below the minimum" in client_for(admin.person).get(path).content.decode()
    assert "Wages below the minimum" not in client_for(reader.person).get(path).content.decode()


def test_every_phrase_of_this_app_names_its_doer_and_every_role_its_label() -> None:
    ours = {verb: one for verb, one in phrases().items() if verb.startswith("organisations.")}
    assert all(
        "%(who)s" in str(one.words) for verb, one in ours.items() if not verb.endswith("capabilities_set")
    )
    assert set(ROLES) == {role.value for role in Role}
    assert phrase_for("organisations.role_changed") is not None
