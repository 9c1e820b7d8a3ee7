"""A feedback round as people of the invited groups read it, and their comments."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forum.actions.feedback import comment as add_comment
from forum.forms.feedback import CommentForm
from forum.models import FeedbackProject, FeedbackRound
from forum.permissions.feedback import can_comment
from forum.permissions.group import can_enter
from forum.queries.feedback import groups_to_speak_for
from forum.views.asked import explain
from forum.views.feedback import round_url
from forum.views.feedback_pieces import shown
from forum.views.inside import group_url
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb


def _read_url(found: FeedbackRound) -> str:
    return reverse("forum:feedback_read", args=[found.code])


def _way(found: FeedbackRound, *more: Crumb) -> list[Crumb]:
    group = found.group
    return [Crumb(_("Forum"), reverse("forum:groups")), Crumb(group.title, group_url(group)), *more]


@member_required
@require_safe
def read(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a round to people of the invited groups; its own group is led to the page inside."""
    rows = FeedbackRound.objects.select_related("group")
    found, viewer, now = (
        fetch(FeedbackRound, code, viewer=request.viewer, queryset=rows),
        request.viewer,
        timezone.now(),
    )
    if can_enter(viewer, found.group):
        return redirect(round_url(found))
    request.place = "forum:groups"
    context = shown(request, found, at=now) | {
        "group": found.group,
        "may_comment": bool(can_comment(viewer, found, at=now)),
        "crumbs": _way(found, Crumb(_("Feedback round"))),
    }
    return render(request, "forum/feedback_read.html", context)


@member_required
def comment(request: ViewerRequest, code: str, part: str) -> HttpResponse:
    """Comment on a project."""
    viewer = request.viewer
    rows = FeedbackProject.objects.filter(round__code=code.upper()).select_related("round__group")
    found = fetch(FeedbackProject, part, viewer=viewer, queryset=rows)
    can_comment(viewer, found.round, at=timezone.now()).require()
    request.place = "forum:groups"
    groups = groups_to_speak_for(viewer, found.round)
    asked = request.GET.get("question", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    form = CommentForm(request.POST or None, part=found, groups=groups, asked=number)
    if form.is_bound and form.is_valid():
        try:
            add_comment(viewer=viewer, part=found, at=timezone.now(), **form.said())
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            explain(form, refusal)
        else:
            messages.success(request, _("Your comment stands there. You are told when it has its answer."))
            return go_to(request, _read_url(found.round))
    context = {
        "form": form,
        "part": found,
        "round": found.round,
        "speaks_for": groups[0] if len(groups) == 1 else None,
        "back": _read_url(found.round),
        "crumbs": _way(
            found.round, Crumb(_("Feedback round"), _read_url(found.round)), Crumb(_("Your comment"))
        ),
    }
    return render(request, "forum/feedback_comment.html", context, status=422 if form.is_bound else 200)
