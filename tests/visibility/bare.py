# ruff: noqa: S608 (names of our own tables)
"""Rows out of thin air: what a row policy says of each of them, whatever constraints and triggers would say.

Within the transaction of one test the tables lose their constraints and triggers. So a row needs only the columns
that a policy asks about, every combination of them can stand there, and a policy is asked as a table of truth.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from ledger.acting import acting, present_secret
from organisations.visibility import Capability, Role, Viewer

Row = dict[str, Any]
Columns = dict[str, tuple[Any, ...]]  # what each column may hold
# Who asks, and everything they are not.
ME, SOMEBODY = 1, 2
OWN, OTHER = 11, 12
THIS, THAT = 101, 102
SECRET = "5" * 64  # what whoever asks has shown
PAST, FUTURE = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
STRIPPED = """
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT conname AS name FROM pg_constraint
              WHERE conrelid = '{table}'::regclass AND contype IN ('c', 'u', 'x', 'f') LOOP
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I CASCADE', one.name);
  END LOOP;
  FOR one IN SELECT indexrelid::regclass AS name FROM pg_index
              WHERE indrelid = '{table}'::regclass AND indisunique AND NOT indisprimary LOOP
    EXECUTE format('DROP INDEX %s', one.name);
  END LOOP;
  FOR one IN SELECT attname AS name FROM pg_attribute
              WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attnotnull AND attname <> 'id' LOOP
    EXECUTE format('ALTER TABLE {table} ALTER COLUMN %I DROP NOT NULL', one.name);
  END LOOP;
END $$"""

TRIGGERS_ON = """
SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'"""
# A statement that is added here is run by a trigger.
DEEPER = """
CREATE TEMP TABLE deeper (statement text);
CREATE FUNCTION pg_temp.run() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN EXECUTE NEW.statement; RETURN NULL; END';
CREATE TRIGGER run AFTER INSERT ON deeper FOR EACH ROW EXECUTE FUNCTION pg_temp.run()"""


@dataclass(frozen=True)
class Fact:
    """A row of another table on which a policy rests: a line of access, a grant, a trade link."""

    table: str
    row: Row

    def but(self, **other: Any) -> "Fact":
        """Return the same with something else in it."""
        return Fact(self.table, self.row | other)


Held = tuple[Fact, ...]
Rule = Callable[[Row, Held], bool]


def combinations(columns: Columns, first: int = THIS) -> list[Row]:
    """Return a row for every combination of what the columns may hold, each with a key of its own."""
    choices = itertools.product(*columns.values())
    rows = [dict(zip(columns, values, strict=True)) for values in choices]
    return [{"id": key} | row for key, row in enumerate(rows, start=first)]


