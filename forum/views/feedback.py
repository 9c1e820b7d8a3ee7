"""Feedback rounds as their own group sees them: prepared, open, answered, ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import feedback as act
from forum.forms.feedback import CommentAnswerForm, PartForm, RoundForm, SummaryForm, TakeBackForm
from forum.lifecycle import FeedbackState
from forum.models import FeedbackComment, FeedbackProject, FeedbackRound, Group, Project
from forum.permissions import feedback as may
from forum.queries.feedback import rounds_asking, rounds_of, stood
from forum.views.asked import Asked, ask
from forum.views.feedback_pieces import answered_by, shown
from forum.views.inside import group_page, inside_group
from forum.views.work_pieces import TAB, posted, trail
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.paging import keyset_page
from web.pieces import Crumb

ASKING = 20


def round_in(request: ViewerRequest, group: Group, code: str) -> FeedbackRound:
    """Return a round of this group."""
    rows = FeedbackRound.objects.filter(group=group).select_related("group")
    return fetch(FeedbackRound, code, viewer=request.viewer, queryset=rows)


def round_url(found: FeedbackRound) -> str:
    """Return where the group itself reads a round."""
    return reverse("forum:feedback_round", args=[found.group.key, found.code])


def _way(group: Group, *more: Crumb) -> list[Crumb]:
    rounds = Crumb(_("Feedback rounds"), reverse("forum:feedback_rounds", args=[group.key]))
    return trail(group, rounds, *more)


def _asked(found: FeedbackRound, heading: str, button: str, done: str, **more: Any) -> Asked:
    way = _way(found.group, Crumb(_("Feedback round"), round_url(found)))
    given: dict[str, Any] = {"back": round_url(found), "tab": TAB, "crumbs": way}
    return Asked(heading=heading, button=button, done=done, **(given | more))


@inside_group
@require_safe
def listed(request: ViewerRequest, group: Group) -> HttpResponse:
    """Show the rounds of this group, the newest first, and those of other groups that ask it."""
    now, viewer = timezone.now(), request.viewer
    page = keyset_page(rounds_of(group, viewer), request=request, order=("-created_at", "-id"), size=30)
    asking = rounds_asking(group, viewer).order_by("-opens_at", "-id")[:ASKING]
    context = {
        "page": page,
        "rounds": stood(page.rows, now),
        "asking": stood(asking, now),
        "may_prepare": bool(may.can_prepare(viewer, group)),
    }
    return group_page(request, group, "forum/feedback_rounds.html", context, tab=TAB, crumbs=_way(group))


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Begin a round."""
    may.can_prepare(request.viewer, group).require()
    form = RoundForm(posted(request), viewer=request.viewer, group=group)

    def do() -> None:
        made.append(
            act.prepare_round(viewer=request.viewer, group=group, said=form.said(), at=timezone.now())
        )

    made: list[FeedbackRound] = []
    page = Asked(
        heading=_("New feedback round"),
        button=_("Save the draft"),
        back=reverse("forum:feedback_rounds", args=[group.key]),
        tab=TAB,
        note=_("This makes a draft for your group alone. Then you choose projects, and release it."),
        crumbs=_way(group),
    )
    answer = ask(request, group, form, do, page)
    if made:
        messages.success(request, _("The draft stands. Say now which projects it presents."))
        return go_to(request, round_url(made[0]))
    return answer


@inside_group
def edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Change a draft."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_change_round(viewer, found).require()
    form = RoundForm(posted(request), viewer=viewer, group=group, found=found)
    page = _asked(found, _("Change this round"), _("Save the draft"), _("Saved."))
    return ask(
        request,
        group,
        form,
        lambda: act.change_round(viewer=viewer, found=found, said=form.said(), at=timezone.now()),
        page,
    )


