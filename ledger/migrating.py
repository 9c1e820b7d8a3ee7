"""Migrations that render the models' state once for many tables.

Django renders every model that hangs together with a changed one after each operation, and here all of them hang
together: an organisation is never far. What one migration creates or adds in a row is told to the state first,
rendered once, and then made in the database in the same order.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

ADDITIONS = (migrations.AddConstraint, migrations.AddField, migrations.AddIndex)


class Migration(migrations.Migration):
    """A migration whose tables and additions in a row share one rendering of the models."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Run the operations, those that can go together as one."""
        self.operations = list(together(self.operations))  # type: ignore[misc]  # each migration has its own list
        return super().apply(project_state, schema_editor, collect_sql)


def together(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Join operations in a row, as long as none of them adds to a table that another of them creates."""
    row: list[Operation] = []
    created: set[str] = set()
    for operation in operations:
        fits = isinstance(operation, migrations.CreateModel) or (
            isinstance(operation, ADDITIONS) and operation.model_name_lower not in created
        )
        if not fits and row:
            yield Together(row)
            row, created = [], set()
        if isinstance(operation, migrations.CreateModel):
            created.add(operation.name_lower)
            row.append(operation)
        elif isinstance(operation, ADDITIONS):
            row.append(operation)
        else:
            yield operation
    if row:
        yield Together(row)


class Together(Operation):
    """Several operations on the models, with one state before all of them and one after."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state by all of them; what was rendered of it is forgotten and made again when asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Make each of them in the database."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Name all of them, for `sqlmigrate`."""
        return "\n-- ".join(operation.describe() for operation in self.operations)
