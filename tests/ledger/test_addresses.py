"""Telling somebody without an account: by e-mail alone, once, and never in anybody's inbox."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger.entries import record
from ledger.models import Channel, Delivery, Entry
from ledger.registry import Recipient
from tests.conftest import owner_role
from tests.factories import organisations as make


@pytest.fixture
def entry(db: None) -> Entry:
    own = make.organisation()
    with owner_role(), transaction.atomic():
        return record(verb="trial.told", by=None, subject=own, owner_id=own.pk, at=timezone.now())


def _delivery(entry: Entry, **fields: object) -> None:
    with owner_role(), transaction.atomic():
        now = timezone.now()
        values = {
            "channel": Channel.EMAIL,
            "verb": entry.verb,
            "title": "T",
            "happened_at": now,
            "next_try_at": now,
        }
        Delivery.objects.create(entry=entry, **(values | fields))


def test_delivery_goes_to_an_address_once(entry: Entry) -> None:
    _delivery(entry, address="mina@example.org")
    _delivery(entry, address="other@example.org")
    with pytest.raises(IntegrityError, match="delivery_once_per_address"):
        _delivery(entry, address="mina@example.org")


@pytest.mark.parametrize("fields", [{}, {"address": "mina@example.org", "channel": Channel.INBOX}])
def test_delivery_without_a_person_needs_an_address_and_is_a_letter(
    entry: Entry, fields: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match="delivery_to_a_person_or_an_address"):
        _delivery(entry, **fields)


def test_delivery_goes_to_a_person_or_an_address_never_both(entry: Entry) -> None:
    one = make.person()
    _delivery(entry, person=one)
    with pytest.raises(IntegrityError, match="delivery_to_a_person_or_an_address"):
        _delivery(entry, person=make.person(), address="mina@example.org")


@pytest.mark.parametrize(("person", "address"), [(None, ""), (1, "mina@example.org")])
def test_recipient_is_a_person_or_an_address(person: int | None, address: str) -> None:
    with pytest.raises(ValueError, match="either a person or an address"):
        Recipient(person=person, organisation=None, address=address)