class Bare:
    """The tables without anything but their policies, for one person who acts for one organisation."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.off: set[tuple[str, str]] = set()  # triggers that were switched off here
        self.keys = itertools.count(10**6)

    def put(self, table: str, rows: Iterable[Row]) -> list[int]:
        """Add rows past everything that could refuse them; return their keys."""
        added = []
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            self._strip(table)
            cursor.execute("SET LOCAL session_replication_role = replica")
            for row in rows:
                whole = {"id": next(self.keys)} | row
                self._insert(table, whole)
                added.append(whole["id"])
            cursor.execute("SET LOCAL session_replication_role = origin")
        self.back()
        return added

    def _strip(self, table: str) -> None:
        if table not in self.tables:
            self.tables.add(table)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(STRIPPED.format(table=table))
                cursor.execute(f'GRANT SELECT ON {table} TO "{settings.DB_ROLES["app"]}"')

    def back(self) -> None:
        """Be the role app again."""
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{settings.DB_ROLES["app"]}"')

    def shown(self, table: str) -> set[int]:
        """Return the keys of the rows that a bare SELECT shows."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table}")
            return {key for (key,) in cursor.fetchall()}

    def scoped(self, table: str) -> set[int]:
        """Return the keys of the rows that the query set shows an admin, with no row security behind it."""
        model: Any = next(one for one in apps.get_models() if one._meta.db_table == table)
        viewer = Viewer(ME, OWN, Role.ADMIN, frozenset(Capability))
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        found = set(model._default_manager.visible_to(viewer).values_list("pk", flat=True))
        self.back()
        return found

    def refusal(self, table: str, row: Row, *, trigger: str = "fill") -> str:
        """Return why this trigger alone refuses to add a row, or "" when it lets it in; it is taken back."""
        self._only(table, trigger)
        try:
            with transaction.atomic():
                self._insert(table, {"id": next(self.keys)} | row)
                transaction.set_rollback(True)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        finally:
            self.back()
        return ""

    def moved(
        self,
        table: str,
        row: Row,
        change: Row | None,
        *,
        trigger: str = "guard",
        ask: str = "SELECT ''",
        within: int | None = None,
    ) -> Any:
        """Change a row so, or (None) delete it, with this trigger alone; return why not, or what `ask` then finds.

        Everything is taken back.

        Args:
            within: do it from within another trigger, while this audit is revised (0: none is).
        """
        key = row["id"]
        sql = f"DELETE FROM {table} WHERE id = {key}"
        if change is not None:
            names, values = ", ".join(change), json.dumps(change).replace("'", "''")
            said = f"SELECT {names} FROM jsonb_populate_record(NULL::{table}, '{values}')"
            sql = f"UPDATE {table} SET ({names}) = ROW(one.*) FROM ({said}) AS one WHERE {table}.id = {key}"
        self._only(table, trigger)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                self.put(table, [row])
                cursor.execute("RESET ROLE")
                if within is not None:
                    cursor.execute(DEEPER)
                    cursor.execute("SELECT set_config('app.revising', %s, true)", [str(within or "")])
                    cursor.execute("INSERT INTO deeper VALUES (%s)", [sql])
                else:
                    cursor.execute(sql)
                cursor.execute(ask)
                (found,) = cursor.fetchone()
                transaction.set_rollback(True)
                return found
        except DatabaseError as error:
            return str(error).splitlines()[0]
        finally:
            self.back()

    def mute(self, table: str) -> None:
        """Let a table stand with none of its triggers."""
        self._only(table, "")
        self.back()

    def _only(self, table: str, trigger: str) -> None:
        """Be the owner of everything, with all triggers of a table off but one, which stays as it was."""
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            self._strip(table)
            cursor.execute(TRIGGERS_ON, [table])
            for (name,) in cursor.fetchall():
                if name != trigger:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
                    self.off.add((table, name))
            if (table, trigger) in self.off:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
                self.off.remove((table, trigger))

    def added(self, table: str, row: Row, column: str) -> Any:
        """Add a row, which stays, and return what the trigger that `refusal` asked wrote into a column."""
        key = next(self.keys)
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            self._insert(table, {"id": key} | row)
            cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [key])
            (found,) = cursor.fetchone()
        self.back()
        return found

    def _insert(self, table: str, row: Row) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        sql = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s)"
        with connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps(row)])

    @contextmanager
    def holding(self, facts: Held) -> Iterator[None]:
        """Let facts be true for a while."""
        keys = [(fact.table, self.put(fact.table, [fact.row])) for fact in facts]
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE; SET LOCAL session_replication_role = replica")
                for table, added in keys:
                    cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [added])
                cursor.execute("SET LOCAL session_replication_role = origin")
            self.back()


def policed(app: str) -> set[str]:
    """Return the tables of an app that have a policy for reading."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'app_select'")
        return {name for (name,) in cursor.fetchall() if name.startswith(f"{app}_")}


def assert_shown(
    table: str,
    columns: Columns,
    rule: Rule,
    holdings: Iterable[Held],
    *,
    first: int = THIS,
    ask: Callable[[Bare, str], set[int]] = Bare.shown,
) -> None:
    """Ask for every combination of what a row may say, under each holding, whether it shows when the rule says so."""
    bare, rows = Bare(), combinations(columns, first)
    is_answered = {True: 0, False: 0}
    with acting(person_id=ME, organisation_id=OWN):
        present_secret(SECRET)
        bare.put(table, rows)
        for held in holdings:
            with bare.holding(held):
                shown = ask(bare, table)
            for row in rows:
                expected = rule(row, held)
                assert (row["id"] in shown) is expected, (row, held)
                is_answered[expected] += 1
    assert is_answered[True], f"nothing of {table} was ever shown"


def either(*rules: Rule) -> Rule:
    """Say that one ground is enough."""
    return lambda row, held: any(rule(row, held) for rule in rules)


def both(*rules: Rule) -> Rule:
    """Say that every condition is needed."""
    return lambda row, held: all(rule(row, held) for rule in rules)


def never(rule: Rule) -> Rule:
    """Say that something must not be so."""
    return lambda row, held: not rule(row, held)


def own(*columns: str) -> Rule:
    """Say that the row names the organisation that asks, in one of these columns."""
    return lambda row, _held: any(row[column] == OWN for column in columns)


def mine(column: str = "person_id") -> Rule:
    """Say that the row names the person who asks."""
    return lambda row, _held: bool(row[column] == ME)


def says(column: str, *values: Any) -> Rule:
    """Say that the row has one of these values there."""
    return lambda row, _held: row[column] in values


def there(table: str, asked: Callable[[Row, Row], bool]) -> Rule:
    """Say that there is a fact of a table that answers for the row: `asked(fact, row)`."""
    return lambda row, held: any(fact.table == table and asked(fact.row, row) for fact in held)
