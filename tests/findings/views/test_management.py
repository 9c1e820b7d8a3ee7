"""The grid of management systems on the page: graded cell by cell, read by everyone who sees the audit."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from findings.models import Audit, ManagementRating
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories.management import managed, rate_all, rating
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def audit(house: House) -> Audit:
    """An audit in progress by a version that wants management graded."""
    managed(house.version)
    return house.audit()


def _url(audit: Audit) -> str:
    return reverse("findings:management_systems", args=[audit.code])


def test_each_cell_is_a_group_of_radios_that_saves_itself(
    house: House, audit: Audit, signed_in: SignedIn
) -> None:
    page = signed_in(house.firm).get(_url(audit)).content.decode()
    assert page.count('type="radio"') == 6 * 4
    assert "0 of 6 rated" in page
    assert 'hx-params="grade-1A.policies,note-1A.policies,language"' in page
    answer = signed_in(house.firm).post(
        _url(audit), {"grade-1A.policies": "robust", "note-1A.policies": "", "language": ""}, headers=HTMX
    )
    assert (answer.status_code, "1 of 6 rated" in answer.content.decode()) == (200, True)


def test_the_whole_page_is_saved_without_scripts_and_keeps_what_a_colleague_did(
    house: House, audit: Audit, signed_in: SignedIn
) -> None:
    rating(audit, "3", "policies", "robust")  # meanwhile, after the page was drawn
    answer = signed_in(house.firm).post(
        _url(audit),
        {
            "grade-1A.policies": "some",
            "note-1A.policies": "নীতি আছে",
            "was-1A.policies": "|",
            "grade-3.policies": "some",
            "was-3.policies": "some|",
            "language": "bn",
        },
    )
    assert answer.status_code == 302
    with owner_role():
        found = {one.element.key + one.section.code: one for one in ManagementRating.objects.all()}
        assert found["policies3"].grade.key == "robust"
        assert (found["policies1A"].note, found["policies1A"].language) == ("নীতি আছে", "bn")


@pytest.mark.parametrize(
    "said",
    [{"grade-1A.policies": "perfect"}, {"note-1A.policies": "Words alone"}, {"language": "xx-none"}],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    house: House, audit: Audit, signed_in: SignedIn, said: dict[str, str]
) -> None:
    answer = signed_in(house.firm).post(_url(audit), {"note-3.policies": "My words"} | said)
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    part = signed_in(house.firm).post(_url(audit), said, headers=HTMX)
    assert part.status_code == 422


def test_the_site_and_customers_read_words_and_a_table(
    house: House, audit: Audit, signed_in: SignedIn
) -> None:
    rate_all(audit)
    rating_note = "Seen on the wall"
    with owner_role():
        row = ManagementRating.objects.first()
        assert row is not None
        row.note = rating_note
        row.save()
    house.to(audit, "submitted")
    assert signed_in(house.buyer).get(_url(audit)).status_code == 404
    page = signed_in(house.supplier).get(_url(audit)).content.decode()
    assert page.count("Some") >= 6
    assert rating_note in page
    assert 'type="radio"' not in page
    house.to(audit, "published")
    assert rating_note in signed_in(house.buyer).get(_url(audit)).content.decode()
    assert signed_in(house.stranger).get(_url(audit)).status_code == 404


def test_nobody_but_the_firm_grades(house: House, audit: Audit, signed_in: SignedIn) -> None:
    house.to(audit, "submitted")
    answer = signed_in(house.supplier).post(_url(audit), {"grade-1A.policies": "robust"})
    assert answer.status_code == 403
    assert signed_in(house.firm).post(_url(audit), {"grade-1A.policies": "robust"}).status_code == 403


def test_a_version_without_management_has_no_such_page(house: House, signed_in: SignedIn) -> None:
    assert signed_in(house.firm).get(_url(house.audit())).status_code == 404


def test_the_audit_says_how_far_it_is_and_submission_says_what_is_missing(
    house: House, audit: Audit, signed_in: SignedIn
) -> None:
    client = signed_in(house.firm)
    assert "0 of 6 rated" in client.get(reverse("findings:audit", args=[audit.code])).content.decode()


def test_the_grid_asks_as_little_with_six_ratings_as_with_none(
    house: House, audit: Audit, signed_in: SignedIn
) -> None:
    client = signed_in(house.firm)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(audit))
        return len(queries)

    client.get(_url(audit))
    before = asked()
    rate_all(audit)
    assert asked() <= before
