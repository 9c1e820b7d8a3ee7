"""The forum's first page, each group's door, and what the operator does with groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.group import (
    close_group,
    create_group,
    edit_group,
    name_co_lead,
    name_colleague,
    open_group,
)
from forum.forms.group import AddressForm, ColleagueForm, GroupForm, NewGroupForm
from forum.lifecycle import ParticipantState
from forum.models import Charter, Group, GroupAccess, GroupKind, LeadSide, Participant, Seat, Stage
from forum.permissions.group import can_run, can_run_forum
from forum.queries.cycle import draw_cycle
from forum.queries.group import group_called
from forum.queries.participant import co_leads_of, missing_sides, own_invitations, own_parts, waiting_leads
from forum.queries.standing import standing
from forum.views.inside import tabs_of
from ledger.refusals import Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
@require_safe
def groups(request: ViewerRequest) -> HttpResponse:
    """Show the cycle with its groups, and the viewer's own groups first."""
    viewer = request.viewer
    rows = list(Group.objects.visible_to(viewer).filter(state="active").order_by("title", "pk"))
    leads = co_leads_of(rows)
    entered = set(GroupAccess.objects.visible_to(viewer).values_list("group_id", flat=True))
    parts = {one.group_id: one for one in own_parts(viewer)}
    invited = {one.group_id for one in own_invitations(viewer)}
    lines = {group.pk: _line(group, leads, entered, parts, invited) for group in rows}
    topics = [group for group in rows if group.kind == GroupKind.TOPIC]
    arcs = draw_cycle(list(Stage.objects.visible_to(viewer)), topics, mirrored=get_language_bidi())
    context = {
        "own": [line for line in lines.values() if line["is_own"]],
        "arcs": [{"arc": arc, "lines": [lines[one.pk] for one in arc.groups]} for arc in arcs],
        "is_square": len(arcs) == 4,
        "national": [lines[one.pk] for one in rows if one.kind == GroupKind.NATIONAL],
        "networks": [lines[one.pk] for one in rows if one.kind == GroupKind.NETWORK],
        "has_any": bool(rows),
        "may_run": bool(can_run_forum(viewer)),
    }
    return render(request, "forum/groups.html", context)


def _line(
    group: Group,
    leads: dict[int, list[Participant]],
    entered: set[int],
    parts: dict[int, Participant],
    invited: set[int],
) -> dict[str, Any]:
    part = parts.get(group.pk)
    if group.pk in invited:
        state = "invited"
    elif part is None:
        state = ""
    elif part.state == ParticipantState.ASKED:
        state = "asked"
    else:
        state = "inside" if group.pk in entered else "notice"
    return {
        "group": group,
        "state": state,
        "is_own": bool(state),
        "is_incomplete": bool(missing_sides(leads[group.pk])),
        "is_lead": bool(part and part.leads),
    }


@member_required
@require_safe
def group(request: ViewerRequest, key: str) -> HttpResponse:
    """Show a group's door: what it is for, who speaks in it, and how the viewer comes in."""
    viewer = request.viewer
    found = group_called(key, viewer=viewer)
    stands = standing(viewer, found)
    leads = co_leads_of([found])[found.pk]
    seats = list(Seat.objects.visible_to(viewer).current().filter(group=found).order_by("constituency", "pk"))
    runs = bool(can_run(viewer, found))
    context = {
        "group": found,
        "stands": stands,
        "leads": leads,
        "missing": [LeadSide(side) for side in missing_sides(leads)],
        "constituencies": _by_constituency(seats),
        "charter": Charter.objects.visible_to(viewer).filter(group=found).adopted().first(),
        "tabs": tabs_of(found) if stands.access else [],
        "may_run": runs,
        "waiting_leads": waiting_leads(found, viewer) if runs else [],
        "may_lead": bool(stands.access and stands.access.is_co_lead and not found.is_closed),
        "crumbs": [Crumb(_("Forum"), reverse("forum:groups")), Crumb(found.title)],
    }
    request.place = "forum:groups"
    return render(request, "forum/group.html", context)


def _by_constituency(seats: list[Seat]) -> list[tuple[str, list[Seat]]]:
    found: dict[str, list[Seat]] = {}
    for seat in seats:
        found.setdefault(seat.get_constituency_display(), []).append(seat)
    return list(found.items())


