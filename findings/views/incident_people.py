"""Pages on who is named in a case."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.incident_people import (
    agree_to_meet,
    end_naming,
    hand_lead,
    inform_customers,
    introduce,
    name_colleague,
    name_helper,
    take_lead,
)
from findings.forms.incident import ColleagueForm, HelperForm, InformForm
from findings.models import Incident, IncidentMember
from findings.permissions.incident import can_end_naming, can_inform_customers, can_name_people
from findings.queries.incident import customers_of_site
from findings.views.incident import Case, case_crumbs, case_form, explain, for_named
from ledger.refusals import Forbidden, NotVisible, Refusal
from organisations.queries.members import members_of
from organisations.views.middleware import ViewerRequest


@for_named
def colleague(request: ViewerRequest, case: Case) -> HttpResponse:
    """Name a colleague."""
    incident, mine = case
    can_name_people(mine).require()
    named = set(incident.members.in_force().values_list("person_id", flat=True))
    free = [one for one in members_of(request.viewer) if one.person_id not in named]
    form = ColleagueForm(request.POST or None, colleagues=free, may_lead=mine.is_site)
    if request.method == "POST" and form.is_valid():
        try:
            name_colleague(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            return _told(request, incident)
    note = _("Whoever you name reads all that you read here. Name as few people as you need.")
    return case_form(request, incident, form, _("Name a colleague"), note=note)


@for_named
def helper(request: ViewerRequest, case: Case) -> HttpResponse:
    """Name somebody of another organisation."""
    incident, mine = case
    can_inform_customers(mine).require()
    form = HelperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name_helper(viewer=request.viewer, incident=incident, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            return _told(request, incident)
    return case_form(request, incident, form, _("Name a helper from outside"))


@for_named
def inform(request: ViewerRequest, case: Case) -> HttpResponse:
    """Tell the customers that the supplier chooses, all at once."""
    incident, mine = case
    can_inform_customers(mine).require()
    customers = customers_of_site(incident)
    form = InformForm(request.POST or None, customers=customers)
    if request.method == "POST" and form.is_valid():
        try:
            inform_customers(
                viewer=request.viewer, incident=incident, addresses=form.wanted(), at=timezone.now()
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            return _told(request, incident)
    return case_form(
        request, incident, form, _("Inform customers"), "findings/incident_inform.html", customers=customers
    )


@for_named
def end(request: ViewerRequest, case: Case, member_code: str) -> HttpResponse:
    """Ask whether to end somebody's naming; by POST, end it."""
    incident, mine = case
    member = _member(incident, member_code)
    can_end_naming(mine, member).require()
    if request.method == "POST":
        try:
            end_naming(viewer=request.viewer, incident=incident, member=member, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("findings:incident", incident.code)
        if mine.member_id == member.pk:
            messages.success(request, _("You have left the case."))
            return redirect("findings:incidents")
        messages.success(request, _("Ended. This person sees nothing of the case from now on."))
        return redirect("findings:incident", incident.code)
    is_self = mine.member_id == member.pk
    title = _("Leave the case") if is_self else _("End the naming")
    context = {
        "incident": incident,
        "member": member,
        "is_self": is_self,
        "title": title,
        "crumbs": case_crumbs(incident, title),
    }
    return render(request, "findings/incident_end.html", context)


@for_named
@require_POST
def lead(request: ViewerRequest, case: Case, member_code: str) -> HttpResponse:
    """Let another named person of the supplier lead, too; or take the lead when nobody has it any more."""
    incident, mine = case
    if mine.member_id == _member(incident, member_code).pk and not mine.is_lead:
        try:
            take_lead(viewer=request.viewer, incident=incident, at=timezone.now())
        except Forbidden:
            raise
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("You lead this case now."))
        return redirect("findings:incident", incident.code)
    hand_lead(
        viewer=request.viewer, incident=incident, member=_member(incident, member_code), at=timezone.now()
    )
    messages.success(request, _("This person leads the case, too."))
    return redirect("findings:incident", incident.code)


@for_named
@require_POST
def meet(request: ViewerRequest, case: Case) -> HttpResponse:
    """Agree to be introduced to others, or take that back."""
    incident, _mine = case
    agrees = request.POST.get("agrees") == "yes"
    agree_to_meet(viewer=request.viewer, incident=incident, agrees=agrees, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("findings:incident", incident.code)


@for_named
@require_POST
def introduce_member(request: ViewerRequest, case: Case, member_code: str) -> HttpResponse:
    """Introduce somebody who agreed."""
    incident, _mine = case
    introduce(
        viewer=request.viewer, incident=incident, member=_member(incident, member_code), at=timezone.now()
    )
    messages.success(request, _("Introduced to the others who agreed, too."))
    return redirect("findings:incident", incident.code)


def _member(incident: Incident, code: str) -> IncidentMember:
    found = incident.members.filter(code=code.upper()).first()
    if found is None:
        raise NotVisible
    return found


def _told(request: ViewerRequest, incident: Incident) -> HttpResponse:
    messages.success(request, _("They are being told. The letter says nothing of the matter."))
    return redirect("findings:incident", incident.code)
