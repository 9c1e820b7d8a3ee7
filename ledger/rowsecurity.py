"""Migration operations for row-level security: the net below `visible_to`.

Three roles share the work (`settings.DB_ROLES`): *owner* owns the tables and the SECURITY DEFINER functions,
*app* serves people and owns nothing, *job* relays, ticks and checks. Row security is ENABLEd and FORCEd; owner and
job see every row through policies that name them, so nobody needs BYPASSRLS.

A policy may name only its own columns, or tables whose own policies name only their own columns: PostgreSQL
answers a loop with "infinite recursion detected in policy". Write it as a scalar subquery,
`(SELECT true FROM t WHERE …)`: the planner hashes `EXISTS` and `IN` as a whole, which costs 4 to 100 times more.
"""

from typing import Any

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


def roles(sql: str) -> str:
    """Fill the role names `{owner}`, `{app}` and `{job}` into `sql`."""
    for role, name in settings.DB_ROLES.items():
        sql = sql.replace("{" + role + "}", f'"{name}"')
    return sql


class _Statement(migrations.operations.base.Operation):
    """Run SQL that the state of the models does not know; not reversible by design."""

    reversible = False
    reduces_to_sql = True

    def statements(self) -> list[str]:
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in the models' state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Run every statement as the owner."""
        for statement in self.statements():
            schema_editor.execute(roles(statement), params=None)

    def describe(self) -> str:
        """Name the table in `migrate --plan`."""
        return f"{type(self).__name__} {getattr(self, 'table', '')}".strip()


class Sql(_Statement):
    """Run SQL in which `{owner}`, `{app}` and `{job}` stand for the roles."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the constructor's arguments."""
        return type(self).__name__, [self.sql], {}

    def statements(self) -> list[str]:
        return [self.sql]


class ActingFunctions(_Statement):
    """Create the schema `app` with the functions that policies ask: organisation(), person(), secret()."""

    def statements(self) -> list[str]:
        functions = [
            f"""CREATE OR REPLACE FUNCTION app.{name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE
                RETURN nullif(current_setting('app.{name}', true), ''){cast}"""
            for name, kind, cast in (
                ("organisation", "bigint", "::bigint"),
                ("person", "bigint", "::bigint"),
                ("secret", "text", ""),
            )
        ]
        return [
            "CREATE SCHEMA IF NOT EXISTS app",
            *functions,
            "GRANT USAGE ON SCHEMA app TO {app}, {job}",
            "GRANT USAGE ON SCHEMA public TO {app}, {job}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ]


class Police(_Statement):
    """Put `table` under row security, one policy per command for the role app.

    `select`, `insert`, `update` and `delete` are SQL conditions over the table's own columns; None withholds the
    command altogether. `columns` limits UPDATE to the named columns.
    """

    def __init__(
        self,
        table: str,
        *,
        select: str,
        insert: str | None = None,
        update: str | None = None,
        delete: str | None = None,
        columns: list[str] | None = None,
    ) -> None:
        self.table, self.select, self.insert = table, select, insert
        self.update, self.delete, self.columns = update, delete, columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the constructor's arguments."""
        keywords = {
            "select": self.select,
            "insert": self.insert,
            "update": self.update,
            "delete": self.delete,
            "columns": self.columns,
        }
        return type(self).__name__, [self.table], keywords

    def statements(self) -> list[str]:
        table = self.table
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"REVOKE ALL ON {table} FROM PUBLIC, {{app}}, {{job}}",
            f"DROP POLICY IF EXISTS owner_all ON {table}",
            f"DROP POLICY IF EXISTS job_all ON {table}",
            f"CREATE POLICY owner_all ON {table} TO {{owner}} USING (true) WITH CHECK (true)",
            f"CREATE POLICY job_all ON {table} TO {{job}} USING (true) WITH CHECK (true)",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {{job}}",
        ]
        for command in ("select", "insert", "update", "delete"):
            statements += self._policy(command, getattr(self, command))
        return statements

    def _policy(self, command: str, condition: str | None) -> list[str]:
        statements = [f"DROP POLICY IF EXISTS app_{command} ON {self.table}"]
        if condition is None:
            return statements
        clause = {
            "select": f"USING ({condition})",
            "insert": f"WITH CHECK ({condition})",
            "update": f"USING ({condition}) WITH CHECK ({condition})",
            "delete": f"USING ({condition})",
        }[command]
        columns = f" ({', '.join(self.columns)})" if command == "update" and self.columns else ""
        return [
            *statements,
            f"CREATE POLICY app_{command} ON {self.table} FOR {command.upper()} TO {{app}} {clause}",
            f"GRANT {command.upper()}{columns} ON {self.table} TO {{app}}",
        ]


class Grant(_Statement):
    """Grant `privileges` on a table that has no row security, knowingly: accounts, sessions, reference data."""

    def __init__(self, table: str, privileges: str) -> None:
        self.table, self.privileges = table, privileges

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the constructor's arguments."""
        return type(self).__name__, [self.table, self.privileges], {}

    def statements(self) -> list[str]:
        return [f"GRANT {self.privileges} ON {self.table} TO {{app}}, {{job}}"]


class AppendOnly(_Statement):
    """Refuse UPDATE, DELETE and TRUNCATE on `table` for every role, the owner included."""

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the constructor's arguments."""
        return type(self).__name__, [self.table], {}

    def statements(self) -> list[str]:
        return [
            """CREATE OR REPLACE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$""",
            f"""CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {self.table}
            FOR EACH ROW EXECUTE FUNCTION app.refuse_change()""",
            f"""CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {self.table}
            FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()""",
        ]
