"""The pages of exceptional shares, as the owner and the recipient meet them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from findings.models import Auditor, PlanResponse, Share
from ledger.models import ReadLog
from organisations.models import Membership, Person
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.shares import past_share, share
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
MOST_STATEMENTS = 16
FOREIGN = ("Northfield Retail", "Eastgate Stores", "QZCANARY")


@pytest.fixture
def scene() -> World:
    """A supplier with a second audit of the same site, whose every word is a canary, and an answer of a customer."""
    made = world()
    other = make.audit(made.site, made.firm.organisation, kind="initial", ends_on=dt.date(2025, 1, 2))
    make.finding(other, title="QZCANARY title", description="QZCANARY words")
    with owner_role():
        Auditor.objects.create(audit=other, name="QZCANARY auditor", grade="RA", apsca_number="21700001")
    make.publish(other)
    audit = made.car.audit
    plan = make.plan(made.car)
    made.car.audit = audit
    with owner_role():
        PlanResponse.objects.create(
            plan=plan,
            organisation=made.buyer.organisation,
            version_number=1,
            kind="acknowledged",
            message="QZCANARY answer",
            answered_at=timezone.now(),
        )
    return made


@pytest.fixture
def reader() -> Membership:
    return people.membership(people.organisation("Harbour Union", Capability.STAKEHOLDER), role=Role.EDITOR)


def url(name: str, *args: Any) -> str:
    return reverse(f"findings:{name}", args=args)


def get(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.headers)
    return answer.content.decode()


def plain(page: str, code: str) -> str:
    """Return a page without what differs on every request."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f-]{36}|[0-9a-f]{32}", "", page).replace(code, "")


def typed(**changes: Any) -> dict[str, Any]:
    ends_on = timezone.now().date() + dt.timedelta(days=20)
    said = {"recipient": "person", "email": "ngo@example.org", "ends_on": ends_on, "reason": "They help us"}
    return {**said, **changes}


def test_owner_shares_an_audit_and_its_panel_says_with_whom(scene: World, client_for: ClientFor) -> None:
    client, page = client_for(scene.supplier.person), url("audit_share", scene.car.audit.code)
    assert "Who outside may read this audit" in get(client, page)
    assert client.post(page, typed()).status_code == 302
    assert "ngo@example.org, until" in get(client, url("audit", scene.car.audit.code))
    assert "ngo@example.org, until" in get(client, url("finding", scene.car.code))
    listed = get(client, url("shares"))
    assert "ngo@example.org" in listed
    assert "They help us" in listed


def test_customers_and_auditors_are_not_told_of_a_share(scene: World, client_for: ClientFor) -> None:
    share(scene.car.audit, "ngo@example.org")
    for member in (scene.buyer, scene.firm):
        client = client_for(member.person)
        assert "ngo@example.org" not in get(client, url("shares"))
        for path in (url("audit", scene.car.audit.code), url("finding", scene.car.code)):
            page = get(client, path)
            assert "ngo@example.org" not in page
            assert "Share with someone outside" not in page


def test_bad_input_is_explained_beside_its_field(scene: World, client_for: ClientFor) -> None:
    client, page = client_for(scene.supplier.person), url("car_share", scene.car.code)
    for changes, words in (
        ({"email": ""}, "Write the address."),
        (
            {"recipient": "organisation", "organisation_code": "NOBODY"},
            "No other organisation here has this code",
        ),
        ({"ends_on": "2020-01-01"}, "Choose a day from today on"),
        ({"reason": ""}, "Why?"),
    ):
        answer = client.post(page, typed(**changes))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        if "reason" not in changes:
            assert "They help us" in answer.content.decode()


@pytest.mark.parametrize("name", ["audit_share", "car_share"])
def test_others_cannot_share(scene: World, client_for: ClientFor, reader: Membership, name: str) -> None:
    code = scene.car.code if name == "car_share" else scene.car.audit.code
    assert client_for(scene.buyer.person).post(url(name, code), typed()).status_code == 403
    stranger = client_for(reader.person)
    foreign, random = stranger.post(url(name, code), typed()), stranger.post(url(name, "ZZZZZZZZZZ"), typed())
    assert (foreign.status_code, random.status_code) == (404, 404)
    assert plain(foreign.content.decode(), code) == plain(random.content.decode(), "ZZZZZZZZZZ")


def test_recipient_reads_a_shared_audit_and_nothing_beside_it(
    scene: World, client_for: ClientFor, reader: Membership
) -> None:
    given, client = share(scene.car.audit, reader.person.email), client_for(reader.person)
    assert "Shared with me" in get(client, "/")
    pages = [
        get(client, path)
        for path in (
            url("received"),
            url("shared", given.code),
            url("shared_finding", given.code, scene.car.code),
        )
    ]
    assert "Surma Shoes, Unit 2" in pages[0]
    assert scene.car.title in pages[1]
    assert "Agents charge fees" in pages[2]
    for page in pages:
        assert [word for word in FOREIGN if word in page] == []
        assert "Answer the plan" not in page
    with owner_role():
        read = set(
            ReadLog.objects.filter(organisation=reader.organisation).values_list("subject_kind", "subject_id")
        )
    assert read == {("findings.audit", scene.car.audit_id), ("findings.finding", scene.car.pk)}
    assert scene.car.title in get(client_for(scene.supplier.person), reverse("organisations:reads"))


