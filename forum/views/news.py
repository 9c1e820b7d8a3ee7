"""How often somebody wants news by mail, and the link in each letter that ends them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from forum.actions.news import choose_news, stop_news, void_links
from forum.forms.discussion import NewsForm
from forum.models import NewsChoice
from forum.queries.news import choice_with, own_choice
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def choose(request: ViewerRequest) -> HttpResponse:
    """Choose how often; or make the links of earlier letters void."""
    request.place = "forum:groups"
    if request.method == "POST" and "void" in request.POST:
        void_links(viewer=request.viewer, at=timezone.now())
        messages.success(request, _("The links in all letters so far no longer work."))
        return redirect("forum:news")
    form = NewsForm(request.POST or None, instance=own_choice(request.viewer) or NewsChoice())
    if request.method == "POST" and form.is_valid():
        choose_news(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("forum:news")
    crumbs = [
        Crumb(_("Forum"), reverse("forum:groups")),
        Crumb(_("Discussions"), reverse("forum:discussion")),
    ]
    context = {"form": form, "crumbs": [*crumbs, Crumb(_("News by mail"))]}
    return render(request, "forum/news.html", context, status=422 if form.is_bound else 200)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End letters by the link in them: mail programs POST here by themselves (RFC 8058), people press a button.

    It needs no session and no CSRF token: the link is the secret, and all that it can do is to end letters.
    """
    choice = choice_with(token)
    is_done = request.method == "POST"
    if is_done:
        stop_news(choice=choice)
    return render(request, "forum/news_stop.html", {"is_done": is_done})
