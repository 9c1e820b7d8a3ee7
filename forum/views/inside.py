"""The door of every page inside a group, and the head and tabs that all of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.lifecycle import ParticipantState
from forum.models import CompetitionNotice, Group
from forum.permissions.group import can_enter
from forum.queries.group import access_to, group_called, notice_to_accept, own_part
from forum.views.onward import name_first
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb

P = ParamSpec("P")
# A tab shows as soon as its page exists.
TABS: tuple[tuple[str, "str | Promise"], ...] = (
    ("discussion", gettext_lazy("Discussion")),
    ("work", gettext_lazy("Work")),
    ("meetings", gettext_lazy("Meetings")),
    ("consultations", gettext_lazy("Consultations")),
    ("people", gettext_lazy("People")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a group."""

    label: str
    url: str
    is_current: bool


def inside_group(
    view: Callable[Concatenate[ViewerRequest, Group, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let the people of a group in: `def threads(request, group, …)` for `groups/<key>/…`.

    A participant who has not accepted the notice in force, or has no name, is led there and back; everybody else is
    told how to join.
    Raises: NotVisible; Forbidden "outside-group".
    """

    @member_required
    @wraps(view)
    def guarded(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = str(kwargs.pop("key"))
        access = access_to(key, request.viewer)
        group = access.group if access else group_called(key, viewer=request.viewer)
        if access is None:
            if notice := _notice_in_the_way(request, group):
                messages.info(request, _("Read and accept the competition-law notice first."))
                return redirect(f"{reverse('forum:notice', args=[notice.code])}?next={request.path}")
            can_enter(request.viewer, group).require()
        if asks := name_first(request, group_url(group) if request.method == "POST" else ""):
            return asks
        request.place = "forum:groups"
        return view(request, group, *args, **kwargs)

    return guarded


def group_page(
    request: HttpRequest,
    group: Group,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    tab: str,
    crumbs: list[Crumb] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page inside a group; `template` extends `forum/group_base.html` and fills `inside`.

    Args:
        tab: the key of the tab that the page belongs to. crumbs: what lies between the group and this page.
    """
    way = [Crumb(_("Forum"), reverse("forum:groups")), Crumb(group.title, group_url(group)), *(crumbs or [])]
    given = {"group": group, "tabs": tabs_of(group, tab), "crumbs": way, **(context or {})}
    return render(request, template, given, status=status)


def group_url(group: Group) -> str:
    """Return the address of a group's door."""
    return reverse("forum:group", args=[group.key])


def tabs_of(group: Group, current: str = "") -> list[Tab]:
    """Return the parts of the group that have a page: `forum:group_discussion` and so on."""
    found = []
    for name, label in TABS:
        try:
            url = reverse(f"forum:group_{name}", args=[group.key])
        except NoReverseMatch:
            continue
        found.append(Tab(str(label), url, name == current))
    return found


def _notice_in_the_way(request: ViewerRequest, group: Group) -> CompetitionNotice | None:
    part = own_part(request.viewer, group)
    if part is None or part.state != ParticipantState.ACTIVE:
        return None
    return notice_to_accept(request.viewer, group)
