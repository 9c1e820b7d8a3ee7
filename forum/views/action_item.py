"""Action items: write one down, its page, and one's own of every group."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import action_item as act
from forum.forms.work import ActionItemForm
from forum.models import ActionItem, Group
from forum.permissions.work import can_change_item, can_finish_item, can_work
from forum.queries.participant import people_in
from forum.views.inside import group_page, inside_group
from forum.views.kept import item_initial, origin_of
from forum.views.work_pieces import TAB, answered, posted, trail
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.paging import keyset_page
from web.pieces import Crumb


def _item(request: ViewerRequest, group: Group, code: str) -> ActionItem:
    rows = ActionItem.objects.filter(group=group).select_related("group", "meeting")
    return fetch(ActionItem, code, viewer=request.viewer, queryset=rows)


def _url(found: ActionItem) -> str:
    return reverse("forum:action_item", args=[found.group.key, found.code])


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Write down who does what by when."""
    can_work(request.viewer, group).require()
    origin = origin_of(request, group)

    def add(given: dict[str, Any]) -> str:
        made = act.add_action_item(
            viewer=request.viewer, group=group, meeting=origin.meeting, at=timezone.now(), **given
        )
        return _url(made)

    return answered(
        request,
        group,
        ActionItemForm(
            posted(request),
            viewer=request.viewer,
            group=group,
            initial=item_initial(request, group, origin.line),
        ),
        add,
        heading=_("New action item"),
        verb=_("Write it down"),
        done=_("It is written down, and its owner is told."),
        note=origin.note(_("The owner is reminded a week and a day before, and told when it is late.")),
        back=origin.back,
    )


@inside_group
@require_safe
def action_item(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show an action item."""
    found, viewer = _item(request, group, code), request.viewer
    context = {
        "item": found,
        "phase": found.phase(timezone.localdate()),
        "may_finish": found.state == "open" and bool(can_finish_item(viewer, found)),
        "may_change": found.state == "open" and bool(can_change_item(viewer, found)),
    }
    crumbs = trail(group, Crumb(_("Action item")))
    return group_page(request, group, "forum/action_item.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Give it other words, another owner or another day."""
    found = _item(request, group, code)
    can_change_item(request.viewer, found).require()
    owner = people_in(group, request.viewer).filter(
        person_id=found.owner_id, organisation_id=found.owner_organisation_id
    )
    initial = {
        "title": found.title,
        "due_on": found.due_on,
        "language": found.language,
        "owner": owner.values_list("code", flat=True).first(),
    }

    def change(given: dict[str, Any]) -> str:
        act.change_action_item(viewer=request.viewer, item=found, at=timezone.now(), **given)
        return _url(found)

    return answered(
        request,
        group,
        ActionItemForm(posted(request), viewer=request.viewer, group=group, initial=initial),
        change,
        heading=_("Change the action item"),
        verb=_("Save"),
        done=_("The action item is changed, and its owner is told."),
        back=_url(found),
    )


@inside_group
@require_POST
def finish(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say that it is done."""
    found = _item(request, group, code)
    act.finish_action_item(viewer=request.viewer, item=found, at=timezone.now())
    messages.success(request, _("Done. Thank you."))
    return go_to(request, _url(found))


@inside_group
@require_POST
def cancel(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say that it is no longer wanted."""
    found = _item(request, group, code)
    act.cancel_action_item(viewer=request.viewer, item=found, at=timezone.now())
    messages.success(request, _("The action item is cancelled."))
    return go_to(request, _url(found))


@member_required
@require_safe
def mine(request: ViewerRequest) -> HttpResponse:
    """List one's own open action items of every group, the earliest first."""
    rows = ActionItem.objects.visible_to(request.viewer).of(request.viewer).still_open()
    found = rows.select_related("group")
    page = keyset_page(found, request=request, order=("due_on", "id"))
    context = {
        "page": page,
        "today": timezone.localdate(),
        "crumbs": [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("My action items"))],
    }
    return render(request, "forum/my_action_items.html", context)
