"""Questions about initiatives; also for readers without an account."""

from organisations.visibility import Viewer
from schemes.models import Initiative
from schemes.models.initiative import InitiativeQuerySet


def listed_initiatives(viewer: Viewer | None, *, name: str = "") -> InitiativeQuerySet:
    """Return the initiatives that a reader may see, narrowed by words of the name."""
    rows = Initiative.objects.visible_to(viewer)
    return rows.filter(name__icontains=name.strip()) if name.strip() else rows


def initiatives_with(codes: list[str], *, most: int) -> list[Initiative]:
    """Return the published initiatives with these codes, in the order asked for, at most `most`."""
    wanted = [code.upper() for code in codes if "\0" not in code][:most]
    found = {one.code: one for one in Initiative.objects.visible_to(None).filter(code__in=wanted)}
    return [found[code] for code in dict.fromkeys(wanted) if code in found]
