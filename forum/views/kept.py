"""What a form for a decision or an action item begins with when it comes from a meeting."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from forum.models import Group, LineKind, Meeting, Minutes, MinutesLine
from forum.queries.participant import people_in
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest


@dataclass(frozen=True, slots=True)
class Origin:
    """The meeting that the address names, and the line of its minutes; both may be missing.

    Args:
        number: of the minutes that the form leads back to; 0 where there are none.
    """

    meeting: Meeting | None = None
    line: MinutesLine | None = None
    number: int = 0

    @property
    def back(self) -> str:
        """The address of the minutes, or "" without a meeting."""
        if self.meeting is None:
            return ""
        names = [self.meeting.group.key, self.meeting.code]
        if not self.number:
            return reverse("forum:meeting", args=names)
        return reverse("forum:minutes", args=[*names, self.number])

    def note(self, otherwise: str) -> str:
        """Return what a form says above its fields."""
        if self.meeting is None:
            return otherwise
        said = _("It comes from the meeting “%(title)s”, and its minutes show it.") % {
            "title": self.meeting.title
        }
        return f"{said} {otherwise}"


def origin_of(request: ViewerRequest, group: Group) -> Origin:
    """Return where something comes from, as the address says: `?meeting=…&line=…`.

    Raises: NotVisible.
    """
    code, line = str(request.GET.get("meeting", "")), str(request.GET.get("line", ""))
    if not code:
        return Origin()
    rows = Meeting.objects.filter(group=group).select_related("group")
    meeting = fetch(Meeting, code, viewer=request.viewer, queryset=rows)
    if line:
        lines = MinutesLine.objects.filter(minutes__meeting=meeting).select_related("minutes")
        found = fetch(MinutesLine, line, viewer=request.viewer, queryset=lines)
        return Origin(meeting, found, found.minutes.number)
    versions = Minutes.objects.visible_to(request.viewer).filter(meeting=meeting).order_by("-number")
    return Origin(meeting, None, versions.values_list("number", flat=True).first() or 0)


def item_initial(request: ViewerRequest, group: Group, line: MinutesLine | None) -> dict[str, Any]:
    """Return what the form of an action item begins with; a name that one person inside bears finds its owner."""
    if line is None or line.kind != LineKind.ACTION:
        return {}
    named = [
        one.code
        for one in people_in(group, request.viewer)
        if line.owner and line.owner.casefold() in one.person_name.casefold()
    ]
    return {
        "title": line.text,
        "due_on": line.due_on,
        "owner": named[0] if len(named) == 1 else None,
        **({"language": line.language} if line.language else {}),
    }


def decision_initial(line: MinutesLine | None) -> dict[str, Any]:
    """Return what the form of a decision begins with."""
    if line is None or line.kind != LineKind.DECISION:
        return {}
    return {
        "title": line.text[:200],
        "proposal": line.text,
        **({"language": line.language} if line.language else {}),
    }
