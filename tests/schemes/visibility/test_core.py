# ruff: noqa: S608 (names of this file only)
"""Who reads what of an assessment, and from when on: by SQL, with nobody asking first."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from documents.models import Document
from ledger.acting import acting
from organisations.visibility import Viewer
from schemes.actions.evidence import attach
from schemes.models import Certificate
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db

OF_THE_MEMBER = ("schemes_answer", "schemes_evidenceuse")
OF_THE_BODY = ("schemes_score", "schemes_scoreversion", "schemes_proposal")
INSIDE = ("schemes_assignment", "schemes_declaration")
BETWEEN = ("schemes_schememembership", "schemes_assessment", "schemes_decision", "schemes_certificate")


def read(who: Viewer | None, tables: tuple[str, ...]) -> set[str]:
    """Return the tables of which somebody reads at least one row."""
    person, organisation = (who.person_id, who.organisation_id) if who else (None, None)
    with acting(person_id=person, organisation_id=organisation), connection.cursor() as cursor:
        found = set()
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.fixture
def story() -> Play:
    """An application with answers, a file and everything that follows them."""
    found = play()
    found.apply(consents_to_register=True)
    piece = pieces.evidence(found.organisation, document=document(found))
    with as_viewer(found.member) as viewer:
        attach(viewer=viewer, assessment=found.assessment(), evidence=piece, criteria=["c1"], at=found.now())
    found.answer()
    return found


def document(story: Play) -> Document:
    """Make a stored file of the member."""
    with owner_role():
        return Document.objects.create(
            organisation=story.organisation,
            uploaded_by_id=story.member.person_id,
            kind=Document.Kind.EVIDENCE,
            name="x.txt",
            media_type="text/plain",
            size=1,
            sha256=hashlib.sha256(b"x").hexdigest(),
            storage_key=f"organisations/{story.organisation.pk}/x.txt",
            created_at=timezone.now(),
        )


def test_answers_and_files_open_to_the_body_when_they_are_sent(story: Play) -> None:
    files = ("documents_document",)
    assert read(story.member, OF_THE_MEMBER + files) == {*OF_THE_MEMBER, *files}
    assert read(story.boss, OF_THE_MEMBER + files) == set()
    story.submit()
    assert read(story.boss, OF_THE_MEMBER + files) == {*OF_THE_MEMBER, *files}
    assert read(play().boss, OF_THE_MEMBER + files) == set()


def test_scores_and_proposals_open_to_the_member_when_it_is_decided(story: Play) -> None:
    story.propose()
    assert read(story.boss, OF_THE_BODY) == set(OF_THE_BODY)
    assert read(story.member, OF_THE_BODY) == set()
    story.decide()
    assert read(story.member, OF_THE_BODY) == set(OF_THE_BODY)


def test_who_assesses_and_what_they_declared_stays_inside(story: Play) -> None:
    story.decide()
    assert read(story.boss, INSIDE) == set(INSIDE)
    assert read(story.member, INSIDE) == set()


def test_what_stands_between_the_two_is_read_by_nobody_else(story: Play) -> None:
    story.decide()
    everything = OF_THE_MEMBER + OF_THE_BODY + INSIDE + BETWEEN
    for who in (story.member, story.boss):
        assert read(who, BETWEEN) == set(BETWEEN)
    for stranger in (play().member, play().boss, None):
        assert read(stranger, everything) == set()


def test_everybody_reads_the_register_and_nothing_behind_it(story: Play) -> None:
    story.decide()
    assert read(None, ("schemes_registerentry",)) == {"schemes_registerentry"}


def checked(code: str) -> list[dict[str, Any]]:
    """Ask for a certificate as somebody without an account."""
    with acting(person_id=None, organisation_id=None), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.certificate(%s)", [code])
        names = [one.name for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_whoever_holds_a_certificate_checks_it(story: Play) -> None:
    story.decide()
    with owner_role():
        code = Certificate.objects.get().code
    (found,) = checked(code.lower())
    assert (found["member_name"], found["level_title"], found["is_superseded"], found["withdrawn_on"]) == (
        story.organisation.name,
        "Bronze",
        False,
        None,
    )
    assert found["expires_on"] > found["issued_on"] == story.clock.date()
    assert checked(code[:-1]) == checked("") == checked("%") == []
    story.interim()
    story.decide("move_up", "gold")
    (found,) = checked(code)
    assert found["is_superseded"] is True
    assert checked(found["superseded_code"])[0]["level"] == "gold"


@pytest.mark.parametrize(
    ("days", "is_superseded", "is_withdrawn", "status"),
    [
        (0, False, False, "valid"),
        (1, False, False, "expired"),
        (1, True, False, "superseded"),
        (0, True, False, "superseded"),
        (0, True, True, "withdrawn"),
        (1, False, True, "withdrawn"),
    ],
)
def test_a_certificate_is_worth_what_its_dates_say(
    days: int, is_superseded: bool, is_withdrawn: bool, status: str
) -> None:
    from schemes.models.certificate import status_on

    last = dt.date(2027, 1, 31)
    found = status_on(
        last + dt.timedelta(days=days),
        expires_on=last,
        is_superseded=is_superseded,
        is_withdrawn=is_withdrawn,
    )
    assert found == status
