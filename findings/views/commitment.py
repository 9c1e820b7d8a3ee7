"""The pages of a customer's commitment: make it, change it, say how it goes; receive it, ask, answer."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.commitment import (
    answer_about_commitment,
    ask_about_commitment,
    change_commitment,
    commit_support,
    confirm_commitment,
    say_progress,
    withdraw_commitment,
)
from findings.forms.together import ProgressForm, ReasonForm, SupportForm, WordsForm
from findings.models import Commitment
from findings.permissions.together import can_answer_commitment, can_change_commitment, can_commit
from findings.views.together import Page, car_of, one_form, private_to, trail
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def new(request: ViewerRequest, code: str) -> HttpResponse:
    """Commit support to a supplier's CAR."""
    finding = car_of(request, code)
    can_commit(request.viewer, finding).require()
    form = SupportForm(request.POST or None)
    page = Page(
        heading=_("What will you do to help?"),
        button=_("Commit this"),
        back=reverse("findings:finding", args=[finding.code]),
        crumbs=trail(finding, Crumb(_("Commit support"))),
        done=_("Thank you. It stands beside what the site does, and the supplier is told."),
        lead=_("Say only what you will keep. You can change it later; the earlier words stay readable."),
        aside=private_to(finding, viewer_is_site=False),
    )
    return one_form(
        request,
        form,
        lambda: commit_support(
            viewer=request.viewer, finding=finding, support=form.support(), at=timezone.now()
        ),
        page,
        finding=finding,
    )


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one commitment with its versions and what followed."""
    commitment = _commitment(request, code)
    viewer = request.viewer
    is_site = viewer.organisation_id == commitment.supplier_id
    customer = Organisation.objects.get(pk=commitment.customer_id).name
    context = {
        "commitment": commitment,
        "finding": commitment.finding,
        "said": commitment.latest,
        "earlier": list(commitment.versions.all())[:-1],
        "steps": list(commitment.steps.select_related("person").prefetch_related("organisation")),
        "is_site": is_site,
        "customer": customer,
        "may_change": can_change_commitment(viewer, commitment),
        "may_answer": can_answer_commitment(viewer, commitment),
        "private": private_to(commitment.finding, is_site, customer),
        "crumbs": trail(commitment.finding, Crumb(_("Commitment"))),
    }
    return render(request, "findings/commitment.html", context)


@member_required
def change(request: ViewerRequest, code: str) -> HttpResponse:
    """Change it by a new version."""
    commitment = _commitment(request, code)
    can_change_commitment(request.viewer, commitment).require()
    form = SupportForm(request.POST or None, initial=SupportForm.initial_from(commitment))
    page = _page(
        commitment,
        _("Change what you commit"),
        _("Save as a new version"),
        _("Changed. The earlier words stay readable."),
    )
    return one_form(
        request,
        form,
        lambda: change_commitment(
            viewer=request.viewer, commitment=commitment, support=form.support(), at=timezone.now()
        ),
        page,
    )


@member_required
@require_POST
def confirm(request: ViewerRequest, code: str) -> HttpResponse:
    """Confirm receipt, as the supplier."""
    commitment = _commitment(request, code)
    confirm_commitment(viewer=request.viewer, commitment=commitment, at=timezone.now())
    return redirect("findings:commitment", commitment.code)


@member_required
def ask(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, as the supplier."""
    commitment = _commitment(request, code)
    can_answer_commitment(request.viewer, commitment).require()
    form = WordsForm(request.POST or None, label=_("Your question"))
    page = _page(commitment, _("Ask about this"), _("Send the question"), _("Sent."))
    return one_form(
        request,
        form,
        lambda: ask_about_commitment(
            viewer=request.viewer, commitment=commitment, at=timezone.now(), **form.cleaned_data
        ),
        page,
    )


@member_required
def answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Answer the supplier's question."""
    commitment = _commitment(request, code)
    can_change_commitment(request.viewer, commitment).require()
    form = WordsForm(request.POST or None, label=_("Your answer"))
    page = _page(commitment, _("Answer the supplier"), _("Send the answer"), _("Sent."))
    return one_form(
        request,
        form,
        lambda: answer_about_commitment(
            viewer=request.viewer, commitment=commitment, at=timezone.now(), **form.cleaned_data
        ),
        page,
    )


@member_required
def progress(request: ViewerRequest, code: str) -> HttpResponse:
    """Say how it goes."""
    commitment = _commitment(request, code)
    can_change_commitment(request.viewer, commitment).require()
    form = ProgressForm(request.POST or None, initial={"progress": commitment.progress})
    page = _page(
        commitment,
        _("How does it go?"),
        _("Save"),
        _("Saved. The supplier is told."),
        _("Honest words help most. “Behind” and “blocked by others” are good answers."),
    )
    return one_form(
        request,
        form,
        lambda: say_progress(
            viewer=request.viewer, commitment=commitment, at=timezone.now(), **form.cleaned_data
        ),
        page,
    )


@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Take it back, with the reason."""
    commitment = _commitment(request, code)
    can_change_commitment(request.viewer, commitment).require()
    form = ReasonForm(request.POST or None)
    page = _page(
        commitment,
        _("Take this commitment back"),
        _("Take it back"),
        _("Taken back. The supplier is told."),
        _("What you had promised stays readable for the two of you, with your reason."),
    )
    return one_form(
        request,
        form,
        lambda: withdraw_commitment(
            viewer=request.viewer, commitment=commitment, at=timezone.now(), **form.cleaned_data
        ),
        page,
    )


def _commitment(request: ViewerRequest, code: str) -> Commitment:
    rows = Commitment.objects.select_related("finding__audit").prefetch_related("versions")
    commitment = fetch(Commitment, code, viewer=request.viewer, queryset=rows)
    request.place = "findings:working_together"
    return commitment


def _page(commitment: Commitment, heading: str, button: str, done: str, lead: str = "") -> Page:
    url = reverse("findings:commitment", args=[commitment.code])
    crumbs = trail(commitment.finding, Crumb(_("Commitment"), url), Crumb(heading))
    return Page(heading=heading, button=button, back=url, crumbs=crumbs, done=done, lead=lead)
