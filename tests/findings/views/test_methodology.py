"""Pages of methodologies: everyone reads; the operator's editors load, seeing the differences first."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import ClosurePolicyChange, MethodologyVersion, WorkplaceRequirement
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.findings.conftest import House
from tests.findings.definitions.test_catalogue import SMALL

SignedIn = Callable[[Organisation], Client]


@pytest.fixture
def operator(db: object) -> Membership:
    """An admin of the organisation that runs the installation."""
    return people.membership(people.organisation("We run it", Capability.OPERATOR))


@pytest.fixture
def client(operator: Membership, client_for: Callable[..., Client]) -> Client:
    """The operator's browser."""
    return client_for(operator.person)


def _look(client: Client, text: str, name: str = "own.yaml") -> object:
    upload = SimpleUploadedFile(name, text.encode())
    return client.post(reverse("findings:methodology_load"), {"file": upload})


def _load(client: Client, text: str, name: str = "own.yaml") -> object:
    page = _look(client, text, name)
    form = page.context["again"]  # type: ignore[attr-defined]
    said = {one.html_name: one.value() for one in form if one.html_name != "file"}
    return client.post(reverse("findings:methodology_load"), {**said, "apply": "1"})


def test_everyone_searches_the_requirements(house: House, signed_in: SignedIn) -> None:
    client = signed_in(house.buyer)
    page = client.get(reverse("findings:methodology", args=["invented-1.0"]), {"q": "1A.C"}).content.decode()
    assert "Requirement 1A.C" in page
    assert "Requirement 3.B" not in page
    assert "Placeholder" in page
    cars = client.get(reverse("findings:methodology", args=["invented-1.0"]), {"breach": "car"})
    assert len(cars.context["rows"]) == 2
    assert client.get(reverse("findings:methodology", args=["none"])).status_code == 404
    assert "Invented 1.0" in client.get(reverse("findings:methodologies")).content.decode()


def test_a_file_is_looked_at_first_and_then_loaded(client: Client) -> None:
    page = _look(client, SMALL)
    assert "would change" in page.content.decode()  # type: ignore[attr-defined]
    with owner_role():
        assert not MethodologyVersion.objects.exists()
    _load(client, SMALL)
    with owner_role():
        assert WorkplaceRequirement.objects.get().title == "Nobody is forced"
    assert "changes nothing" in _look(client, SMALL).content.decode()  # type: ignore[attr-defined]
    _load(client, SMALL.replace("Nobody is forced", "Nobody at all is forced"))
    with owner_role():
        assert WorkplaceRequirement.objects.get().title == "Nobody at all is forced"


def test_a_csv_of_requirements_is_loaded_too(client: Client) -> None:
    text = (
        "methodology_key;methodology_name;methodology_version;section;section_title;item;title;car;car_source\n"
        "own-1;Own;1;1;Free work;A;Nobody is forced;no;\n"
        "own-1;Own;1;1;Free work;B;Nobody pays for work;yes;Our policy\n"
    )
    _load(client, text, "own.csv")
    with owner_role():
        version = MethodologyVersion.objects.get()
        assert version.requirements.filter(is_car=True).get().printed_code == "1.B"
        assert version.closure_policies.filter(is_placeholder=True).count() == 4


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("own.yaml", SMALL.replace("item: A", "item: a"), "sections.0.requirements.0.item"),
        ("own.pdf", SMALL, "YAML or CSV"),
        ("own.csv", "a;b\n1;2\n", "missing"),
        ("own.yaml", "a: &a [1]\nb: *a\n", "alias"),
    ],
)
def test_a_file_with_faults_says_where(client: Client, name: str, text: str, words: str) -> None:
    answer = _look(client, text, name)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in answer.content.decode()  # type: ignore[attr-defined]


def test_what_audits_rest_on_is_refused_in_the_preview_and_hints_are_not(
    client: Client, house: House
) -> None:
    _load(client, SMALL)
    with owner_role():
        version = MethodologyVersion.objects.get(key="small-1.0")
        audit = house.audit()
        type(audit).objects.filter(pk=audit.pk).update(version=version)
    page = _look(client, SMALL.replace("Nobody is forced", "Other words")).content.decode()  # type: ignore[attr-defined]
    assert "cannot be loaded" in page
    assert 'name="apply"' not in page
    hint = SMALL + '        sdg_targets: ["8.7"]\n'
    _load(client, hint)
    with owner_role():
        assert version.requirements.get().sdg_targets == ["8.7"]


def test_a_period_is_set_with_its_source_and_stands_in_the_history(client: Client, house: House) -> None:
    address = reverse("findings:methodology_closure", args=["invented-1.0", "major"])
    assert client.post(address, {"days": "45", "source": ""}).status_code == 422
    assert client.post(address, {"days": "-1", "source": "x"}).status_code == 422
    assert client.post(address, {"days": "45", "source": "The scheme, 2026"}).status_code == 302
    page = client.get(reverse("findings:methodology", args=["invented-1.0"])).content.decode()
    assert "45 days" in page
    assert "from 60 to 45 days" in page
    with owner_role():
        assert ClosurePolicyChange.objects.filter(severity="major", days=45).get().days_before == 60
    assert (
        client.get(reverse("findings:methodology_closure", args=["invented-1.0", "none"])).status_code == 404
    )


def test_nobody_but_the_operator_loads_or_sets(house: House, signed_in: SignedIn) -> None:
    for who in (house.firm, house.buyer, house.supplier):
        client = signed_in(who)
        assert client.get(reverse("findings:methodology_load")).status_code == 403
        address = reverse("findings:methodology_closure", args=["invented-1.0", "major"])
        assert client.post(address, {"days": "1", "source": "x"}).status_code == 403
