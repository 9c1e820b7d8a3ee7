"""A person's own settings and API tokens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from organisations.actions.person import change_settings
from organisations.actions.token import make_token, revoke_token
from organisations.forms.person import SettingsForm
from organisations.forms.token import TokenForm
from organisations.models import ApiToken
from organisations.queries import fetch
from organisations.queries.tokens import tokens_of
from organisations.views.access import member_required, person_required, step_up
from organisations.views.middleware import PersonRequest, ViewerRequest
from web.pieces import Crumb


@person_required
def settings_page(request: PersonRequest) -> HttpResponse:
    """Show and keep a person's own settings, with the ways to password, factors, sessions and tokens."""
    form = SettingsForm(request.POST if request.method == "POST" else None, person=request.user)
    if request.method == "POST" and form.is_valid():
        change_settings(person=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organisations:settings")
    viewer = request.viewer
    context = {"form": form, "tokens": list(tokens_of(viewer, timezone.now())) if viewer else []}
    return render(request, "organisations/settings.html", context, status=422 if form.is_bound else 200)


@step_up
@member_required
@sensitive_variables("secret")
def new_token(request: ViewerRequest) -> HttpResponse:
    """Make an API token; the answer to the POST is the only page that ever shows it."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "crumbs": [*_crumbs(), Crumb(_("New API token"))]}
    if request.method == "POST" and form.is_valid():
        token, secret = make_token(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        return render(request, "organisations/token_made.html", {**context, "token": token, "secret": secret})
    return render(request, "organisations/token_new.html", context, status=422 if form.is_bound else 200)


@member_required
def revoke(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, and then end a token."""
    token = fetch(ApiToken, code, viewer=request.viewer)
    if request.method == "POST":
        revoke_token(viewer=request.viewer, token=token, at=timezone.now())
        messages.success(request, _("The token no longer works."))
        return redirect("organisations:settings")
    context = {"token": token, "crumbs": [*_crumbs(), Crumb(token.name)]}
    return render(request, "organisations/token_revoke.html", context)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Settings"), reverse("organisations:settings"))]
