"""Pages of schemes and editions: readable by everybody, written by the scheme body."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organisations.models import Organisation, Person
from organisations.visibility import Capability, Role
from schemes.actions.definition import load_edition
from schemes.definitions.reading import LARGEST, read_path, shipped
from schemes.lifecycle import EditionState
from schemes.models import Edition, Scheme
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes
from tests.schemes.definitions.test_reading import METALS

pytestmark = pytest.mark.django_db(transaction=True)
Clients = Callable[[Person], Client]
LOAD = "/schemes/load/"


@pytest.fixture
def body() -> Organisation:
    return people.organisation("Body", Capability.SCHEME_BODY, is_listed=True)


@pytest.fixture
def admin(body: Organisation, client_for: Clients) -> Client:
    return client_for(people.membership(body).person)


def test_a_visitor_reads_every_shipped_scheme(client: Client, body: Organisation) -> None:
    from django.utils import timezone

    with owner_role():
        for path in shipped():
            load_edition(read_path(path), body=body, at=timezone.now())
    text = client.get(reverse("schemes:schemes")).content.decode()
    for path in shipped():
        edition = read_path(path).edition
        assert edition.scheme.title in text
        page = client.get(reverse("schemes:scheme", args=[edition.scheme.key]))
        assert page.status_code == 200
        said = page.content.decode()
        assert "A scheme of Body" in said
        for criterion in edition.criteria:
            assert f'id="{criterion.key}"' in said
        file = client.get(reverse("schemes:edition_file", args=[edition.scheme.key, edition.version]))
        assert file.content == path.read_bytes()
        assert file.headers["Content-Disposition"].startswith("attachment")
        folded = "What each value means" if edition.shape == "rubric" else "What to look for"
        assert said.count(folded) == len(edition.criteria)


def test_a_ladder_stands_highest_first_with_its_rules(client: Client, body: Organisation) -> None:
    schemes.edition(schemes.scheme(body, "mine"))
    said = client.get("/schemes/mine/").content.decode()
    assert said.index("Gold</") < said.index("Silver</") < said.index("Bronze</")
    assert "At least 75 % of the relevant criteria, rounded up, are at Silver or above." in said


def test_what_is_not_published_looks_like_what_there_is_not(
    client: Client, body: Organisation, admin: Client
) -> None:
    hidden, public = schemes.scheme(body, "hidden"), schemes.scheme(body, "public")
    schemes.edition(hidden, state=EditionState.DRAFT)
    schemes.edition(public, version="1")
    schemes.edition(public, version="2", state=EditionState.DRAFT)
    missing = client.get("/schemes/nothing/").content
    for url in (
        "/schemes/hidden/",
        "/schemes/public/editions/2/",
        "/schemes/public/editions/9/",
        "/schemes/a%00b/",
    ):
        answer = client.get(url)
        assert (url, answer.status_code) == (url, 404)
        assert len(answer.content) - len(missing) < 100
    for url in ("/schemes/hidden/", "/schemes/public/editions/2/"):
        assert admin.get(url).status_code == 200
    assert b"Hidden" not in client.get("/schemes/").content
    assert b"1 draft" in admin.get("/schemes/").content


def test_an_earlier_edition_says_that_a_later_one_is_in_force(client: Client, body: Organisation) -> None:
    made = schemes.scheme(body, "mine")
    schemes.edition(made, version="1", state=EditionState.RETIRED)
    schemes.edition(made, version="2")
    assert b"A later edition is in force" in client.get("/schemes/mine/editions/1/").content
    assert b"A later edition is in force" not in client.get("/schemes/mine/").content


def test_a_body_writes_looks_keeps_and_publishes(admin: Client, client: Client) -> None:
    looked = admin.post(LOAD, {"text": METALS, "check": "1"})
    assert looked.status_code == 200
    assert b"can be read" in looked.content
    assert not _schemes()
    kept = admin.post(LOAD, {"text": METALS, "save": "1"})
    assert kept.headers["Location"] == "/schemes/fair-floors/editions/3/"
    draft = admin.get(kept.headers["Location"]).content.decode()
    assert "A draft. Nobody outside your organisation sees it" in draft
    asked = admin.get("/schemes/fair-floors/editions/3/publish/")
    sha = asked.context["edition"].sha256
    done = admin.post("/schemes/fair-floors/editions/3/publish/", {"sha256": sha})
    assert done.headers["Location"] == "/schemes/fair-floors/"
    assert b"Fair floors, third edition" in client.get("/schemes/fair-floors/").content
    following = METALS.replace('edition: "3"', 'edition: "4"').replace("percent: 75", "percent: 80")
    page = admin.post(LOAD, {"text": following, "check": "1"}).content.decode()
    assert "What is different from Fair floors, third edition" in page
    assert page.count("<del") == 1
    assert admin.get(f"{LOAD}?from=fair-floors/3").context["form"].initial["text"] == METALS


def test_faults_stand_beside_their_lines_and_nothing_is_kept(admin: Client) -> None:
    wrong = METALS.replace("key: hours", "key: wages").replace("share: {at: silver", "share: {at: tin")
    for how in ("check", "save"):
        answer = admin.post(LOAD, {"text": wrong, how: "1"})
        assert answer.status_code == 422
        said = answer.content.decode()
        assert "2 things are not right yet" in said
        assert [line.number for line in answer.context["lines"] if line.faults] == [15, 22]
        assert "“wages” is here already" in said
        assert answer.context["form"].initial["text"] == wrong
    assert not _schemes()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (METALS.encode(), 302),
        (METALS.encode("utf-16"), 422),
        (b"", 422),
        (b"#" * (LARGEST + 1), 422),
        (b"a: [" * 3000, 422),
        (b"\xff\x00", 422),
    ],
)
def test_a_file_is_read_with_suspicion(admin: Client, content: bytes, status: int) -> None:
    file = SimpleUploadedFile("mine.yaml", content, content_type="application/yaml")
    assert admin.post(LOAD, {"file": file, "save": "1"}).status_code == status


def test_nothing_sent_is_asked_for_again(admin: Client) -> None:
    assert admin.post(LOAD, {"text": "  ", "check": "1"}).status_code == 422


def test_a_version_that_is_published_is_refused_beside_the_text(admin: Client) -> None:
    admin.post(LOAD, {"text": METALS, "save": "1"})
    sha = admin.get("/schemes/fair-floors/editions/3/publish/").context["edition"].sha256
    stale = admin.post("/schemes/fair-floors/editions/3/publish/", {"sha256": "0" * 64})
    assert (stale.status_code, b"Somebody has changed this draft" in stale.content) == (409, True)
    admin.post("/schemes/fair-floors/editions/3/publish/", {"sha256": sha})
    answer = admin.post(LOAD, {"text": METALS.replace("percent: 75", "percent: 70"), "save": "1"})
    assert (answer.status_code, b"its text never changes" in answer.content) == (409, True)
    for page in ("publish", "discard"):
        assert admin.get(f"/schemes/fair-floors/editions/3/{page}/").status_code == 404


def test_a_draft_is_thrown_away(admin: Client) -> None:
    admin.post(LOAD, {"text": METALS, "save": "1"})
    assert admin.get("/schemes/fair-floors/editions/3/discard/").status_code == 200
    assert admin.post("/schemes/fair-floors/editions/3/discard/").headers["Location"] == "/schemes/"
    assert not _schemes()


def test_others_neither_write_nor_publish(body: Organisation, client: Client, client_for: Clients) -> None:
    scheme = schemes.scheme(body, "mine")
    draft = schemes.edition(scheme, version="1", state=EditionState.DRAFT)
    publish, discard = ("/schemes/mine/editions/1/publish/", "/schemes/mine/editions/1/discard/")
    assert client.get(LOAD).status_code == 302
    supplier = client_for(people.membership(people.organisation()).person)
    other = client_for(people.membership(people.organisation("", Capability.SCHEME_BODY)).person)
    assert [supplier.get(LOAD).status_code, other.get(LOAD).status_code] == [403, 200]
    assert supplier.post(LOAD, {"text": METALS, "save": "1"}).status_code == 403
    for them in (supplier, other):
        assert [them.post(url, {"sha256": draft.sha256}).status_code for url in (publish, discard)] == [
            404,
            404,
        ]
    schemes.publish(draft)
    schemes.edition(scheme, version="2", state=EditionState.DRAFT)
    assert other.post(publish.replace("/1/", "/2/")).status_code == 404
    assert other.get(publish).status_code == 403
    editor = client_for(people.membership(body, role=Role.EDITOR).person)
    assert editor.get(publish.replace("/1/", "/2/")).status_code == 403
    assert editor.get(discard.replace("/1/", "/2/")).status_code == 200
    reader = client_for(people.membership(body, role=Role.VIEWER).person)
    assert reader.get(LOAD).status_code == 403
    with owner_role():
        assert Edition.objects.get(version="2").state == EditionState.DRAFT


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_little_however_long_it_is(
    count: int, body: Organisation, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        schemes.edition(schemes.scheme(body, f"scheme-{number}"), criteria=1)
    with django_assert_max_num_queries(8):
        assert client.get("/schemes/").status_code == 200


def _schemes() -> list[str]:
    with owner_role():
        return list(Scheme.objects.values_list("key", flat=True))


def test_applying_is_offered_to_those_who_can(
    body: Organisation, client: Client, client_for: Clients
) -> None:
    schemes.edition(schemes.scheme(body, "mine"))
    schemes.edition(schemes.scheme(body, "theirs", subject="contract"), shape="checklist")
    supplier = client_for(people.membership(people.organisation()).person)
    own = client_for(people.membership(body).person)
    door = b"/schemes/mine/apply/"
    assert [door in one.get("/schemes/mine/").content for one in (client, supplier, own)] == [
        True,
        True,
        False,
    ]
    assert b"/apply/" not in client.get("/schemes/theirs/").content + supplier.get("/schemes/theirs/").content
    assert b"/register-of-members/mine/" in client.get("/schemes/mine/").content
