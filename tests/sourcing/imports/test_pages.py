"""The pages, the API and the command: every step without scripts, and nothing for strangers."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisations.models import Organisation, Person
from organisations.visibility import Capability, Role, Viewer
from sourcing.actions.applying import apply_import
from sourcing.actions.reading import read_import
from sourcing.models import RegisterEntry, SiteImport
from tests.factories import organisations
from tests.sourcing.imports.conftest import LISTS, acting_as, apply, fresh, ids_of, lines, read, register

ClientFor = Callable[[Person], Client]
HERE = "China,Alpha Shoes,Rose Road 12 Wuxi,Footwear,31.5,120.25"
THERE = "China,Alpha Shoes,Lake Road 9 Nanjing,,,"


@pytest.fixture
def member(viewer: Viewer, client_for: ClientFor) -> Client:
    """Return a browser in which the buyer's admin is signed in."""
    return client_for(Person.objects.get(pk=viewer.person_id))


@pytest.fixture
def stranger(client_for: ClientFor) -> Client:
    """Return a browser in which another buyer's admin is signed in."""
    other = organisations.viewer(organisations.organisation("Other Shops", Capability.BUYER))
    return client_for(Person.objects.get(pk=other.person_id))


def only_import(viewer: Viewer) -> SiteImport:
    """Return the one list there is."""
    with acting_as(viewer):
        return SiteImport.objects.get()


def test_a_list_goes_from_the_upload_to_the_register_without_scripts(viewer: Viewer, member: Client) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    assert b"Import a list" in member.get("/register/").content
    page = member.get("/imports/new/")
    assert (page.status_code, b'enctype="multipart/form-data"' in page.content) == (200, True)
    file = SimpleUploadedFile("list.csv", lines(THERE, "China,Omega,Hill Road 1,,,", "Narnia,X,,,,"))
    answer = member.post("/imports/new/", {"file": file})
    with acting_as(viewer):
        made = SiteImport.objects.latest("pk")
    address = f"/imports/{made.code}/"
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert b"We are reading your list" in member.get(address).content
    read_import(**ids_of(viewer), import_id=made.pk)
    assert "1 line may be a place you have already" in member.get(address).content.decode()
    assert member.post(f"{address}apply/").status_code == 302
    assert fresh(viewer, made).state == "previewed"
    pairs = member.get(f"{address}decide/").content.decode()
    assert "Rose Road 12 Wuxi" in pairs
    assert "Lake Road 9 Nanjing" in pairs
    assert member.post(f"{address}decide/", {"line-2": "different"})["Location"] == address
    assert "2 places are ready to be added" in member.get(address).content.decode()
    assert member.post(f"{address}apply/").status_code == 302
    assert b"Your list is being added" in member.get(address).content
    apply_import(**ids_of(viewer), import_id=made.pk)
    assert "2 places were added to your register" in member.get(address).content.decode()
    errors = member.get(f"{address}errors/")
    assert errors["Content-Disposition"] == 'attachment; filename="list-errors.csv"'
    assert "Narnia" in errors.content.decode()
    assert b"".join(member.get(f"{address}file/").streaming_content).startswith(b"country,name")  # type: ignore[attr-defined]
    assert len(register(viewer)) == 3


def test_all_of_a_kind_are_decided_at_once(viewer: Viewer, member: Client) -> None:
    apply(viewer, read(viewer, lines(HERE, "China,Beta Hats,Rose Road 14 Wuxi,,,")))
    made = read(viewer, lines(THERE, "China,Beta Hats,Lake Road 8 Nanjing,,,"))
    answer = member.post(f"/imports/{made.code}/decide/", {"kind": "same-name", "answer": "same"})
    assert answer["Location"] == f"/imports/{made.code}/"
    assert apply(viewer, made).summary["decided_same"] == 2


def test_a_bad_upload_says_why_beside_the_field(member: Client) -> None:
    for content, name, sentence in (
        (b"", "list.csv", "This file is empty."),
        (b"%PDF-1.7", "list.pdf", "Choose a list as CSV or Excel (XLSX)."),
        (b"a\x00b", "list.csv", "We could not read this file as text."),
    ):
        answer = member.post("/imports/new/", {"file": SimpleUploadedFile(name, content)})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    answer = member.post("/imports/new/", {})
    assert (answer.status_code, "Choose a file first." in answer.content.decode()) == (422, True)


def test_the_template_is_a_list_that_can_be_imported(viewer: Viewer, member: Client) -> None:
    content = member.get("/imports/template/").content
    assert read(viewer, content).summary["new"] == 1


def test_progress_is_told_in_part_and_opens_the_page_when_done(viewer: Viewer, member: Client) -> None:
    made = read(viewer, lines(HERE))
    address = f"/imports/{made.code}/progress/"
    assert member.get(address)["Location"] == f"/imports/{made.code}/"
    assert member.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


