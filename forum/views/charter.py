"""What a group has agreed on, in versions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.charter import adopt_charter, draft_charter
from forum.forms.charter import CharterForm
from forum.lifecycle import CharterState
from forum.models import Charter, Group
from forum.permissions.group import can_lead
from forum.queries.group import access_of, group_called
from forum.views.group import asking, way_to
from forum.views.inside import inside_group
from ledger.refusals import NotVisible
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.differences import paired


@member_required
@require_safe
def charters(request: ViewerRequest, key: str) -> HttpResponse:
    """Show every version of the charter, the newest first."""
    group = group_called(key, viewer=request.viewer)
    rows = Charter.objects.visible_to(request.viewer).filter(group=group).order_by("-number")
    access = access_of(request.viewer, group)
    context = {
        "group": group,
        "rows": list(rows[:100]),
        "may_lead": bool(access and access.is_co_lead and not group.is_closed),
        "crumbs": way_to(group, _("Charter")),
    }
    request.place = "forum:groups"
    return render(request, "forum/charters.html", context)


@member_required
@require_safe
def charter_compare(request: ViewerRequest, key: str, number: int) -> HttpResponse:
    """Show what a version changes against the one before it."""
    group = group_called(key, viewer=request.viewer)
    rows = Charter.objects.visible_to(request.viewer).filter(group=group, number__lte=number)
    found = list(rows.order_by("-number")[:2])
    if len(found) < 2 or found[0].number != number:
        raise NotVisible
    new, old = found
    access = access_of(request.viewer, group)
    context = {
        "group": group,
        "new": new,
        "old": old,
        "deliverables": paired(old.lines, new.lines),
        "may_adopt": new.state == CharterState.DRAFT
        and bool(access and access.is_co_lead and not group.is_closed),
        "crumbs": way_to(group, _("Compare")),
    }
    request.place = "forum:groups"
    return render(request, "forum/charter_compare.html", context)


@inside_group
def charter_edit(request: ViewerRequest, group: Group) -> HttpResponse:
    """Draft the next version, beginning from the draft or from what is in force."""
    can_lead(request.viewer, group).require()
    newest = Charter.objects.visible_to(request.viewer).filter(group=group).order_by("-number").first()
    form = CharterForm(request.POST or None, initial=CharterForm.of(newest))
    if request.method == "POST" and form.is_valid():
        draft = draft_charter(viewer=request.viewer, group=group, said=form.said(), at=timezone.now())
        messages.success(request, _("Kept as a draft. What is in force stays in force until you adopt it."))
        if draft.number > 1:
            return redirect("forum:charter_compare", group.key, draft.number)
        return redirect("forum:charters", group.key)
    heading = _("Draft the next charter")
    return asking(
        request, form, heading=heading, verb=_("Keep the draft"), crumbs=way_to(group, _("Charter"))
    )


@member_required
@require_POST
def charter_adopt(request: ViewerRequest, code: str) -> HttpResponse:
    """Adopt a draft."""
    rows = Charter.objects.select_related("group")
    found = fetch(Charter, code, viewer=request.viewer, queryset=rows)
    adopt_charter(viewer=request.viewer, charter=found, at=timezone.now())
    messages.success(request, _("Adopted: this is the charter now, and everybody reads it."))
    return redirect("forum:group", found.group.key)
