"""How people come into a group, who is in it, and how they leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.participant import (
    accept_invitation,
    accept_request,
    ask,
    decline_invitation,
    decline_request,
    invite,
    join,
    leave,
    remove,
    withdraw_ask,
    withdraw_invitation,
)
from forum.forms.participant import AskForm, InviteForm, ReasonForm
from forum.models import Group, Participant, Seat
from forum.permissions.group import can_lead, can_remove
from forum.permissions.participant import can_ask
from forum.queries.group import access_of, group_called, own_part
from forum.queries.participant import invitations_of, people_in, places_of, requests_for
from forum.views.group import asking, refused, way_to
from forum.views.inside import group_page, group_url, inside_group
from forum.views.onward import name_first
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.paging import keyset_page
from web.pieces import Crumb


def _part(request: ViewerRequest, code: str) -> Participant:
    rows: Any = Participant.objects.select_related("group", "group__stage")
    return fetch(Participant, code, viewer=request.viewer, queryset=rows)


def _own(request: ViewerRequest, key: str) -> Participant:
    group = group_called(key, viewer=request.viewer)
    found = own_part(request.viewer, group)
    if found is None:
        raise NotVisible
    found.group = group
    return found


# ---------------------------------------------------------------- coming in
@member_required
@require_POST
def group_join(request: ViewerRequest, key: str) -> HttpResponse:
    """Come into an open group, and go on to the notice."""
    group = group_called(key, viewer=request.viewer)
    if asks := name_first(request, group_url(group)):
        return asks
    join(viewer=request.viewer, group=group, at=timezone.now())
    messages.success(request, _("You take part in this group now."))
    return redirect("forum:group_people", group.key)


@member_required
def group_ask(request: ViewerRequest, key: str) -> HttpResponse:
    """Ask the co-leads to be let in."""
    group = group_called(key, viewer=request.viewer)
    can_ask(request.viewer, group).require()
    if asks := name_first(request, reverse("forum:group_ask", args=[group.key])):
        return asks
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ask(viewer=request.viewer, group=group, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("You have asked. A co-lead answers, and you get a letter."))
        return redirect("forum:group", group.key)
    heading = _("Ask to join %(group)s") % {"group": group.title}
    return asking(request, form, heading=heading, verb=_("Ask to join"), crumbs=way_to(group, _("Ask")))


@member_required
@require_POST
def group_ask_withdraw(request: ViewerRequest, key: str) -> HttpResponse:
    """Take back what one asked."""
    part = _own(request, key)
    withdraw_ask(viewer=request.viewer, participant=part, at=timezone.now())
    messages.success(request, _("You no longer ask to join."))
    return redirect("forum:group", part.group.key)


@member_required
@require_POST
def invitation_accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Come in by an invitation."""
    found = _part(request, code)
    if asks := name_first(request, group_url(found.group)):
        return asks
    part = accept_invitation(viewer=request.viewer, participant=found, at=timezone.now())
    messages.success(request, _("You take part in this group now."))
    return redirect("forum:group_people", part.group.key)


