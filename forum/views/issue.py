"""Standing issues: raise one, its page with what came of each time, close it, open it again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import issue as act
from forum.forms.work import IssueForm, NoteForm
from forum.models import Group, Issue, IssueNote
from forum.permissions.work import can_work
from forum.queries.meeting_work import on_agendas
from forum.views.inside import group_page, inside_group
from forum.views.work_pieces import TAB, answered, posted, trail
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb

NEWEST = 50


def _issue(request: ViewerRequest, group: Group, code: str) -> Issue:
    rows = Issue.objects.filter(group=group).select_related("group")
    return fetch(Issue, code, viewer=request.viewer, queryset=rows)


def _url(found: Issue) -> str:
    return reverse("forum:issue", args=[found.group.key, found.code])


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Raise an issue."""
    can_work(request.viewer, group).require()

    def add(given: dict[str, Any]) -> str:
        return _url(act.raise_issue(viewer=request.viewer, group=group, at=timezone.now(), **given))

    return answered(
        request,
        group,
        IssueForm(posted(request)),
        add,
        heading=_("New issue"),
        verb=_("Keep it in sight"),
        done=_("The issue stands until somebody closes it."),
        note=_("Issues stay from meeting to meeting until they are closed."),
    )


@inside_group
@require_safe
def issue(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show an issue."""
    found = _issue(request, group, code)
    notes = IssueNote.objects.visible_to(request.viewer).filter(issue=found).order_by("-at", "-id")[:NEWEST]
    context = {
        "issue": found,
        "notes": list(notes),
        "points": on_agendas(request.viewer, found),
        "may_work": bool(can_work(request.viewer, group)),
    }
    crumbs = trail(group, Crumb(_("Issue")))
    return group_page(request, group, "forum/issue.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def note(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Write a note."""
    found = _issue(request, group, code)
    can_work(request.viewer, group).require()

    def add(given: dict[str, Any]) -> str:
        act.note(viewer=request.viewer, issue=found, at=timezone.now(), **given)
        return _url(found)

    return answered(
        request,
        group,
        NoteForm(posted(request)),
        add,
        heading=_("Note on the issue"),
        verb=_("Write the note"),
        done=_("The note stands there."),
        back=_url(found),
    )


@inside_group
@require_POST
def close(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Close it."""
    found = _issue(request, group, code)
    act.close_issue(viewer=request.viewer, issue=found, at=timezone.now())
    messages.success(request, _("The issue is closed."))
    return go_to(request, _url(found))


@inside_group
@require_POST
def reopen(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Let it stand again."""
    found = _issue(request, group, code)
    act.reopen_issue(viewer=request.viewer, issue=found, at=timezone.now())
    messages.success(request, _("The issue stands again."))
    return go_to(request, _url(found))
