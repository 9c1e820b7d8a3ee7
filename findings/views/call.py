"""The pages of a call: propose it, answer it, move it, call it off, put it into a calendar, keep what was agreed."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.call import (
    agree_call,
    cancel_call,
    decline_call,
    propose_call,
    propose_times,
    proposed_times,
    say_how_to_join,
    write_note,
)
from findings.forms.together import AgreeForm, CallForm, JoiningForm, ReasonForm, TimesForm, WordsForm
from findings.models import Call
from findings.permissions.together import (
    can_answer_call,
    can_cancel_call,
    can_propose_call,
    can_propose_times,
    can_say_how_to_join,
    can_write_note,
)
from findings.queries.calendar import file_of, joining_of
from findings.queries.plan import customers_who_see
from findings.views.together import Page, car_of, one_form, private_to, trail
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.dates import clock_text, day_text
from web.pieces import Crumb


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Propose a call about a CAR; the supplier chooses customers, each of whom is asked alone."""
    finding = car_of(request, code)
    can_propose_call(request.viewer, finding).require()
    is_site = request.viewer.organisation_id == finding.supplier_id
    customers = customers_who_see(finding.audit) if is_site else None
    form = CallForm(request.POST or None, customers=customers, initial=_chosen(request, customers))

    def do() -> None:
        said = form.cleaned_data
        propose_call(
            viewer=request.viewer,
            finding=finding,
            times=form.times,
            text=said["text"],
            language=said["language"],
            minutes=said["minutes"],
            joining=said["joining"],
            customers=form.chosen(),
            at=timezone.now(),
        )

    heading = _("Send an outline and propose a call") if is_site else _("Ask for a call")
    page = Page(
        heading=heading,
        button=_("Propose the call"),
        back=reverse("findings:finding", args=[finding.code]),
        crumbs=trail(finding, Crumb(heading)),
        done=_("Proposed. You are told when they answer."),
        lead=_("You can do this before there is a plan: an outline of a few sentences is enough.")
        if is_site
        else "",
        aside=_each_alone() if is_site else private_to(finding, viewer_is_site=False),
    )
    return one_form(request, form, do, page, finding=finding)


def _chosen(request: ViewerRequest, customers: list[Organisation] | None) -> dict[str, Any]:
    """Tick all customers at first, or the one whom the link names."""
    named = request.GET.get("customer", "")
    return {"customers": [one.code for one in customers or () if not named or one.code == named]}


def _each_alone() -> str:
    return _("Each customer sees its own call and yours alone. None learns that you ask another.")


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one call: when, how to join, what was said, and what the reader can do."""
    call = _call(request, code)
    viewer, now = request.viewer, timezone.now()
    may_answer = can_answer_call(viewer, call)
    context = {
        "call": call,
        "finding": call.finding,
        "is_site": viewer.organisation_id == call.supplier_id,
        "other": _other_name(request, call),
        "when": in_zones(call, call.starts_at) if call.starts_at else [],
        "offered": _offered(call) if call.state == "proposed" else [],
        "steps": list(call.steps.select_related("person").prefetch_related("organisation").order_by("pk")),
        "joining": joining_of(call),
        "is_over": call.starts_at is not None and call.starts_at <= now,
        "form": AgreeForm(times=_choices(call)) if may_answer else None,
        "may_answer": may_answer,
        "may_propose": can_propose_times(viewer, call),
        "may_cancel": can_cancel_call(viewer, call),
        "may_say_joining": can_say_how_to_join(viewer, call),
        "may_note": can_write_note(viewer, call, at=now),
        "private": private_to(
            call.finding, viewer.organisation_id == call.supplier_id, _other_name(request, call)
        ),
        "crumbs": trail(call.finding, Crumb(_("Call"))),
    }
    return render(request, "findings/call.html", context)


@member_required
def accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Agree to one of the proposed times."""
    call = _call(request, code)
    can_answer_call(request.viewer, call).require()
    form = AgreeForm(request.POST or None, times=_choices(call))

    def do() -> None:
        starts_at = datetime.fromisoformat(form.cleaned_data["time"])
        agree_call(viewer=request.viewer, call=call, starts_at=starts_at, at=timezone.now())

    page = _page(
        call, _("Choose a time"), _("Agree to this time"), _("Agreed. Both sides get it for their calendars.")
    )
    return one_form(request, form, do, page)


