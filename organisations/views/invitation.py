"""Inviting colleagues, and accepting an invitation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ledger.refusals import Refusal
from organisations.actions.invitation import accept as accept_invitation
from organisations.actions.invitation import invite as send_invitation
from organisations.actions.invitation import require_open
from organisations.actions.invitation import resend as resend_invitation
from organisations.actions.invitation import withdraw as withdraw_invitation
from organisations.forms.member import InviteForm
from organisations.models import Invitation
from organisations.permissions import can_administer
from organisations.queries import fetch
from organisations.queries.invitations import invitation_with, is_addressed_to
from organisations.views.access import member_required, step_up
from organisations.views.middleware import ViewerRequest
from organisations.views.organisation import crumbs, enter
from web.pieces import Crumb


@step_up
@member_required
def invite(request: ViewerRequest) -> HttpResponse:
    """Invite a colleague by e-mail."""
    can_administer(request.viewer).require()
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = send_invitation(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("email" if refusal.fields else None, refusal.sentence)
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("organisations:members")
    context = {
        "form": form,
        "crumbs": [*crumbs(), Crumb(_("Members"), reverse("organisations:members")), Crumb(_("Invite"))],
    }
    return render(request, "organisations/invite.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_required
def resend(request: ViewerRequest, code: str) -> HttpResponse:
    """Send a new link; the old one is void."""
    old = fetch(Invitation, code, viewer=request.viewer)
    resend_invitation(viewer=request.viewer, invitation=old, at=timezone.now())
    messages.success(request, _("A new letter is on its way. The link in the old one no longer works."))
    return redirect("organisations:members")


@require_POST
@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = fetch(Invitation, code, viewer=request.viewer)
    withdraw_invitation(viewer=request.viewer, invitation=invitation, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("organisations:members")


@never_cache
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; only the POST of the person it was sent to accepts it."""
    invitation = invitation_with(token)
    now = timezone.now()
    try:
        require_open(invitation, now)
        if request.method == "POST" and request.user.is_authenticated:
            member = accept_invitation(person=request.user, secret=token, at=now)
            sentence = _("Welcome. You are now a member of %(name)s.")
            return enter(request, member, sentence % {"name": invitation.organisation.name})
    except Refusal as refusal:
        context = {"invitation": invitation, "refusal": refusal}
        return render(request, "organisations/accept.html", context, status=refusal.status)
    return render(request, "organisations/accept.html", _accept_context(request, invitation))


def _accept_context(request: HttpRequest, invitation: Invitation) -> dict[str, object]:
    """Say who is asked, and the way there for those who are not signed in, or as somebody else."""
    here = urlencode({"next": request.path})
    context: dict[str, object] = {
        "invitation": invitation,
        "login_url": f"{reverse('account_login')}?{here}",
        "signup_url": f"{reverse('account_signup')}?{here}",
    }
    if request.user.is_authenticated and not is_addressed_to(invitation, request.user):
        context["is_for_another"] = True
    return context
