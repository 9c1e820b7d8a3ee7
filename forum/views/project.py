"""Projects: begin one, its page with the milestones drawn, and how it comes along."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import project as act
from forum.forms.work import MilestoneForm, ProjectForm, UpdateForm
from forum.lifecycle import MILESTONE, PROJECT
from forum.models import Group, Milestone, Project, ProjectUpdate
from forum.permissions.group import can_lead
from forum.permissions.work import can_work
from forum.queries.milestones import drawn
from forum.views.inside import group_page, inside_group
from forum.views.work_pieces import TAB, answered, posted, trail
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb

NEWEST = 20


def _project(request: ViewerRequest, group: Group, code: str) -> Project:
    rows = Project.objects.filter(group=group).select_related("group")
    return fetch(Project, code, viewer=request.viewer, queryset=rows)


def _url(found: Project) -> str:
    return reverse("forum:project", args=[found.group.key, found.code])


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Begin a project."""
    can_lead(request.viewer, group).require()

    def add(given: dict[str, Any]) -> str:
        return _url(act.add_project(viewer=request.viewer, group=group, at=timezone.now(), **given))

    return answered(
        request,
        group,
        ProjectForm(posted(request)),
        add,
        heading=_("New project"),
        verb=_("Begin"),
        done=_("The project stands. Everybody in the group is told."),
    )


@inside_group
@require_safe
def project(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a project."""
    found, viewer = _project(request, group, code), request.viewer
    today = timezone.localdate()
    milestones = list(Milestone.objects.visible_to(viewer).filter(project=found).order_by("due_on", "id"))
    updates = ProjectUpdate.objects.visible_to(viewer).filter(project=found).order_by("-at", "-id")[:NEWEST]
    may_work, may_lead = bool(can_work(viewer, group)), bool(can_lead(viewer, group))
    updates_shown = list(updates)
    context: dict[str, Any] = {
        "project": found,
        "picture": drawn(milestones, today=today),
        "milestones": [
            (
                one,
                "late" if one.is_late(today) else one.state,
                [(to, words) for to, words in _reaching() if to in MILESTONE.moves[one.state]],
            )
            for one in milestones
        ],
        "updates": updates_shown,
        "percent": next((one.percent for one in updates_shown if one.percent is not None), None),
        "may_work": may_work,
        "moves": [
            (to, words)
            for to, words in _going_on(found.state)
            if may_lead and to in PROJECT.moves[found.state]
        ],
    }
    crumbs = trail(group, Crumb(_("Project")))
    return group_page(request, group, "forum/project.html", context, tab=TAB, crumbs=crumbs)


def _reaching() -> list[tuple[str, str]]:
    return [("reached", _("It is reached")), ("dropped", _("Give it up")), ("open", _("It is ahead again"))]


def _going_on(state: str) -> list[tuple[str, str]]:
    again = _("Take it up again") if state == "stopped" else _("Begin the work")
    return [("active", again), ("done", _("It is done")), ("stopped", _("Stop it"))]


@inside_group
@require_POST
def move(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Begin, end, stop or take up a project."""
    found = _project(request, group, code)
    act.move_project(viewer=request.viewer, project=found, to=request.POST.get("to", ""), at=timezone.now())
    messages.success(request, _("The state of the project is changed."))
    return go_to(request, _url(found))


@inside_group
def update(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say how it comes along."""
    found = _project(request, group, code)
    can_work(request.viewer, group).require()

    def add(given: dict[str, Any]) -> str:
        act.update_project(viewer=request.viewer, project=found, at=timezone.now(), **given)
        return _url(found)

    return answered(
        request,
        group,
        UpdateForm(posted(request)),
        add,
        heading=_("How does it come along?"),
        verb=_("Publish to the group"),
        done=_("Your update stands on the project's page."),
        back=_url(found),
    )


@inside_group
def milestone_new(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Set a milestone."""
    found = _project(request, group, code)
    can_work(request.viewer, group).require()

    def add(given: dict[str, Any]) -> str:
        act.set_milestone(viewer=request.viewer, project=found, at=timezone.now(), **given)
        return _url(found)

    return answered(
        request,
        group,
        MilestoneForm(posted(request)),
        add,
        heading=_("New milestone"),
        verb=_("Set the milestone"),
        done=_("The milestone is set."),
        back=_url(found),
    )


@inside_group
@require_POST
def milestone_move(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say that it is reached, given up, or ahead again."""
    rows = Milestone.objects.filter(group=group).select_related("project__group")
    found = fetch(Milestone, code, viewer=request.viewer, queryset=rows)
    act.move_milestone(
        viewer=request.viewer, milestone=found, to=request.POST.get("to", ""), at=timezone.now()
    )
    messages.success(request, _("The milestone is changed."))
    return go_to(request, _url(found.project))
