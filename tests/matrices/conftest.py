"""One world for all matrices of a worker: built once, planted with words, taken back at the end."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.matrices.canaries import Canaries
from tests.matrices.crawl import Crowd
from tests.matrices.oracle import Facts, facts
from tests.matrices.world import World, build, verify_addresses


@pytest.fixture(scope="package")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, Canaries]]:
    """Build the world in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world, canaries = build(), Canaries()
        canaries.plant()
        world.reload()
        verify_addresses(world)
        yield world, canaries
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def known(planted: tuple[World, Canaries]) -> Facts:
    """Return every row of the world, for the oracle."""
    return facts()


@pytest.fixture
def crowd(planted: tuple[World, Canaries]) -> Iterator[Crowd]:
    """Return everyone's browsers; what they do is taken back after the test."""
    logging.disable(logging.CRITICAL)  # thousands of refusals, each on purpose
    with transaction.atomic():
        yield Crowd(*planted)
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