@member_required
def propose(request: ViewerRequest, code: str) -> HttpResponse:
    """Propose other times."""
    call = _call(request, code)
    can_propose_times(request.viewer, call).require()
    form = TimesForm(request.POST or None)

    def do() -> None:
        propose_times(
            viewer=request.viewer,
            call=call,
            times=form.times,
            text=form.cleaned_data["text"],
            language=form.cleaned_data["language"],
            at=timezone.now(),
        )

    lead = (
        _("The time that was agreed is free again until the other side has chosen.") if call.starts_at else ""
    )
    page = _page(call, _("Propose other times"), _("Propose these times"), _("Proposed."), lead)
    return one_form(request, form, do, page)


@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no, with the reason."""
    call = _call(request, code)
    can_answer_call(request.viewer, call).require()
    form = ReasonForm(request.POST or None)
    page = _page(call, _("Say no to this call"), _("Say no"), _("The other side is told."))
    return one_form(
        request,
        form,
        lambda: decline_call(viewer=request.viewer, call=call, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def cancel(request: ViewerRequest, code: str) -> HttpResponse:
    """Call it off, or take a proposal back."""
    call = _call(request, code)
    can_cancel_call(request.viewer, call).require()
    form = ReasonForm(request.POST or None)
    page = _page(call, _("Call it off"), _("Call it off"), _("Called off. The other side is told."))
    return one_form(
        request,
        form,
        lambda: cancel_call(viewer=request.viewer, call=call, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def joining(request: ViewerRequest, code: str) -> HttpResponse:
    """Say how to join."""
    call = _call(request, code)
    can_say_how_to_join(request.viewer, call).require()
    form = JoiningForm(request.POST or None, initial={"joining": joining_of(call)})
    page = _page(call, _("How to join"), _("Save"), _("Saved. Both sides see it."))
    return one_form(
        request,
        form,
        lambda: say_how_to_join(viewer=request.viewer, call=call, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def note(request: ViewerRequest, code: str) -> HttpResponse:
    """Write down what was agreed; it stays as it is written."""
    call = _call(request, code)
    can_write_note(request.viewer, call, at=timezone.now()).require()
    form = WordsForm(request.POST or None, label=_("What was agreed? Who does what, by when?"))
    page = _page(
        call,
        _("Write down what was agreed"),
        _("Keep this note"),
        _("Kept. Both sides can read it."),
        _("A note cannot be changed later. You can add another."),
    )
    return one_form(
        request,
        form,
        lambda: write_note(viewer=request.viewer, call=call, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def calendar_file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out the call as a file for the reader's calendar."""
    call = _call(request, code)
    text = file_of(call, attendee=request.user.email)
    if text is None:
        raise Http404
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="call.ics"'
    return answer


def in_zones(call: Call, moment: datetime) -> list[tuple[str, str]]:
    """Return a moment at both sides: place and words. A zone that nobody has told yet is left out."""
    found = []
    for zone in dict.fromkeys((call.supplier_zone, call.customer_zone)):
        if zone:
            with timezone.override(ZoneInfo(zone)):
                place = zone.rpartition("/")[2].replace("_", " ")
                found.append((place, f"{day_text(moment)}, {clock_text(moment)}"))
    return found


def _call(request: ViewerRequest, code: str) -> Call:
    rows = Call.objects.select_related("finding__audit")
    call = fetch(Call, code, viewer=request.viewer, queryset=rows)
    request.place = "findings:working_together"
    return call


def _page(call: Call, heading: str, button: str, done: str, lead: str = "") -> Page:
    url = reverse("findings:call", args=[call.code])
    crumbs = trail(call.finding, Crumb(_("Call"), url), Crumb(heading))
    return Page(heading=heading, button=button, back=url, crumbs=crumbs, done=done, lead=lead)


def _offered(call: Call) -> list[tuple[datetime, list[tuple[str, str]]]]:
    return [(one, in_zones(call, one)) for one in proposed_times(call)]


def _choices(call: Call) -> list[tuple[str, str]]:
    """Return the proposed times to choose from: in the reader's own zone first, then at both sides."""
    found = []
    for moment in proposed_times(call):
        own = f"{day_text(moment)}, {clock_text(moment)}"
        others = [f"{place}: {words}" for place, words in in_zones(call, moment) if words != own]
        places = " · ".join(others)
        found.append((moment.isoformat(), f"{own} ({places})" if places else own))
    return found


def _other_name(request: ViewerRequest, call: Call) -> str:
    if request.viewer.organisation_id == call.supplier_id:
        return Organisation.objects.get(pk=call.customer_id).name
    return call.finding.audit.supplier_name
