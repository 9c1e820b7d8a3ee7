"""System checks that refuse a careless production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connection


def register() -> None:
    """Register the checks with Django; the database ones run with `check --database default` and at start-up."""
    checks.register(database_role, checks.Tags.database)
    checks.register(shared_cache, checks.Tags.caches)


def database_role(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a login that owns tables, bypasses row-level security or may act as the owner.

    Only processes that serve people are checked: `migrate` and the loaders run as the owner on purpose.
    """
    if not databases or not settings.IS_PRODUCTION:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.rolsuper OR r.rolbypassrls,
                      EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r'),
                      pg_has_role(current_user, %s, 'MEMBER')
                 FROM pg_roles r WHERE r.rolname = current_user""",
            [settings.DB_ROLES["owner"]],
        )
        row = cursor.fetchone()
    problems = [
        ("is a superuser or bypasses row-level security", "config.E001"),
        ("owns tables", "config.E002"),
        ("may act as the owner role", "config.E003"),
    ]
    return [
        checks.Error(f"The database login {what}. Use the role {settings.DB_ROLES['app']}.", id=identifier)
        for (what, identifier), is_so in zip(problems, row or (), strict=False)
        if is_so
    ]


def shared_cache(*, app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a cache of each process's own: tries to guess a password are counted there, for all of them together."""
    if not settings.IS_PRODUCTION or settings.CACHE_URL:
        return []
    return [
        checks.Error("CACHE_URL must be set: limits on guessing count for all processes.", id="config.E004")
    ]