@pytest.mark.parametrize("tail", ["", "progress/", "decide/", "errors/", "file/"])
def test_a_strangers_list_and_no_list_look_the_same(
    viewer: Viewer, stranger: Client, member: Client, tail: str
) -> None:
    made = read(viewer, lines(HERE))
    assert member.get(f"/imports/{made.code}/{tail}").status_code in {200, 302}
    foreign, missing = (
        stranger.get(f"/imports/{made.code}/{tail}"),
        stranger.get(f"/imports/0000000000/{tail}"),
    )
    assert (foreign.status_code, missing.status_code) == (404, 404)
    token = re.compile(rb"[A-Za-z0-9]{64}")  # masked anew in every answer
    same = foreign.content.replace(made.code.encode(), b"0000000000")
    assert token.sub(b"", same) == token.sub(b"", missing.content)


@pytest.mark.parametrize("tail", ["decide/", "apply/", "discard/"])
def test_a_stranger_changes_nothing(viewer: Viewer, stranger: Client, tail: str) -> None:
    made = read(viewer, lines(HERE))
    assert stranger.post(f"/imports/{made.code}/{tail}").status_code == 404
    assert fresh(viewer, made).state == "previewed"


def test_a_reader_looks_and_does_not_touch(
    buyer: Organisation, viewer: Viewer, client_for: ClientFor
) -> None:
    reader = client_for(Person.objects.get(pk=organisations.viewer(buyer, Role.VIEWER).person_id))
    made = read(viewer, lines(HERE))
    apply(viewer, read(viewer, lines(THERE)))
    with acting_as(viewer):
        entry = RegisterEntry.objects.get()
    for address in ("/register/", "/imports/", f"/imports/{made.code}/", f"/register/{entry.code}/"):
        page = reader.get(address)
        assert (page.status_code, b"Import a list" in page.content) == (200, False)
    assert reader.get("/imports/new/").status_code == 403
    assert reader.get(f"/register/{entry.code}/edit/").status_code == 403
    for tail in ("decide/", "apply/", "discard/"):
        assert reader.post(f"/imports/{made.code}/{tail}").status_code == 403
    assert fresh(viewer, made).state == "previewed"


def test_a_supplier_is_told_that_buyers_keep_registers(client_for: ClientFor, db: object) -> None:
    supplier = organisations.viewer(organisations.organisation("Works", Capability.SUPPLIER))
    page = client_for(Person.objects.get(pk=supplier.person_id)).get("/register/")
    assert (page.status_code, b"Only organisations that buy" in page.content) == (403, True)


def test_the_register_narrows_by_words_country_and_sector(viewer: Viewer, member: Client) -> None:
    apply(viewer, read(viewer, lines(HERE, "India,Ömega Mills,Hill Road 1,Apparel,,")))
    for query, names in (
        ("", ["Alpha Shoes", "Ömega Mills"]),
        ("?text=omega", ["Ömega Mills"]),
        ("?text=rose+alpha", ["Alpha Shoes"]),
        ("?country=IN", ["Ömega Mills"]),
        ("?sector=Footwear", ["Alpha Shoes"]),
        ("?country=IN&sector=Footwear", []),
        ("?country=%00&text=%00&sort=junk&cursor=junk", ["Alpha Shoes", "Ömega Mills"]),
    ):
        page = member.get(f"/register/{query}")
        assert (query, [row.name for row in page.context["page"].rows]) == (query, names)


def test_an_entry_is_changed_on_its_page_and_says_where_it_came_from(viewer: Viewer, member: Client) -> None:
    apply(viewer, read(viewer, lines(HERE), "spring.csv"))
    with acting_as(viewer):
        entry = RegisterEntry.objects.get()
    assert "spring.csv" in member.get(f"/register/{entry.code}/").content.decode()
    values = {
        "name": "Alpha Boots",
        "country": "CN",
        "address": "Rose Road 12",
        "sector": "",
        "latitude": "31.5",
    }
    refused = member.post(f"/register/{entry.code}/edit/", values)
    assert (refused.status_code, "Give both latitude and longitude" in refused.content.decode()) == (
        422,
        True,
    )
    assert "Alpha Boots" in refused.content.decode()
    saved = member.post(f"/register/{entry.code}/edit/", values | {"longitude": "120.25"})
    assert saved["Location"] == f"/register/{entry.code}/"
    with acting_as(viewer):
        entry.refresh_from_db()
    assert (entry.name, entry.match_key, entry.sector) == ("Alpha Boots", "alpha boots", "")


@pytest.mark.parametrize(
    "address", ["/register/", "/imports/", "/imports/{code}/", "/imports/{code}/decide/"]
)
def test_a_list_of_thirty_asks_no_more_than_a_list_of_one(
    viewer: Viewer, member: Client, address: str, django_assert_num_queries: object
) -> None:
    from django.db import connection

    def asked(number: int) -> int:
        apply(
            viewer,
            read(viewer, lines(*(f"China,Works {number}x{n},Road {n} Wuxi,,," for n in range(number)))),
        )
        made = read(viewer, lines(*(f"China,Works {number}x{n},Lane 9{n} Nanjing,,," for n in range(number))))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert member.get(address.format(code=made.code)).status_code == 200
        return len(queries)

    member.get("/register/")
    assert asked(1) == asked(30)


