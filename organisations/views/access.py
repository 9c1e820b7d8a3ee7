"""Who may enter a page at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from organisations.views.middleware import PersonRequest, ViewerRequest

P = ParamSpec("P")


def member_required(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let members of an organisation in; send others to sign in, to secure their account, or to found or join one."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "lacks_factor", False):
            messages.info(
                request,
                _("Your organisation sees what belongs to others. Add a second factor, then go on."),
            )
            return redirect("mfa_index")
        if getattr(request, "viewer", None) is None:
            return redirect("organisations:new")
        return view(cast("ViewerRequest", request), *args, **kwargs)

    guarded.is_for_members = True  # type: ignore[attr-defined]
    return cast("Callable[..., Any]", guarded)


def factor_required(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponse],
) -> Callable[Concatenate[ViewerRequest, P], HttpResponse]:
    """Behind `member_required`: ask for a second factor whatever the own organisation is, where one is required.

    For pages that show a person what belongs to another organisation by an exceptional share.
    """

    @wraps(view)
    def guarded(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.REQUIRE_MFA and not getattr(request.membership, "has_factor", False):
            messages.info(request, _("This belongs to others. Add a second factor, then go on."))
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return cast("Callable[..., Any]", guarded)


def person_required(
    view: Callable[Concatenate[PersonRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let everyone in who is signed in, also those who belong to no organisation."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(cast("PersonRequest", request), *args, **kwargs)

    guarded.is_for_people = True  # type: ignore[attr-defined]
    return cast("Callable[..., Any]", guarded)


def step_up(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Ask people who have a second factor to prove again who they are, unless they did in the last five minutes."""
    guarded = reauthentication_required(view, allow_get=True, enabled=_has_factor)
    return cast("Callable[..., Any]", guarded)


def _has_factor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and is_mfa_enabled(request.user)
