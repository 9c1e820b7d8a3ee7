"""What a group talks about: its threads, finding posts, and how closely one listens."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.discussion import listen_to_group, read_everything
from forum.forms.discussion import AttentionForm, SearchForm
from forum.lifecycle import ReportState
from forum.models import Attention, Group, PostReport
from forum.queries.discussion_search import posts_with, threads_with
from forum.queries.thread import NEWEST, access_with_attention, threads_for, unread_by_group
from forum.views.inside import group_page, inside_group
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb


@require_safe
@inside_group
def threads(request: ViewerRequest, group: Group) -> HttpResponse:
    """List the threads of a group, pinned ones first, then whatever was written in last."""
    page = keyset_page(
        threads_for(request.viewer).filter(group=group), request=request, order=NEWEST, size=30
    )
    if is_partial(request):
        return render(request, "forum/_threads.html", {"page": page, "group": group})
    access: Any = access_with_attention(request.viewer, group)
    is_lead = access is not None and access.is_co_lead
    waiting = PostReport.objects.visible_to(request.viewer).filter(group=group, state=ReportState.OPEN)
    context: dict[str, Any] = {
        "page": page,
        "is_lead": is_lead,
        "waiting": waiting.count() if is_lead else 0,
        "attention": access.attention if access else "",
        "attentions": Attention.choices,
        "listen_url": reverse("forum:discussion_listen", args=[group.key]),
    }
    return group_page(request, group, "forum/threads.html", context, tab="discussion")


@require_safe
@inside_group
def search(request: ViewerRequest, group: Group) -> HttpResponse:
    """Find posts and threads of a group by their words."""
    words = _words(request)
    context = {
        "words": words,
        "found": posts_with(request.viewer, words, group=group),
        "threads": threads_with(request.viewer, words, group=group),
        "search_url": request.path,
    }
    crumbs = [_home(group), Crumb(_("Search"))]
    return group_page(
        request, group, "forum/discussion_search.html", context, tab="discussion", crumbs=crumbs
    )


@require_safe
@member_required
def own(request: ViewerRequest) -> HttpResponse:
    """Show what is new in the viewer's groups, and find posts in all of them."""
    words = _words(request)
    unread = unread_by_group(request.viewer)
    groups = list(Group.objects.entered_by(request.viewer).order_by("title", "pk"))
    for group in groups:
        group.unread = unread.get(group.pk, 0)  # type: ignore[attr-defined]
    request.place = "forum:groups"
    context = {
        "groups": groups,
        "words": words,
        "found": posts_with(request.viewer, words),
        "threads": threads_with(request.viewer, words),
        "search_url": request.path,
        "names_groups": True,
        "crumbs": [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("Discussions"))],
    }
    return render(request, "forum/discussion_own.html", context)


@require_POST
@inside_group
def seen(request: ViewerRequest, group: Group) -> HttpResponse:
    """Count everything as seen."""
    read_everything(viewer=request.viewer, group=group)
    messages.success(request, _("Every post of this group counts as seen."))
    return redirect("forum:group_discussion", group.key)


@require_POST
@inside_group
def listen(request: ViewerRequest, group: Group) -> HttpResponse:
    """Follow or mute the group, or neither."""
    form = AttentionForm(request.POST)
    chosen = form.cleaned_data["attention"] if form.is_valid() else "?"
    listen_to_group(viewer=request.viewer, group=group, attention=chosen)
    messages.success(request, said_of(chosen))
    return redirect("forum:group_discussion", group.key)


def said_of(attention: str) -> str:
    """Return what is said once somebody has chosen how closely to listen."""
    return {
        Attention.FOLLOW.value: _("You follow this now."),
        Attention.MUTE.value: _("Muted. You are told only when somebody mentions you."),
    }.get(attention, _("You neither follow nor mute this now."))


def _words(request: ViewerRequest) -> str:
    form = SearchForm(request.GET)
    return str(form.cleaned_data["q"]).strip() if form.is_valid() else ""


def _home(group: Group) -> Crumb:
    return Crumb(_("Discussion"), reverse("forum:group_discussion", args=[group.key]))


def thread_crumbs(group: Group, *more: Crumb) -> list[Crumb]:
    """Return the way from a group to a page about a thread."""
    return [_home(group), *more]