@member_required
@require_POST
def invitation_decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no to an invitation."""
    part = _part(request, code)
    decline_invitation(viewer=request.viewer, participant=part, at=timezone.now())
    messages.success(request, _("You have declined the invitation."))
    return redirect("forum:group", part.group.key)


# ---------------------------------------------------------------- inside
@inside_group
@require_safe
def group_people(request: ViewerRequest, group: Group) -> HttpResponse:
    """List who takes part, and who sits on which seat."""
    viewer = request.viewer
    page = keyset_page(people_in(group, viewer), request=request, order=("person_name", "id"))
    places = places_of(group, viewer)
    access = access_of(viewer, group)
    seats = list(Seat.objects.visible_to(viewer).current().filter(group=group).order_by("constituency", "pk"))
    sits = {
        (one.person_id, seat.organisation_id): (seat, one)
        for seat in seats
        for one in places.get(seat.pk, {}).values()
    }
    leads = bool(access and access.is_co_lead) and not group.is_closed
    context = {
        "page": page,
        "rows": [
            {
                "part": one,
                "seat": sits.get((one.person_id or 0, one.organisation_id)),
                "may_end": leads and not one.leads,
                "is_own": one.person_id == viewer.person_id and one.organisation_id == viewer.organisation_id,
            }
            for one in page.rows
        ],
        "seats": [(seat, places.get(seat.pk, {})) for seat in seats],
        "may_lead": leads,
    }
    return group_page(request, group, "forum/people.html", context, tab="people")


@inside_group
def group_invite(request: ViewerRequest, group: Group) -> HttpResponse:
    """Invite somebody by their organisation's code and their address."""
    can_lead(request.viewer, group).require()
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite(viewer=request.viewer, group=group, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("If somebody signs in with this address, they find the invitation."))
            return redirect("forum:group_requests", group.key)
    heading = _("Invite somebody to %(group)s") % {"group": group.title}
    return asking(request, form, heading=heading, verb=_("Invite"), crumbs=way_to(group, _("Invite")))


@inside_group
@require_safe
def group_requests(request: ViewerRequest, group: Group) -> HttpResponse:
    """List who asks to join and who has been invited, for co-leads."""
    can_lead(request.viewer, group).require()
    page = keyset_page(requests_for(group, request.viewer), request=request, order=("since_at", "id"))
    context = {"page": page, "rows": page.rows, "invited": invitations_of(group, request.viewer)[:100]}
    return group_page(
        request, group, "forum/requests.html", context, tab="people", crumbs=[Crumb(_("Who wants to join"))]
    )


@member_required
@require_POST
def request_accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Let somebody in."""
    part = accept_request(viewer=request.viewer, participant=_part(request, code), at=timezone.now())
    messages.success(request, _("%(who)s takes part now.") % {"who": part.person_name})
    return redirect("forum:group_requests", part.group.key)


@member_required
def request_decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no to somebody who asked, with a reason."""
    part = _part(request, code)
    can_lead(request.viewer, part.group).require()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_request(viewer=request.viewer, participant=part, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Declined. They read your reason."))
            return redirect("forum:group_requests", part.group.key)
    heading = _("Decline what %(who)s asked") % {"who": part.person_name}
    return asking(request, form, heading=heading, verb=_("Decline"), crumbs=way_to(part.group, _("Decline")))


@member_required
@require_POST
def invitation_withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Take an invitation back."""
    part = _part(request, code)
    withdraw_invitation(viewer=request.viewer, participant=part, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("forum:group" if part.leads else "forum:group_requests", part.group.key)


# ---------------------------------------------------------------- leaving
@member_required
def participant_remove(request: ViewerRequest, code: str) -> HttpResponse:
    """End somebody's part, with a reason."""
    part = _part(request, code)
    can_remove(request.viewer, part).require()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            remove(viewer=request.viewer, participant=part, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Their part has ended. They read your reason."))
            return redirect("forum:group", part.group.key)
    heading = _("End the part of %(who)s") % {"who": part.person_name}
    return asking(
        request, form, heading=heading, verb=_("End it"), crumbs=way_to(part.group, _("End")), is_danger=True
    )


@member_required
def group_leave(request: ViewerRequest, key: str) -> HttpResponse:
    """Leave a group."""
    part = _own(request, key)
    if request.method == "POST":
        leave(viewer=request.viewer, participant=part, at=timezone.now())
        messages.success(request, _("You have left the group."))
        return redirect("forum:group", part.group.key)
    note = _("You will not see what is inside any more. What you wrote stays, with your name.")
    if part.leads:
        note = f"{note} {_('The group is without a co-lead of your side until another one is named.')}"
    heading = _("Leave %(group)s?") % {"group": part.group.title}
    way = way_to(part.group, _("Leave"))
    return asking(
        request, None, heading=heading, verb=_("Leave the group"), crumbs=way, note=note, is_danger=True
    )
