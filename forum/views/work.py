"""The work of a group at a glance."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from forum.models import Ballot, Group
from forum.permissions.group import can_lead, can_write
from forum.views.inside import group_page, inside_group
from organisations.views.middleware import ViewerRequest

SHOWN = 5


@inside_group
def work(request: ViewerRequest, group: Group) -> HttpResponse:
    """Show what the group works on."""
    viewer, now = request.viewer, timezone.now()
    ballots = Ballot.objects.visible_to(viewer).filter(group=group).order_by("-closes_at", "-id")
    context: dict[str, Any] = {
        "ballots": [(one, one.phase(now)) for one in ballots[:SHOWN]],
        "is_lead": bool(can_lead(viewer, group)),
        "may_write": bool(can_write(viewer, group)),
    }
    return group_page(request, group, "forum/work.html", context, tab="work")
