"""The pages of an introduction: the supplier's round, and the question to one customer."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.introduction import (
    FEWEST,
    agree_to_introduction,
    complete_introduction,
    decline_introduction,
    end_introduction,
    propose_introduction,
    take_back_agreement,
)
from findings.forms.together import AgreementForm, DeclineForm, IntroduceForm
from findings.models import Introduction, IntroductionAnswer, IntroductionAsk
from findings.permissions.together import can_answer_introduction, can_close_introduction, can_introduce
from findings.queries.introduction import agreed_asks, introduced_to, last_answers
from findings.queries.plan import customers_who_see
from findings.views.together import Page, car_of, one_form, trail
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb

FORM = "findings/introduction_form.html"


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Choose the customers to be asked."""
    finding = car_of(request, code)
    can_introduce(request.viewer, finding).require()
    form = IntroduceForm(request.POST or None, customers=customers_who_see(finding.audit))
    page = Page(
        heading=_("Which customers may learn of each other?"),
        button=_("Ask them, each alone"),
        back=reverse("findings:finding", args=[finding.code]),
        crumbs=trail(finding, Crumb(_("Introduce customers"))),
        done=_("Asked. You are told of each answer."),
        lead=_(
            "Each is asked alone. It does not learn who the others are, nor how many. "
            "Only those who agree are introduced, for this plan alone."
        ),
        template=FORM,
    )
    return one_form(
        request,
        form,
        lambda: propose_introduction(
            viewer=request.viewer, finding=finding, customers=form.chosen(), at=timezone.now()
        ),
        page,
    )


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the supplier its round: who was asked, who has answered what."""
    introduction = _round(request, code)
    answers = last_answers(introduction)
    asks = introduction.asks.prefetch_related("customer").order_by("pk")
    context = {
        "introduction": introduction,
        "finding": introduction.finding,
        "rows": [(ask, answers.get(ask.pk)) for ask in asks],
        "agreed": len(agreed_asks(introduction)),
        "may_complete": len(agreed_asks(introduction)) >= FEWEST,
        "may_close": can_close_introduction(request.viewer, introduction),
        "crumbs": trail(introduction.finding, Crumb(_("Introduction"))),
    }
    return render(request, "findings/introduction.html", context)


@member_required
@require_POST
def complete(request: ViewerRequest, code: str) -> HttpResponse:
    """Introduce those who agreed."""
    introduction = _round(request, code)
    try:
        complete_introduction(viewer=request.viewer, introduction=introduction, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Introduced. Each of them is told."))
    return redirect("findings:introduction", introduction.code)


@member_required
@require_POST
def end(request: ViewerRequest, code: str) -> HttpResponse:
    """End the round without an introduction."""
    introduction = _round(request, code)
    end_introduction(viewer=request.viewer, introduction=introduction, at=timezone.now())
    messages.success(request, _("Ended. Nobody was introduced."))
    return redirect("findings:introduction", introduction.code)


@member_required
def asked(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a customer the question, its own answer, and what came of it; the supplier its round."""
    ask = _ask(request, code)
    if request.viewer.organisation_id == ask.supplier_id:
        return redirect("findings:introduction", ask.introduction.code)
    last = ask.answers.order_by("-pk").first()
    met = [
        one
        for one in introduced_to(request.viewer, ask.finding)
        if one.introduction_id == ask.introduction_id
    ]
    context = {
        "ask": ask,
        "finding": ask.finding,
        "last": last,
        "has_agreed": last is not None and last.kind == IntroductionAnswer.Kind.AGREED,
        "introduced": met,
        "may_answer": can_answer_introduction(request.viewer, ask),
        "crumbs": trail(ask.finding, Crumb(_("Introduction"))),
    }
    return render(request, "findings/introduction_asked.html", context)


@member_required
def agree(request: ViewerRequest, code: str) -> HttpResponse:
    """Agree, with a contact person."""
    ask = _ask(request, code)
    can_answer_introduction(request.viewer, ask).require()
    form = AgreementForm(
        request.POST or None,
        initial={"contact_name": request.user.name, "contact_email": request.user.email},
    )
    page = _page(
        ask,
        _("Agree to be introduced"),
        _("Agree"),
        _("Thank you. You are told when the introduction is made. Until then you can take it back."),
        _(
            "If the other side agrees, too, it learns the name of your organisation and of your contact person."
        ),
    )
    return one_form(
        request,
        form,
        lambda: agree_to_introduction(viewer=request.viewer, ask=ask, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no; only the supplier learns of it."""
    ask = _ask(request, code)
    can_answer_introduction(request.viewer, ask).require()
    form = DeclineForm(request.POST if request.method == "POST" else None)
    page = _page(ask, _("Say no"), _("Say no"), _("Only the supplier is told."))
    return one_form(
        request,
        form,
        lambda: decline_introduction(viewer=request.viewer, ask=ask, at=timezone.now(), **form.cleaned_data),
        page,
    )


@member_required
def take_back(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a yes back while the introduction is not made."""
    ask = _ask(request, code)
    can_answer_introduction(request.viewer, ask).require()
    form = forms.Form(request.POST if request.method == "POST" else None)
    page = _page(
        ask,
        _("Take your yes back?"),
        _("Take it back"),
        _("Taken back. You are not introduced."),
        _("Only the supplier is told."),
    )
    return one_form(
        request,
        form,
        lambda: take_back_agreement(viewer=request.viewer, ask=ask, at=timezone.now()),
        page,
    )


def _round(request: ViewerRequest, code: str) -> Introduction:
    rows = Introduction.objects.select_related("finding__audit")
    request.place = "findings:working_together"
    return fetch(Introduction, code, viewer=request.viewer, queryset=rows)


def _ask(request: ViewerRequest, code: str) -> IntroductionAsk:
    rows = IntroductionAsk.objects.select_related("finding__audit")
    request.place = "findings:working_together"
    return fetch(IntroductionAsk, code, viewer=request.viewer, queryset=rows)


def _page(ask: IntroductionAsk, heading: str, button: str, done: str, lead: str = "") -> Page:
    url = reverse("findings:introduction_asked", args=[ask.code])
    crumbs = trail(ask.finding, Crumb(_("Introduction"), url), Crumb(heading))
    return Page(heading=heading, button=button, back=url, crumbs=crumbs, done=done, lead=lead, template=FORM)