def test_recipient_of_a_car_reads_it_with_names_and_no_other_finding(
    scene: World, client_for: ClientFor, reader: Membership
) -> None:
    given, client = share(scene.car, reader.organisation), client_for(reader.person)
    assert client.get(url("shared", given.code)).headers["Location"] == url(
        "shared_finding", given.code, scene.car.code
    )
    page = get(client, url("shared_finding", given.code, scene.car.code))
    for word in ("Agents charge fees", "Meridian Assurance", "Surma Shoes, Unit 2"):
        assert word in page
    assert [word for word in FOREIGN if word in page] == []


@pytest.mark.parametrize("of_car", [True, False])
def test_no_ordinary_page_opens_through_a_share(
    scene: World, client_for: ClientFor, reader: Membership, of_car: bool
) -> None:
    share(scene.car if of_car else scene.car.audit, reader.person.email)
    client, car = client_for(reader.person), scene.car
    for path in (
        url("audit", car.audit.code),
        url("finding", car.code),
        url("plan_respond", car.code),
        url("plan_edit", car.code),
        url("version_pdf", car.code, 1),
        reverse("sourcing:site", args=[scene.site.code]),
        f"/api/v1/audits/{car.audit.code}/",
        f"/api/v1/findings/{car.code}/",
    ):
        get(client, path, 404)
    for path in (
        url("audits"),
        url("non_compliances"),
        url("working_together"),
        reverse("sourcing:sites"),
        "/",
    ):
        page = get(client, path)
        assert scene.car.title not in page, path
        assert "Unit 2" not in page, path


def test_share_opens_no_finding_of_another_audit(
    scene: World, client_for: ClientFor, reader: Membership
) -> None:
    given = share(scene.car.audit, reader.person.email)
    with owner_role():
        other = scene.site.audits.get(kind="initial").findings.get()
    client = client_for(reader.person)
    get(client, url("shared_finding", given.code, other.code), 404)
    get(client, url("shared_finding", given.code, scene.car.code))


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_next_request_after_the_end_sees_nothing(
    scene: World, client_for: ClientFor, reader: Membership, how: str
) -> None:
    owner, client = client_for(scene.supplier.person), client_for(reader.person)
    given = (
        share(scene.car.audit, reader.person.email)
        if how == "revoked"
        else past_share(scene.car.audit, reader.organisation)
    )
    paths = (url("shared", given.code), url("shared_finding", given.code, scene.car.code))
    if how == "revoked":
        get(client, paths[0])
        assert "Stop sharing" in get(owner, url("share_end", given.code))
        assert owner.post(url("share_end", given.code)).status_code == 302
    for path in paths:
        random = get(client, path.replace(given.code, "ZZZZZZZZZZ"), 404)
        assert plain(get(client, path, 404), given.code) == plain(random, "ZZZZZZZZZZ")
    assert "Nothing is shared with you now" in get(client, url("received"))
    assert "Shared with me" not in get(client, "/")
    assert reader.person.email in get(owner, url("shares")) or "Harbour Union" in get(owner, url("shares"))


def test_recipient_sees_but_cannot_end_and_others_do_not_see(
    scene: World, client_for: ClientFor, reader: Membership
) -> None:
    given = share(scene.car.audit, reader.person.email)
    assert client_for(reader.person).post(url("share_end", given.code)).status_code == 403
    for member in (scene.buyer, scene.firm, scene.stranger):
        client = client_for(member.person)
        assert client.post(url("share_end", given.code)).status_code == 404
        get(client, url("shared", given.code), 404)
    get(client_for(scene.supplier.person), url("shared", given.code), 404)


def test_person_in_two_organisations_reads_as_the_one_that_was_named(
    scene: World, client_for: ClientFor, reader: Membership
) -> None:
    second = people.organisation("Day Job", Capability.BUYER)
    people.membership(second, reader.person)
    given = share(scene.car.audit, reader.organisation)
    get(client_for(reader.person, reader.organisation_id), url("shared", given.code))
    elsewhere = client_for(reader.person, second.pk)
    get(elsewhere, url("shared", given.code), 404)
    assert "Nothing is shared with you now" in get(elsewhere, url("received"))


def test_member_limited_to_another_site_neither_sees_nor_ends_its_shares(
    scene: World, client_for: ClientFor
) -> None:
    given = share(scene.car.audit, "ngo@example.org")
    limited = people.membership(scene.supplier.organisation, role=Role.EDITOR, site_ids=[0])
    client = client_for(limited.person)
    assert "ngo@example.org" not in get(client, url("shares"))
    get(client, url("share_end", given.code), 404)
    get(client, url("audit_share", scene.car.audit.code), 404)


@pytest.mark.parametrize("name", ["shares", "received"])
def test_list_asks_the_same_number_of_questions_for_one_share_and_for_thirty(
    scene: World, client_for: ClientFor, reader: Membership, name: str
) -> None:
    def questions(who: Person) -> int:
        client = client_for(who)
        client.get(url(name))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            get(client, url(name))
        return len(asked)

    who = reader.person if name == "received" else scene.supplier.person
    share(scene.car, reader.person.email, granted_by=scene.supplier.person)
    one = questions(who)
    for _number in range(29):
        share(scene.car.audit, reader.organisation, granted_by=scene.supplier.person)
    with owner_role():
        assert Share.objects.count() == 30
    assert questions(who) == one <= MOST_STATEMENTS


def test_recipient_needs_a_second_factor_where_one_is_required(
    scene: World, client_for: ClientFor, reader: Membership, settings: Any
) -> None:
    given = share(scene.car.audit, reader.person.email)
    client = client_for(reader.person)
    get(client, url("shared", given.code))
    settings.REQUIRE_MFA = True
    for path in (url("received"), url("shared", given.code)):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
