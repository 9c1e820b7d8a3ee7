"""A small world for the ledger: two organisations, three people, and the words of one notice."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from ledger import registry
from ledger.models import Entry
from ledger.registry import Recipient
from organisations.models import Organisation, Person
from tests.ledger.roles import working_as

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """An actor: a person acting for an organisation."""

    person_id: int | None
    organisation_id: int | None


@dataclass(frozen=True)
class World:
    """A supplier that owns things, a buyer that looks at them, and a person in each; plus one who left."""

    supplier: Organisation
    buyer: Organisation
    lin: Person
    bo: Person
    gone: Person

    @property
    def by_lin(self) -> Someone:
        """Lin, acting for the supplier."""
        return Someone(self.lin.pk, self.supplier.pk)

    @property
    def by_bo(self) -> Someone:
        """Bo, acting for the buyer."""
        return Someone(self.bo.pk, self.buyer.pk)


def make_world() -> World:
    """Create the world as the tables' owner; every name is new, so worlds do not meet."""
    with working_as("owner"):
        return World(
            supplier=Organisation.objects.create(name="Willow Yarn Works", capabilities=["supplier"]),
            buyer=Organisation.objects.create(name="Harbour Street Shops", capabilities=["buyer"]),
            lin=_person("Lin", timezone="Asia/Dhaka"),
            bo=_person("Bo", timezone="Europe/Berlin"),
            gone=_person("Gone", is_active=False),
        )


def _person(name: str, **fields: Any) -> Person:
    return Person.objects.create(
        name=name, email=f"{name.lower()}-{uuid.uuid4().hex[:8]}@trial.example", **fields
    )


@pytest.fixture
def world(db: None) -> World:
    """Give the world inside a transaction that is rolled back."""
    return make_world()


@pytest.fixture
def living_world(transactional_db: None) -> World:
    """Give the world committed, for tests with several connections."""
    return make_world()


@pytest.fixture
def clean_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register nothing but what the test registers."""
    for name in ("_notices", "_reactions", "_reactions_to_many", "_occurrences", "_batches", "_nightly"):
        monkeypatch.setattr(registry, name, {})


@pytest.fixture
def tell(clean_registry: None, settings: Any) -> Callable[..., None]:
    """Have `trial.told` told to the people given, in the words of the test's templates."""
    folder = Path(__file__).parent / "templates"
    templates = django_settings.TEMPLATES[0]
    settings.TEMPLATES = [{**templates, "DIRS": [*templates["DIRS"], folder]}]

    def register(*people: Person, organisation: Organisation | None = None, **more: Any) -> None:
        registry._notices.pop("trial.told", None)

        @registry.notice("trial.told", **more)
        def told(entry: Entry) -> list[Recipient]:
            return [Recipient(person, organisation) for person in people]

    return register


@pytest.fixture
def quick_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send letters without a breath between them."""
    monkeypatch.setattr("ledger.delivery.time.sleep", lambda _seconds: None)
