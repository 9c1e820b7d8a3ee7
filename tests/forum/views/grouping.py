"""What the tests of pages of groups ask again and again."""

from typing import Any

from django.urls import reverse

from forum.models import Participant
from organisations.models import Organisation
from organisations.visibility import Viewer
from tests.conftest import owner_role


def url(name: str, *args: Any) -> str:
    """Return the address of a page of the forum."""
    return reverse(f"forum:{name}", args=args)


def text(answer: Any) -> str:
    """Return what a page says, with its tags."""
    return str(answer.content.decode())


def part_of(who: Viewer) -> Participant:
    """Return how somebody takes part, the newest row of it."""
    with owner_role():
        return Participant.objects.filter(person_id=who.person_id).latest("pk")


def code_of(organisation_id: int) -> str:
    """Return the public code of an organisation."""
    with owner_role():
        return Organisation.objects.get(pk=organisation_id).code
