"""What differs between two versions of a plan, field by field, for whoever may read both."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from findings.models import Action, Ask, PlanVersion
from web.dates import month_text
from web.differences import is_changed, paired


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a version says, beside what the other says in its place; empty where it says nothing."""

    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the two say different things."""
        return is_changed(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the template with its lines."""

    label: str
    lines: list[Line]

    @property
    def is_changed(self) -> bool:
        """Whether anything in it differs."""
        return any(one.is_changed for one in self.lines)


def compared(before: PlanVersion, after: PlanVersion) -> list[Field]:
    """Return the fields of two versions side by side, in the template's order; empty ones are left out."""
    return [one for one in _fields(before, after) if any(line.before or line.after for line in one.lines)]


def _fields(before: PlanVersion, after: PlanVersion) -> Iterator[Field]:
    old, new = before.said, after.said
    yield Field(_("Person completing"), [Line(before.completed_by, after.completed_by)])
    yield Field(_("Why it happens"), _lines(old.root_causes, new.root_causes))
    yield Field(
        _("What will be done"), _lines([_action(o) for o in old.actions], [_action(n) for n in new.actions])
    )
    yield Field(_("Who needs to be involved"), _lines(old.stakeholders, new.stakeholders))
    yield Field(_("Looked into so far"), [Line(old.investigation, new.investigation)])
    yield Field(_("Programmes and studies"), _lines(old.initiatives, new.initiatives))
    yield Field(_("What is asked of customers"), _lines(_asks(old.asks), _asks(new.asks)))
    yield Field(_("File of the site"), [Line(_file(before), _file(after))])


def _lines(before: "tuple[str, ...] | list[str]", after: "tuple[str, ...] | list[str]") -> list[Line]:
    return [Line(*pair) for pair in paired(before, after)]


def _action(one: Action) -> str:
    parts = [
        one.what,
        _("Who: %(who)s") % {"who": one.who} if one.who else "",
        _("By: %(month)s") % {"month": month_text(one.month)} if one.month else "",
        _("Help needed: %(help)s") % {"help": one.support} if one.support else "",
        _("Works if: %(measure)s") % {"measure": one.measure} if one.measure else "",
    ]
    return "\n".join(filter(None, parts))


def _asks(asked: frozenset[str]) -> list[str]:
    return [str(one.label) for one in Ask if one.value in asked]


def _file(version: PlanVersion) -> str:
    return version.document.name if version.document else ""
