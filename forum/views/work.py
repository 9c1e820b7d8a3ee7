"""The work of a group at a glance, and each kind of it as a list."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from forum.models import ActionItem, Ballot, Decision, Group, Issue, Project
from forum.permissions.group import can_lead
from forum.permissions.work import can_work
from forum.queries.ballot import ballots_to_vote
from forum.queries.group import access_of
from forum.views.feedback_pieces import at_work
from forum.views.inside import group_page, inside_group
from forum.views.work_pieces import TAB, trail
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.paging import keyset_page
from web.pieces import Crumb

SHOWN = 5
# model, order, heading, what the tag is called
KINDS: dict[str, tuple[Any, tuple[str, ...], "str | Promise"]] = {
    "projects": (Project, ("-created_at", "-id"), _("Projects")),
    "actions": (ActionItem, ("-due_on", "-id"), _("Action items")),
    "decisions": (Decision, ("-proposed_at", "-id"), _("Decisions")),
    "ballots": (Ballot, ("-closes_at", "-id"), _("Ballots")),
    "issues": (Issue, ("-opened_at", "-id"), _("Issues")),
}


@inside_group
@require_safe
def work(request: ViewerRequest, group: Group) -> HttpResponse:
    """Show what the group works on: of each kind the few that matter now."""
    viewer = request.viewer

    def newest(model: Any, *order: str, **which: Any) -> Any:
        return model.objects.visible_to(viewer).filter(group=group, **which).order_by(*order)[:SHOWN]

    access = access_of(viewer, group)
    is_open = not group.is_closed
    context: dict[str, Any] = {
        "projects": _lines(newest(Project, "-created_at", "-id")),
        "items": _lines(newest(ActionItem, "due_on", "id", state="open")),
        "decisions": _lines(newest(Decision, "-proposed_at", "-id")),
        "ballots": _lines(newest(Ballot, "-closes_at", "-id")),
        "to_vote": _to_vote(viewer, group),
        "issues": _lines(newest(Issue, "-opened_at", "-id", state="open")),
        "is_lead": is_open and access is not None and access.is_co_lead,
        "may_work": is_open and access is not None and not access.is_guest,
        **at_work(viewer, group, at=timezone.now()),
    }
    return group_page(request, group, "forum/work.html", context, tab=TAB)


@inside_group
@require_safe
def listed(request: ViewerRequest, group: Group, kind: str) -> HttpResponse:
    """List everything of one kind, the newest first."""
    if kind not in KINDS:
        raise Http404
    model, order, heading = KINDS[kind]
    rows = model.objects.visible_to(request.viewer).filter(group=group)
    page = keyset_page(rows, request=request, order=order)
    context = {
        "page": page,
        "rows": _lines(page.rows),
        "kind": kind,
        "heading": heading,
        "to_vote": _to_vote(request.viewer, group) if kind == "ballots" else set(),
        "may_add": bool(
            can_lead(request.viewer, group)
            if kind in {"projects", "ballots"}
            else can_work(request.viewer, group)
        ),
    }
    crumbs = trail(group, Crumb(str(heading)))
    return group_page(request, group, "forum/work_list.html", context, tab=TAB, crumbs=crumbs)


def _to_vote(viewer: Viewer, group: Group) -> set[int]:
    """Return the ballots in which the viewer's seat has not voted and they are the one to do it."""
    rows = ballots_to_vote(viewer, at=timezone.now()).filter(group=group)
    return set(rows.values_list("pk", flat=True))


def _lines(rows: Any) -> list[tuple[Any, str]]:
    """Return rows with how they stand now."""
    now, today = timezone.now(), timezone.localdate()
    return [
        (
            row,
            row.phase(now)
            if isinstance(row, Ballot)
            else row.phase(today)
            if isinstance(row, ActionItem)
            else row.state,
        )
        for row in rows
    ]
