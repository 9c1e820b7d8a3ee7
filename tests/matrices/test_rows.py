# ruff: noqa: S608 (names out of our own models)
"""Row security against the oracle: what raw SQL as the role app reads and writes of other people's rows.

Pages and programs ask `visible_to` before the database is asked, so a hole in a policy would show nowhere else. Here
nobody asks anything but PostgreSQL. Site limits are the program's own: the database knows organisations and people.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, models, transaction

from ledger.acting import acting
from ledger.codes import new_code
from organisations.models import Organisation, Person
from tests.matrices.canaries import tenant_models
from tests.matrices.crawl import Crowd
from tests.matrices.oracle import Facts, Reader, Row, sees
from tests.matrices.principals import BY_NAME, PEOPLE

WHO = sorted(PEOPLE)
STRANGERS = sorted({"far_supplier", "unlinked", "asking", "ended", "stakeholder", "operator"})
OPEN = {"organisations.Person"}  # accounts: read before anybody is recognised
# What an organisation writes for itself, whatever the row it was copied from said.
OF_ONES_OWN = {
    "findings_position",
    "findings_savedview",
    "findings_tableexport",
    "forum_bodyfollower",
    "forum_event",
    "forum_grouplistening",
    "forum_newschoice",
    "forum_noticeacceptance",
    "forum_participant",
    "forum_registration",
    "forum_series",
    "forum_threadreading",
    "organisations_apitoken",
    "organisations_invitation",
    "schemes_issue",
    "schemes_schememembership",
    "schemes_trackedcompany",
    "sourcing_externalid",
    "sourcing_matchdecision",
    "sourcing_registerentry",
    "sourcing_site",
    "sourcing_siteimport",
}
# Words and figures that others rely on; of each there is one in the world that can be said once more.
SIGNED = {
    "findings_callstep",
    "findings_commitmentstep",
    "findings_planresponse",
    "findings_planupdate",
    "findings_planversion",
    "findings_positionversion",
    "findings_rhythmrequest",
    "findings_variance",
}
FRESH = count(10**6)


def policed() -> list[type[models.Model]]:
    """Return the models whose tables are under row security."""
    return [model for model in tenant_models() if model._meta.label not in OPEN]


def foreign(known: Facts, reader: Reader, model: type[models.Model]) -> dict[int, Row]:
    """Return the rows that are nothing of the reader's, by what the oracle says."""
    label = model._meta.label
    return {
        key: row
        for key, row in known[label].items()
        if not _is_about_oneself(known, reader, label, row) and not sees(known, reader, label, key)
    }


def _is_about_oneself(known: Facts, reader: Reader, label: str, row: Row) -> bool:
    """Rows that say why one sees something hold no words, so the oracle has nothing to say of them."""
    if label == "findings.AuditGrant":
        return bool(row["user_id"] == reader.person)
    if label == "organisations.Membership" and row["person_id"] == reader.person:
        return True
    if label == "organisations.Organisation" and row["is_listed"]:
        return True  # whoever has no organisation yet looks for theirs
    if label == "sourcing.EvidenceSite":
        return bool(row["organisation_id"] == reader.organisation)
    if label == "sourcing.TradeLinkSite":
        return sees(known, reader, "sourcing.TradeLink", row["link_id"])
    return label.endswith("Access") and row["organisation_id"] == reader.organisation


