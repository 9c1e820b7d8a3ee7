"""What came of a meeting and is kept in the work of its group; and where a standing issue was on the agenda."""

from dataclasses import dataclass

from forum.models import ActionItem, AgendaItem, Decision, Issue, Meeting, MinutesSection
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Kept:
    """Decisions and action items that came from a meeting, oldest first."""

    decisions: list[Decision]
    items: list[ActionItem]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.decisions or self.items)

    def says(self, words: str) -> bool:
        """Tell whether one of them says this already."""
        known = {words for one in self.decisions for words in (one.title, one.proposal)}
        known |= {one.title for one in self.items}
        return _plain(words) in map(_plain, known)


def _plain(words: str) -> str:
    return words.strip().rstrip(".").casefold()


def kept_from(viewer: Viewer, meeting: Meeting) -> Kept:
    """Return what is kept from a meeting."""
    decisions = Decision.objects.visible_to(viewer).filter(meeting=meeting)
    items = ActionItem.objects.visible_to(viewer).filter(meeting=meeting)
    return Kept(list(decisions.order_by("pk")), list(items.order_by("pk")))


def unkept_lines(sections: list[MinutesSection], kept: Kept) -> set[int]:
    """Return the lines of minutes that nobody has taken into the work of the group yet."""
    return {line.pk for section in sections for line in section.lines.all() if not kept.says(line.text)}


def on_agendas(viewer: Viewer, issue: Issue) -> list[AgendaItem]:
    """Return the points of agendas that are about an issue, those of the newest meeting first."""
    rows = AgendaItem.objects.visible_to(viewer).filter(issue=issue).select_related("meeting")
    return list(rows.order_by("-meeting__starts_at", "position")[:50])
