"""A scope that a list may ask for in two parts, each with a plan of its own: what an audit firm made, and the rest.

Most of what a firm sees it made itself, which a row says without a look into `AuditAccess`, and which an index has in
the list's order. The database finds that way for one part alone, not for "made by us, or opened to us". So a list takes
its first rows of each part and merges them (`web.paging.in_order`). Anybody else who evaluates the rows asks for the
whole, as `visible_to` says it. No row is in two parts, and the parts together are the whole.
"""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.compiler import SQLCompiler

from organisations.visibility import Capability, Viewer

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)
WHOLE, MADE, OPENED = range(3)


class Seen(models.Expression):
    """A scope; which part of it is asked for, the query says (`Query.part`): the whole, unless told otherwise."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, whole: models.Exists, made: Exact[Any], opened: models.Exists) -> None:
        """`made` and `opened` are `whole` in two parts."""
        super().__init__()
        self.parts: list[Any] = [whole, made, opened]

    def get_source_expressions(self) -> list[Any]:
        """Return all parts, for resolving."""
        return self.parts

    def set_source_expressions(self, exprs: Any) -> None:
        """Take the parts, resolved."""
        self.parts = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """Write the part that the query asks for."""
        return compiler.compile(self.parts[getattr(compiler.query, "part", WHOLE)])


class QuerySetInParts(models.QuerySet[Row_co]):
    """Rows of audits, seen through `AuditAccess`."""

    def seen(self, viewer: Viewer, access: "models.QuerySet[Any]") -> Self:
        """Keep the rows of audits that are open to the viewer's organisation.

        Args:
            access: rows of `AuditAccess` for the audit of a row, of any organisation.
        """
        whole = models.Exists(access.filter(organisation_id=viewer.organisation_id))
        if not viewer.has(Capability.AUDIT_FIRM):
            return self.filter(whole)
        made = Exact(models.F("audit_firm_id"), viewer.organisation_id)
        opened = models.Exists(access.filter(opened_to=viewer.organisation_id))
        rows = self.filter(Seen(whole, made, opened))
        rows.query.has_parts = True  # type: ignore[attr-defined]
        return rows

    def in_parts(self) -> list[Self]:
        """Return the same rows as one or more query sets that share none."""
        is_plain = self.query.group_by is None and not self.query.combinator and not self.query.is_sliced
        if not (is_plain and getattr(self.query, "has_parts", False)):
            return [self]
        return [self._of_part(MADE), self._of_part(OPENED)]

    def _of_part(self, part: int) -> Self:
        rows = self.all()
        rows.query.part = part  # type: ignore[attr-defined]
        return rows
