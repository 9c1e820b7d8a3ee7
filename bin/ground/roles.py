"""The database's three roles, made by `bin/roles.sql` with passwords of their own."""

from pathlib import Path

import psycopg
from psycopg import sql

from ground import ROOT
from ground.keeping import secret
from ground.postgres import Server

DATABASE = "common_thread"
ROLES = ("owner", "app", "job")


def ensure(server: Server, *, secrets: Path) -> tuple[bool, dict[str, str]]:
    """Make the database and its roles what they should be.

    Return whether the database is new, and each role's connection address.
    """
    passwords = {role: secret(secrets, f"role-{role}") for role in ROLES}
    with psycopg.connect(server.url(), autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(server.url(database=DATABASE), autocommit=True) as connection:
        for role, password in passwords.items():
            connection.execute("SELECT set_config(%s, %s, false)", [f"roles.{role}", password])
        connection.execute((ROOT / "bin" / "roles.sql").read_bytes())
    return known is None, {
        role: server.url(user=f"common_thread_{role}", password=password, database=DATABASE)
        for role, password in passwords.items()
    }
