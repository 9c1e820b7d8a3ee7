"""What stands on a project's page."""

from forum.models import Milestone, Project, ProjectUpdate
from organisations.visibility import Viewer

NEWEST = 20


def milestones_of(project: Project, viewer: Viewer) -> list[Milestone]:
    """Return the milestones of a project by their day."""
    return list(Milestone.objects.visible_to(viewer).filter(project=project).order_by("due_on", "id"))


def updates_of(project: Project, viewer: Viewer) -> list[ProjectUpdate]:
    """Return the newest updates of a project."""
    rows = ProjectUpdate.objects.visible_to(viewer).filter(project=project)
    return list(rows.order_by("-at", "-id")[:NEWEST])