def test_the_api_takes_a_list_through_the_same_steps(
    viewer: Viewer, member: Client, stranger: Client
) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    answer = member.post(
        "/api/v1/imports/", {"file": SimpleUploadedFile("list.csv", lines(THERE, "Narnia,X,,,,"))}
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "uploaded")
    address = f"/api/v1/imports/{answer.json()['code']}/"
    with acting_as(viewer):
        made = SiteImport.objects.latest("pk")
    read_import(**ids_of(viewer), import_id=made.pk)
    assert member.get(address).json()["counts"] == {
        "new": 0,
        "match": 0,
        "possible": 1,
        "repeat": 0,
        "error": 1,
    }
    first, second = member.get(f"{address}lines/").json()["results"]
    assert (first["verdict"], first["kind"], first["reasons"]) == ("possible", "Same name, other address", [])
    assert (second["verdict"], second["place"]["name"]) == ("error", "X")
    json = "application/json"
    assert member.post(f"{address}apply/", {}, json).json()["code"] == "undecided"
    body = {"answers": [{"line": 2, "is_same": True}]}
    assert member.post(f"{address}decide/", {**body, "more": 1}, json).status_code == 400
    assert member.post(f"{address}decide/", body, json).status_code == 200
    assert member.post(f"{address}apply/", {}, json).status_code == 202
    apply_import(**ids_of(viewer), import_id=made.pk)
    assert member.get(address).json()["counts"]["created"] == 0
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}decide/", body, json).status_code == 404
    found = member.get("/api/v1/register/?text=alpha").json()["results"]
    assert [(one["name"], one["country"], one["site"]) for one in found] == [("Alpha Shoes", "CN", None)]
    entry = f"/api/v1/register/{found[0]['code']}/"
    assert member.patch(entry, {"name": "Alpha Boots"}, json).json()["name"] == "Alpha Boots"
    assert member.patch(entry, {"country": "QQ"}, json).status_code == 400
    assert stranger.patch(entry, {"name": "Mine"}, json).status_code == 404
    assert stranger.get("/api/v1/register/").json()["results"] == []


def call(*arguments: str) -> str:
    """Run the command and return what it printed."""
    said = io.StringIO()
    call_command("import_sites", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_imports_as_a_member_and_prints_the_summary(buyer: Organisation, viewer: Viewer) -> None:
    email = Person.objects.get(pk=viewer.person_id).email
    who = ("--organisation", buyer.code, "--person", email)
    said = call(str(LISTS / "list-2.csv"), *who)
    assert said.splitlines() == [
        "list-2.csv (UTF-8): 82 lines",
        "  New                            77",
        "  Already in the register         0",
        "  Possible matches                0",
        "  Repeated in this list           5",
        "  Cannot be read                  0",
        "Applied.",
        "  Added                          77",
        "  Decided: the same               0",
        "  Decided: different              0",
        "  Completed                       0",
    ]
    assert "  Already in the register        77" in call(str(LISTS / "list-2.csv"), *who)
    assert len(register(viewer)) == 77


def test_the_command_leaves_open_questions_in_the_preview(
    buyer: Organisation, viewer: Viewer, tmp_path: Path
) -> None:
    email = Person.objects.get(pk=viewer.person_id).email
    apply(viewer, read(viewer, lines(HERE)))
    (tmp_path / "list.csv").write_bytes(lines(THERE))
    who = ("--organisation", buyer.code, "--person", email)
    assert "Possible matches wait for a decision: /imports/" in call(str(tmp_path / "list.csv"), *who)
    assert len(register(viewer)) == 1
    call(str(tmp_path / "list.csv"), *who, "--decide", "different")
    assert len(register(viewer)) == 2


def test_the_command_refuses_strangers_and_broken_files(
    buyer: Organisation, viewer: Viewer, tmp_path: Path
) -> None:
    other = organisations.viewer(organisations.organisation("Other Shops", Capability.BUYER))
    theirs, mine = (Person.objects.get(pk=one.person_id).email for one in (other, viewer))
    (tmp_path / "list.csv").write_bytes(b"name\nA\n")
    for arguments, sentence in (
        (("--organisation", buyer.code), "Name a --person of the organisation"),
        (("--organisation", buyer.code, "--person", theirs), "is no member of the organisation"),
        (("--organisation", buyer.code, "--person", "nobody@example.org"), "There is no person"),
        (("--organisation", buyer.code, "--person", mine), "This file has no column for the country."),
    ):
        with pytest.raises(CommandError, match=sentence):
            call(str(tmp_path / "list.csv"), *arguments)
    assert register(viewer) == []
