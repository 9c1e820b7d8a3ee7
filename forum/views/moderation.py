"""Keeping order: report a post, hide it, show it again, lock and pin threads; reports and the log, for co-leads."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum.actions.moderation import dismiss_report, hide_post, report_post, set_lock, set_pin, show_post
from forum.forms.discussion import ReasonForm
from forum.lifecycle import ReportState
from forum.models import Group, ModerationStep, PostReport
from forum.permissions.discussion import can_moderate, can_report
from forum.queries.thread import post_called, thread_called
from forum.views.discussion import thread_crumbs
from forum.views.inside import group_page, inside_group
from forum.views.post import place_of, post_crumbs
from forum.views.thread import explain
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.paging import keyset_page
from web.pieces import Crumb

MOST_REPORTS = 100


@require_safe
@inside_group
def log(request: ViewerRequest, group: Group) -> HttpResponse:
    """Show co-leads which posts were reported, and what was done."""
    can_moderate(request.viewer, group).require()
    waiting = PostReport.objects.visible_to(request.viewer).filter(group=group, state=ReportState.OPEN)
    reports = list(waiting.select_related("post__thread").order_by("pk")[:MOST_REPORTS])
    steps = (
        ModerationStep.objects.visible_to(request.viewer).filter(group=group).select_related("thread", "post")
    )
    page = keyset_page(steps, request=request, order=("-at", "-id"))
    context = {"reports": reports, "page": page}
    crumbs = thread_crumbs(group, Crumb(_("Moderation")))
    return group_page(request, group, "forum/moderation.html", context, tab="discussion", crumbs=crumbs)


@require_POST
@inside_group
def dismiss(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Let a reported post stand."""
    can_moderate(request.viewer, group).require()
    rows = PostReport.objects.filter(group=group).select_related("post__thread")
    report = fetch(PostReport, code, viewer=request.viewer, queryset=rows)
    report.post.group = report.post.thread.group = group
    dismiss_report(viewer=request.viewer, report=report, at=timezone.now())
    messages.success(request, _("The post stays as it is."))
    return redirect("forum:moderation", group.key)


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def report(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Tell the co-leads that a post is out of place."""
    post = post_called(code, group=group, viewer=request.viewer)
    can_report(request.viewer, post).require()
    form = ReasonForm(request.POST or None, label=_("What is wrong with this post?"))
    context: dict[str, Any] = {
        "heading": _("Report this post"),
        "lead": _(
            "Only the co-leads of this group read what you write here, and only they learn that it was you."
        ),
        "button": _("Report it"),
        "post": post,
    }
    return _reasoned(
        request,
        group,
        form,
        lambda **said: report_post(viewer=request.viewer, post=post, at=timezone.now(), **said),
        context,
        back=place_of(group, post),
        crumbs=post_crumbs(group, post, _("Report")),
        done=_("Thank you. The co-leads are told."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def hide(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Hide a post."""
    can_moderate(request.viewer, group).require()
    post = post_called(code, group=group, viewer=request.viewer)
    form = ReasonForm(request.POST or None, label=_("Why is it hidden?"))
    context: dict[str, Any] = {
        "heading": _("Hide this post?"),
        "lead": _(
            "Its words and files leave the thread and the search. Its author is told; the reason stands in the log of "
            "the co-leads. You can show it again."
        ),
        "button": _("Hide it"),
        "is_danger": True,
        "post": post,
    }
    return _reasoned(
        request,
        group,
        form,
        lambda **said: hide_post(viewer=request.viewer, post=post, at=timezone.now(), **said),
        context,
        back=place_of(group, post),
        crumbs=post_crumbs(group, post, _("Hide")),
        done=_("Hidden."),
    )


@require_POST
@inside_group
def show(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a hidden post again."""
    can_moderate(request.viewer, group).require()
    post = post_called(code, group=group, viewer=request.viewer)
    show_post(viewer=request.viewer, post=post, at=timezone.now())
    messages.success(request, _("The post is shown again."))
    return redirect(place_of(group, post))


@require_POST
@inside_group
def lock(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Lock a thread, or open it again."""
    can_moderate(request.viewer, group).require()
    thread = thread_called(code, group=group, viewer=request.viewer)
    locked = request.POST.get("on", "1") == "1"
    set_lock(viewer=request.viewer, thread=thread, locked=locked, at=timezone.now())
    messages.success(
        request, _("Locked: only co-leads write here now.") if locked else _("Open again for posts.")
    )
    return redirect("forum:thread", group.key, thread.code)


@require_POST
@inside_group
def pin(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Keep a thread at the top of the list, or let it go."""
    can_moderate(request.viewer, group).require()
    thread = thread_called(code, group=group, viewer=request.viewer)
    pinned = request.POST.get("on", "1") == "1"
    set_pin(viewer=request.viewer, thread=thread, pinned=pinned, at=timezone.now())
    messages.success(request, _("Pinned to the top.") if pinned else _("No longer pinned."))
    return redirect("forum:thread", group.key, thread.code)


def _reasoned(
    request: ViewerRequest,
    group: Group,
    form: ReasonForm,
    do: Callable[..., Any],
    context: dict[str, Any],
    *,
    back: str,
    crumbs: list[Crumb],
    done: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            do(**form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, done)
            return redirect(back)
    given = {"form": form, "back": back, **context}
    status = 422 if form.is_bound else 200
    return group_page(
        request, group, "forum/discussion_form.html", given, tab="discussion", crumbs=crumbs, status=status
    )