@inside_group
@require_safe
def detail(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a round to its own group."""
    found, viewer, now = round_in(request, group, code), request.viewer, timezone.now()
    context = shown(request, found, at=now)
    parts = [part for part, _questions in context["parts"]]
    # One question to the database for each state: who prepares, answers, ends and withdraws are the co-leads.
    may_change = found.state == FeedbackState.DRAFT and bool(may.can_change_round(viewer, found))
    leads = found.state == FeedbackState.OPEN and bool(may.can_answer_in(viewer, found))
    others = Project.objects.visible_to(viewer).filter(group=group)
    others = others.exclude(pk__in=[part.project_id for part in parts]).order_by("-created_at", "-id")
    context |= {
        "may_change": may_change,
        "others": list(others[:50]) if may_change else [],
        "may_answer": {part.pk for part in parts} if leads else answered_by(viewer, found, parts),
        "leads": leads,
        "may_finish": leads and context["phase"] == "answering" and not context["waits"],
        "may_withdraw": may_change or leads,
    }
    crumbs = _way(group, Crumb(_("Feedback round")))
    return group_page(request, group, "forum/feedback_round.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def present(request: ViewerRequest, group: Group, code: str, project: str) -> HttpResponse:
    """Say what others read about a project."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_change_round(viewer, found).require()
    chosen = fetch(Project, project, viewer=viewer, queryset=Project.objects.filter(group=group))
    parts = FeedbackProject.objects.visible_to(viewer).filter(round=found, project=chosen)
    form = PartForm(posted(request), viewer=viewer, project=chosen, part=parts.first())
    page = _asked(
        found,
        _("What do others read about this project?"),
        _("Save"),
        _("Saved. Others read it once the round is open."),
    )
    return ask(
        request,
        group,
        form,
        lambda: act.present_project(
            viewer=viewer, found=found, project=chosen, said=form.said(), at=timezone.now()
        ),
        page,
        point=chosen,
    )


@inside_group
@require_POST
def take_out(request: ViewerRequest, group: Group, code: str, part: str) -> HttpResponse:
    """Leave a project out of a draft."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_change_round(viewer, found).require()
    rows = FeedbackProject.objects.filter(round=found).select_related("round__group")
    chosen = fetch(FeedbackProject, part, viewer=viewer, queryset=rows)
    act.take_out_project(viewer=viewer, part=chosen, at=timezone.now())
    messages.success(request, _("The project is left out."))
    return go_to(request, round_url(found))


@inside_group
@require_POST
def release(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Let the round open."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_change_round(viewer, found).require()
    act.release_round(viewer=viewer, found=found, at=timezone.now())
    messages.success(request, _("Released. The invited groups are told when it opens."))
    return go_to(request, round_url(found))


@inside_group
def withdraw(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Take a round back."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_withdraw_round(viewer, found).require()
    form = TakeBackForm(posted(request), is_draft=found.released_at is None)
    page = _asked(
        found,
        _("Withdraw this round"),
        _("Withdraw it"),
        _("The round is withdrawn."),
        note=_("People of other groups read nothing of it any more. It cannot be opened again."),
        is_danger=True,
    )

    def do() -> None:
        act.withdraw_round(viewer=viewer, found=found, at=timezone.now(), **form.cleaned_data)

    return ask(request, group, form, do, page)


@inside_group
def finish(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """End a round with its summary."""
    found, viewer = round_in(request, group, code), request.viewer
    may.can_finish(viewer, found, at=timezone.now()).require()
    form = SummaryForm(posted(request))
    page = _asked(
        found,
        _("What came of it?"),
        _("Publish the summary"),
        _("The summary is published."),
        note=_("It goes to everybody who could read the round, and to your group. Then the round is over."),
    )

    def do() -> None:
        act.finish_round(viewer=viewer, found=found, at=timezone.now(), **form.cleaned_data)

    return ask(request, group, form, do, page)


@inside_group
def answer(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Answer a comment."""
    viewer = request.viewer
    rows = FeedbackComment.objects.filter(group=group).select_related("round__group", "part__project")
    comment = fetch(FeedbackComment, code, viewer=viewer, queryset=rows)
    may.can_answer_comment(viewer, comment).require()
    form = CommentAnswerForm(posted(request))
    page = _asked(
        comment.round,
        _("Answer the comment"),
        _("Answer"),
        _("The answer stands beside the comment, and its author is told."),
        note=_("Everybody who reads the round reads the answer, with your name. It stays as you say it."),
        template="forum/feedback_answer.html",
    )

    def do() -> None:
        act.answer_comment(viewer=viewer, comment=comment, at=timezone.now(), **form.cleaned_data)

    return ask(request, group, form, do, page, comment=comment)
