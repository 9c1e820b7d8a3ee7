"""Who may enter a page at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from organisations.views.middleware import ViewerRequest

P = ParamSpec("P")


def member_required(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let members of an organisation in; send others to sign in, or to found or join an organisation."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "viewer", None) is None:
            return redirect("organisations:new")
        return view(cast("ViewerRequest", request), *args, **kwargs)

    guarded.is_for_members = True  # type: ignore[attr-defined]
    return cast("Callable[..., Any]", guarded)
