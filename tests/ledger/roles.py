"""Working as one of the database's roles."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """Be the role `owner`, `app` or `job` inside, and what one was before afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone()
        cursor.execute(f'SET ROLE "{settings.DB_ROLES[role]}"')
    try:
        yield
    finally:
        if not connection.needs_rollback:  # a rollback undoes SET ROLE by itself
            with connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{before}"')


def settle() -> None:
    """Check deferred foreign keys now, as a commit would; TRUNCATE refuses to start while checks wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
