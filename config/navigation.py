"""The navigation: what a member can reach, by what their organisation is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.at_hand import at_hand
from organisations.visibility import Capability, Viewer


@dataclass(frozen=True)
class Item:
    """One line of the navigation."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """A titled group of lines; the first has no title."""

    title: str
    items: list[Item]


@dataclass(frozen=True)
class Place:
    """A page that the navigation offers to organisations with one of `capabilities` (None: everyone)."""

    label: "str | Promise"
    route: str
    icon: str
    capabilities: frozenset[Capability] | None = None

    def is_for(self, viewer: Viewer) -> bool:
        """Tell whether the viewer's organisation is one that the page serves."""
        return self.capabilities is None or bool(self.capabilities & viewer.capabilities)


def _only(*capabilities: Capability) -> frozenset[Capability]:
    return frozenset(capabilities)


_ALL = _only(Capability.SUPPLIER, Capability.BUYER, Capability.AUDIT_FIRM)
_KEEPERS = _ALL | _only(Capability.STAKEHOLDER)
# What is done day by day.
MAIN = (
    Place(gettext_lazy("Home"), "home", "home"),
    Place(gettext_lazy("My sites"), "sourcing:sites", "factory", _only(Capability.SUPPLIER)),
    Place(gettext_lazy("Portfolio"), "findings:portfolio", "chart-column", _only(Capability.BUYER)),
    Place(gettext_lazy("Sites I audit"), "sourcing:engagements", "clipboard", _only(Capability.AUDIT_FIRM)),
    Place(gettext_lazy("Audits"), "findings:audits", "search", _ALL),
    Place(gettext_lazy("Non-compliances"), "findings:non_compliances", "flag", _ALL),
    Place(gettext_lazy("To verify"), "findings:to_verify", "circle-check", _only(Capability.AUDIT_FIRM)),
    Place(gettext_lazy("Working together"), "findings:working_together", "thread", _ALL),
    Place(gettext_lazy("Evidence"), "findings:evidence", "archive", _KEEPERS),
    Place(
        gettext_lazy("Assessments"),
        "schemes:assessments",
        "clipboard-check",
        _only(Capability.SCHEME_BODY),
    ),
    Place(gettext_lazy("Schemes"), "schemes:memberships", "award"),
)
# What is set up once and looked at now and then.
PARTNERS = (
    Place(gettext_lazy("Suppliers"), "sourcing:suppliers", "truck", _only(Capability.BUYER)),
    Place(gettext_lazy("Site register"), "sourcing:register", "list", _only(Capability.BUYER)),
    Place(gettext_lazy("Customers"), "sourcing:customers", "handshake", _only(Capability.SUPPLIER)),
    Place(
        gettext_lazy("Own codes"),
        "findings:variances",
        "scale",
        _only(Capability.BUYER, Capability.SUPPLIER),
    ),
    Place(gettext_lazy("Standing positions"), "findings:positions", "megaphone", _only(Capability.BUYER)),
    Place(
        gettext_lazy("Methodologies"),
        "findings:methodologies",
        "list",
        _only(Capability.AUDIT_FIRM, Capability.OPERATOR),
    ),
    Place(gettext_lazy("Our schemes"), "schemes:schemes", "scale", _only(Capability.SCHEME_BODY)),
)
# What is done together with others.
FORUM = (
    Place(gettext_lazy("Groups"), "forum:groups", "users"),
    Place(gettext_lazy("Updates"), "forum:updates", "megaphone"),
    Place(gettext_lazy("Events"), "forum:events", "calendar"),
)
# What everybody reads, also without an account.
OPEN = (
    Place(gettext_lazy("Registers of members"), "schemes:registers", "award"),
    Place(gettext_lazy("Check a certificate"), "schemes:verify_door", "shield-check"),
    Place(gettext_lazy("Initiatives"), "schemes:initiatives", "users"),
    Place(gettext_lazy("Company tracker"), "schemes:tracker", "target"),
    Place(gettext_lazy("Knowledge"), "sourcing:knowledge", "book-open"),
    Place(gettext_lazy("Consultations"), "forum:consultations", "message-square"),
)
RULES = Place(gettext_lazy("Schemes and their rules"), "schemes:schemes", "scale")
# Exceptional shares and cases: a line only for whoever has something there.
RECEIVED = Place(gettext_lazy("Shared with me"), "findings:received", "eye")
CASES = Place(gettext_lazy("Cases"), "findings:incidents", "lock")
GIVEN = Place(gettext_lazy("Shared outside"), "findings:shares", "eye")
YOURS = (
    Place(gettext_lazy("Inbox"), "organisations:inbox", "inbox"),
    Place(gettext_lazy("Organisation"), "organisations:detail", "building"),
    Place(gettext_lazy("Settings"), "organisations:settings", "settings"),
)


def sections(request: HttpRequest) -> list[Section]:
    """Return the navigation for this request; empty for someone who is not a member."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return []
    known = at_hand(viewer, request.memberships)  # type: ignore[attr-defined]
    counts = {"organisations:inbox": known.unread} if known.unread else {}
    main = [*MAIN, *([RECEIVED] if known.has_received else []), *([CASES] if known.is_named else [])]
    partners = [*PARTNERS, *([GIVEN] if known.has_given else [])]
    groups = [
        Section("", list(_items(main, viewer, request, counts))),
        Section(_("Partners and rules"), list(_items(partners, viewer, request, counts))),
        Section(_("Forum"), list(_items(FORUM, viewer, request, counts))),
        Section(_("Open to everybody"), list(_items(OPEN, viewer, request, counts))),
        Section(_("You"), list(_items(YOURS, viewer, request, counts))),
    ]
    return [group for group in groups if group.items]


def open_places(request: HttpRequest) -> list[Item]:
    """Return what can be read without an account, for a reader who has none or is not a member."""
    if getattr(request, "viewer", None) is not None:
        return []
    found = ((place, reverse(place.route)) for place in (RULES, *OPEN))
    return [Item(str(place.label), url, place.icon, request.path == url) for place, url in found]


def _items(
    places: Iterable[Place], viewer: Viewer, request: HttpRequest, counts: Mapping[str, int]
) -> Iterable[Item]:
    """Give the lines that are for this viewer; a page may say by `request.place` under which line it belongs."""
    said = getattr(request, "place", "")
    for place in places:
        if place.is_for(viewer):
            url = reverse(place.route)
            by_path = request.path == url if url == "/" else request.path.startswith(url)
            current = said == place.route if said else by_path
            yield Item(str(place.label), url, place.icon, current, counts.get(place.route))
