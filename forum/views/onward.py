"""Where somebody goes on to, and the page that asks for their name on the way."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from organisations.views.middleware import ViewerRequest


def name_first(request: ViewerRequest, to: str = "") -> HttpResponse | None:
    """Send whoever has no name to the page that asks for it; None for everybody else.

    Args:
        to: where to go afterwards; the page that was asked for unless said otherwise.
    """
    if request.user.name:
        return None
    messages.info(request, _("Say first what you are called."))
    address = to or (
        request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("forum:groups")
    )
    return redirect(f"{reverse('forum:name')}?{urlencode({'next': address})}")


def next_of(request: HttpRequest) -> str:
    """Return where to go on to: a page of this site that was asked for, or the forum."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("forum:groups")