@member_required
def group_new(request: ViewerRequest) -> HttpResponse:
    """Make a group."""
    can_run_forum(request.viewer).require()
    form = NewGroupForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_group(
                viewer=request.viewer,
                said=form.said(),
                purpose=form.cleaned_data["purpose"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("The group is there. Name its two co-leads next."))
            return redirect("forum:group", made.key)
    way = [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("New group"))]
    return asking(request, form, heading=_("Make a group"), verb=_("Make the group"), crumbs=way)


@member_required
def group_edit(request: ViewerRequest, key: str) -> HttpResponse:
    """Change what a group is called and how one comes in."""
    found = group_called(key, viewer=request.viewer)
    can_run(request.viewer, found).require()
    form = GroupForm(request.POST or None, viewer=request.viewer, group=found)
    if request.method == "POST" and form.is_valid():
        edit_group(viewer=request.viewer, group=found, said=form.said(), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("forum:group", found.key)
    heading = _("Change %(group)s") % {"group": found.title}
    return asking(request, form, heading=heading, verb=_("Save"), crumbs=way_to(found, _("Change")))


@member_required
@require_POST
def group_close(request: ViewerRequest, key: str) -> HttpResponse:
    """Close a group."""
    found = group_called(key, viewer=request.viewer)
    close_group(viewer=request.viewer, group=found, at=timezone.now())
    messages.success(request, _("The group is closed. Everybody inside can still read it."))
    return redirect("forum:group", found.key)


@member_required
@require_POST
def group_open(request: ViewerRequest, key: str) -> HttpResponse:
    """Open a closed group again."""
    found = group_called(key, viewer=request.viewer)
    open_group(viewer=request.viewer, group=found, at=timezone.now())
    messages.success(request, _("The group is open again."))
    return redirect("forum:group", found.key)


@member_required
def co_lead_staff(request: ViewerRequest, key: str) -> HttpResponse:
    """Name somebody of the operator's own staff."""
    found = group_called(key, viewer=request.viewer)
    can_run(request.viewer, found).require()
    form = ColleagueForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            colleague = form.cleaned_data["colleague"]
            name_colleague(viewer=request.viewer, group=found, colleague=colleague, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Named. They enter as soon as they have accepted the notice."))
            return redirect("forum:group", found.key)
    heading = _("Name a co-lead from your own staff")
    return asking(request, form, heading=heading, verb=_("Name"), crumbs=way_to(found, _("Co-lead")))


@member_required
def co_lead_member(request: ViewerRequest, key: str) -> HttpResponse:
    """Invite somebody of a member organisation to lead."""
    found = group_called(key, viewer=request.viewer)
    can_run(request.viewer, found).require()
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name_co_lead(viewer=request.viewer, group=found, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("If somebody signs in with this address, they find the invitation."))
            return redirect("forum:group", found.key)
    heading = _("Invite a co-lead from a member organisation")
    return asking(request, form, heading=heading, verb=_("Invite"), crumbs=way_to(found, _("Co-lead")))


# ---------------------------------------------------------------- pieces of every page of the door
def way_to(group: Group, here: str) -> list[Crumb]:
    """Return the way back from a page about a group."""
    return [
        Crumb(_("Forum"), reverse("forum:groups")),
        Crumb(group.title, reverse("forum:group", args=[group.key])),
        Crumb(here),
    ]


def refused(form: Any, refusal: Refusal) -> None:
    """Show a refusal beside its field, or above the form."""
    for name, sentences in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentences)
    if not refusal.fields:
        form.add_error(None, refusal.sentence)


def asking(
    request: HttpRequest,
    form: Any,
    *,
    heading: str,
    verb: str,
    crumbs: list[Crumb],
    note: str = "",
    is_danger: bool = False,
) -> HttpResponse:
    """Render a page that asks for one thing by one form."""
    context = {
        "form": form,
        "heading": heading,
        "verb": verb,
        "crumbs": crumbs,
        "note": note,
        "is_danger": is_danger,
    }
    request.place = "forum:groups"  # type: ignore[attr-defined]
    bad = form is not None and form.is_bound and bool(form.errors)
    return render(request, "forum/asking.html", context, status=422 if bad else 200)
