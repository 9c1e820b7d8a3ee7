"""Signing people of a group in."""

from collections.abc import Callable

import pytest
from django.test import Client

from organisations.models import Person
from organisations.visibility import Viewer
from tests.conftest import owner_role

As = Callable[[Viewer], Client]


@pytest.fixture
def as_(client_for: Callable[..., Client]) -> As:
    """Return a function that signs a viewer in."""

    def sign_in(who: Viewer) -> Client:
        with owner_role():
            person = Person.objects.get(pk=who.person_id)
        return client_for(person, who.organisation_id)

    return sign_in
