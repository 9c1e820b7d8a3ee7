"""What every test stands on: the role app under row security, and ways to act as someone.

The connection logs in as a superuser and assumes a role: `common_thread_owner` while the database is made and in
`as_owner()`, `common_thread_app` everywhere else. So a test sees exactly what a web worker would.
"""

import copy
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from config.settings import documents_storage
from organisations.models import Person


def _assume(role: str | None) -> None:
    """Make this and every later connection act as `role`; None is the superuser that logged in."""
    connection.settings_dict["OPTIONS"]["assume_role"] = role
    if connection.connection is not None:
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"' if role else "RESET ROLE")


def _keep_files_apart(worker: str) -> None:
    """Give a worker a folder of its own: a sweep of files without a row would take those of its neighbour."""
    os.environ["STORAGE_URL"] = f"{settings.STORAGE_URL}/{worker}"
    settings.STORAGES["documents"] = documents_storage(os.environ["STORAGE_URL"])


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Create and migrate the test database as the owner, then hand it over to the role app."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        if worker:
            _keep_files_apart(worker)
            settings.DATABASES["default"].setdefault("TEST", {})
            connection.settings_dict["TEST"]["NAME"] = f"test_common_thread_{worker}"
        with connection._nodb_cursor() as cursor:
            # One worker after the other: PostgreSQL refuses two who change one role at the same time.
            cursor.execute("SELECT pg_advisory_lock(4712)")
            cursor.execute(f'ALTER ROLE "{settings.DB_ROLES["owner"]}" CREATEDB')
            cursor.execute("SELECT pg_advisory_unlock(4712)")
        _assume(settings.DB_ROLES["owner"])
        made = setup_databases(verbosity=0, interactive=False)
        _assume(settings.DB_ROLES["app"])
        connection.close()
        # From here on this thread changes roles alone: those of a live server always connect as the role app.
        connection.settings_dict = copy.deepcopy(connection.settings_dict)
    yield
    with django_db_blocker.unblock():
        _assume(None)
        connection.close()
        with connection._nodb_cursor() as cursor:  # a live server's last thread may still hold a connection
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )
        teardown_databases(made, verbosity=0)


def _flush(self: TransactionTestCase) -> None:
    """Empty the tables after a test with real transactions: triggers off, as the superuser."""
    connection.close()
    _assume(None)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        kept = {"django_migrations", "django_content_type", "auth_permission"}
        names = ", ".join(f'"{name}"' for name in tables if name not in kept)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    connection.close()
    _assume(settings.DB_ROLES["app"])


TransactionTestCase._fixture_teardown = _flush  # type: ignore[attr-defined]


@contextmanager
def owner_role() -> Iterator[None]:
    """Act as the owner of the tables, who sees and may write every row; triggers and constraints still hold."""
    before = connection.settings_dict["OPTIONS"].get("assume_role")
    _assume(settings.DB_ROLES["owner"])
    try:
        yield
    finally:
        if connection.needs_rollback:
            connection.settings_dict["OPTIONS"]["assume_role"] = before
        else:
            _assume(before)


@pytest.fixture
def as_owner() -> Callable[[], AbstractContextManager[None]]:
    """Return the context manager in which a test makes whatever rows it needs."""
    return owner_role


@contextmanager
def job_role() -> Iterator[None]:
    """Act as the role that relays and ticks."""
    before = connection.settings_dict["OPTIONS"].get("assume_role")
    _assume(settings.DB_ROLES["job"])
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _assume(before)
        connection.settings_dict["OPTIONS"]["assume_role"] = before


@pytest.fixture
def as_job() -> Callable[[], AbstractContextManager[None]]:
    """Return the context manager in which a test relays and ticks, as the system worker does."""
    return job_role


@pytest.fixture
def client_for(db: Any) -> Callable[[Person], Client]:
    """Return a function that gives a browser signed in as a person."""

    def make(person: Person, organisation_id: int | None = None) -> Client:
        client = Client()
        client.force_login(person)
        if organisation_id is not None:
            session = client.session
            session["organisation"] = organisation_id
            session.save()
        return client

    return make
