"""Additions in a row go together, and make the same database as one by one."""

from unittest.mock import patch

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState, StateApps

from ledger import migrating
from ledger.migrating import Together, together
from ledger.rowsecurity import Sql


def table(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())],
        options={
            "constraints": [models.CheckConstraint(condition=models.Q(size__gt=0), name=f"{name}_has_size")]
        },
    )


def parent(name: str, of: str) -> migrations.AddField:
    field = models.ForeignKey(f"ledger.{of}", models.CASCADE, null=True, related_name="+")
    return migrations.AddField(model_name=name, name="parent", field=field)


def index(name: str) -> migrations.AddIndex:
    return migrations.AddIndex(model_name=name, index=models.Index(fields=["size"], name=f"{name}_by_size"))


class OneByOne(migrations.Migration):
    operations = [
        table("Crate"),
        table("Box"),
        parent("box", of="Crate"),
        index("crate"),
        Sql("SELECT 1"),
        table("Lid"),
        index("box"),
        migrations.RemoveField(model_name="box", name="parent"),
    ]


class InRows(migrating.Migration):
    operations = OneByOne.operations


def test_rows_end_where_a_table_made_in_them_is_touched_and_at_other_operations() -> None:
    rows = [
        [inner.describe() for inner in outer.operations] if isinstance(outer, Together) else outer.describe()
        for outer in together(OneByOne.operations)
    ]

    assert rows == [
        ["Create model Crate", "Create model Box"],
        ["Add field parent to box", "Create index crate_by_size on field(s) size of model crate"],
        "Sql",
        ["Create model Lid", "Create index box_by_size on field(s) size of model box"],
        "Remove field parent from box",
    ]


def run(kind: type[migrations.Migration]) -> tuple[list[str], ProjectState, int]:
    """Return the SQL of a migration, the state after it, and how often all models were rendered."""
    state = ProjectState()
    with (
        patch.object(
            StateApps, "render_multiple", autospec=True, side_effect=StateApps.render_multiple
        ) as renders,
        connection.schema_editor(collect_sql=True, atomic=False) as editor,
    ):
        state = kind("0001_boxes", "ledger").apply(state, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")], state, renders.call_count


@pytest.mark.django_db
def test_the_database_and_the_state_are_the_same_as_one_by_one() -> None:
    sql, state, renders = run(OneByOne)
    sql_in_rows, state_in_rows, renders_in_rows = run(InRows)

    assert any("CREATE TABLE" in line for line in sql)
    assert sql_in_rows == sql
    assert state_in_rows == state
    assert renders_in_rows < renders