def asked(sql: str, *values: Any) -> list[Any]:
    """Run one statement in a savepoint of its own; return its rows, or how many it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else [cursor.rowcount] if cursor.rowcount else []


def granted(privilege: str) -> Iterator[tuple[type[models.Model], str]]:
    """Yield the policed tables, each with a column, in which the role app may do this."""
    for model in policed():
        columns = [field.column for field in model._meta.concrete_fields]
        rows = asked(
            """SELECT c FROM unnest(%s::text[]) AS c WHERE has_column_privilege(current_user, %s, c, %s) LIMIT 1""",
            columns,
            model._meta.db_table,
            privilege,
        )
        if rows:
            yield model, rows[0][0]


@pytest.fixture
def reader(crowd: Crowd, known: Facts, who: str) -> Iterator[Reader]:
    """Act as somebody, as a request of theirs would."""
    found = replace(crowd.reader(BY_NAME[who], known), sites=None)
    with acting(person_id=found.person, organisation_id=found.organisation):
        yield found


@pytest.mark.parametrize("who", WHO)
def test_nobody_reads_by_sql_what_the_oracle_hides(known: Facts, reader: Reader) -> None:
    found = {}
    for model in policed():
        shown = {key for (key,) in asked(f"SELECT id FROM {model._meta.db_table}")}
        if more := shown & foreign(known, reader, model).keys():
            found[model._meta.label] = sorted(more)
    assert found == {}


@pytest.mark.parametrize("who", WHO)
def test_nobody_changes_or_deletes_by_sql_what_they_do_not_see(known: Facts, reader: Reader) -> None:
    found = []
    for model, column in granted("UPDATE"):
        keys, table = list(foreign(known, reader, model)), model._meta.db_table
        if asked(f"UPDATE {table} SET {column} = {column} WHERE id = ANY(%s)", keys):
            found.append(f"update {table}")
    for model in policed():
        keys, table = list(foreign(known, reader, model)), model._meta.db_table
        (may,) = asked("SELECT has_table_privilege(current_user, %s, 'DELETE')", table)[0]
        if may and asked(f"DELETE FROM {table} WHERE id = ANY(%s)", keys):
            found.append(f"delete {table}")
    assert found == []


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_add_by_sql_only_what_is_their_own(known: Facts, reader: Reader) -> None:
    """Copies of other people's rows: as they are, and with every organisation and person made one's own."""
    as_it_is, made_own = set(), set()
    for model, _column in granted("INSERT"):
        for row in foreign(known, reader, model).values():
            if _is_added(model, dict(row)):
                as_it_is.add(model._meta.db_table)
            if _is_added(model, _made_own(model, row, reader)):
                made_own.add(model._meta.db_table)
    assert as_it_is == set()
    assert made_own <= OF_ONES_OWN


def test_words_are_signed_by_whoever_adds_them(crowd: Crowd, known: Facts) -> None:
    """Everyone says again what their organisation may say, in the name of somebody they do not know."""
    signed = set()
    somebody = crowd.world.people["operator"].pk
    for who in ("supplier", "customer", "rival"):
        reader = replace(crowd.reader(BY_NAME[who], known), sites=None)
        with acting(person_id=reader.person, organisation_id=reader.organisation):
            for model, _column in granted("INSERT"):
                if model._meta.db_table not in SIGNED:
                    continue
                for row in known[model._meta.label].values():
                    copy = {**row, "person_id": somebody}
                    if "number" in copy:
                        copy["number"] = next(FRESH) % 10_000 + 500
                    if _is_added(model, copy, signed_by=reader.person):
                        signed.add(model._meta.db_table)
    assert signed == SIGNED


def _made_own(model: type[models.Model], row: Row, reader: Reader) -> Row:
    copy = dict(row)
    for field in model._meta.concrete_fields:
        if field.related_model is Organisation:
            copy[field.attname] = reader.organisation
        if field.related_model is Person and copy[field.attname] is not None:
            copy[field.attname] = reader.person
    return copy


def _is_added(model: type[models.Model], row: Row, *, signed_by: int | None = None) -> bool:
    """Tell whether a row with a key and a code of its own can be added; it is taken back."""
    table = model._meta.db_table
    row["id"] = next(FRESH)
    for field in model._meta.concrete_fields:
        is_text = field.unique and isinstance(field, models.CharField)
        if is_text:
            row[field.attname] = new_code()
        if field.unique and field.is_relation:
            row[field.attname] = (
                None  # what hinders is to be row security, not that somebody was there before
            )
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    values = json.dumps(row, cls=DjangoJSONEncoder)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(null::{table}, %s)",
                [values],
            )
            if signed_by is not None:
                cursor.execute(f"SELECT person_id FROM {table} WHERE id = %s", [row["id"]])
                assert cursor.fetchone() == (signed_by,), table
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True
