"""Decisions: propose one, its page with the objections and their answers, and what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import decision as act
from forum.forms.work import AnswerForm, DecisionForm, ObjectionForm
from forum.models import Decision, Group, Objection
from forum.permissions.work import can_object, can_settle, can_withdraw_decision, can_work
from forum.queries.ballot import own_holding
from forum.views.inside import group_page, inside_group
from forum.views.kept import decision_initial, origin_of
from forum.views.work_pieces import TAB, answered, posted, trail
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb


def _decision(request: ViewerRequest, group: Group, code: str) -> Decision:
    rows = Decision.objects.filter(group=group).select_related("group", "ballot", "meeting")
    return fetch(Decision, code, viewer=request.viewer, queryset=rows)


def _url(found: Decision) -> str:
    return reverse("forum:decision", args=[found.group.key, found.code])


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Propose a decision."""
    can_work(request.viewer, group).require()
    origin = origin_of(request, group)

    def add(given: dict[str, Any]) -> str:
        made = act.propose(
            viewer=request.viewer, group=group, meeting=origin.meeting, at=timezone.now(), **given
        )
        return _url(made)

    return answered(
        request,
        group,
        DecisionForm(
            posted(request), viewer=request.viewer, group=group, initial=decision_initial(origin.line)
        ),
        add,
        heading=_("Propose a decision"),
        verb=_("Propose"),
        done=_("It is proposed, and the seats are told."),
        note=origin.note(
            _("Whoever sits on a seat can object, with reasons. A co-lead answers each objection.")
        ),
        back=origin.back,
    )


@inside_group
@require_safe
def decision(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a decision."""
    found, viewer = _decision(request, group, code), request.viewer
    objections = list(Objection.objects.visible_to(viewer).filter(decision=found).select_related("seat"))
    holding = own_holding(viewer, group)
    has_objected = holding is not None and any(one.seat_id == holding.seat_id for one in objections)
    is_open, leads = not found.is_settled, bool(can_settle(viewer, found))
    waits = any(not one.answer for one in objections)
    context = {
        "decision": found,
        "objections": objections,
        "may_object": not has_objected and bool(can_object(viewer, found, holding)),
        "may_answer": leads and is_open,
        "waits": waits,
        "may_settle": leads and is_open and not waits,
        "may_withdraw": is_open and bool(can_withdraw_decision(viewer, found)),
    }
    crumbs = trail(group, Crumb(_("Decision")))
    return group_page(request, group, "forum/decision.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def object_to(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Object for one's seat."""
    found = _decision(request, group, code)
    can_object(request.viewer, found, own_holding(request.viewer, group)).require()

    def add(given: dict[str, Any]) -> str:
        act.object_to(viewer=request.viewer, decision=found, at=timezone.now(), **given)
        return _url(found)

    return answered(
        request,
        group,
        ObjectionForm(posted(request)),
        add,
        heading=_("Object to this decision"),
        verb=_("Object"),
        done=_("Your objection stands there. A co-lead answers it."),
        back=_url(found),
        note=_(
            "Everybody in the group reads it, with your name and your organisation's. It stays as you say it."
        ),
    )


@inside_group
def answer(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Answer an objection."""
    rows = Objection.objects.filter(group=group).select_related("decision__group")
    found = fetch(Objection, code, viewer=request.viewer, queryset=rows)
    can_settle(request.viewer, found.decision).require()

    def add(given: dict[str, Any]) -> str:
        act.answer_objection(viewer=request.viewer, objection=found, at=timezone.now(), **given)
        return _url(found.decision)

    return answered(
        request,
        group,
        AnswerForm(posted(request)),
        add,
        heading=_("Answer the objection"),
        verb=_("Answer"),
        done=_("The answer stands beside the objection."),
        back=_url(found.decision),
    )


@inside_group
@require_POST
def settle(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say that the group agrees."""
    found = _decision(request, group, code)
    act.settle(viewer=request.viewer, decision=found, at=timezone.now())
    messages.success(request, _("The decision is settled. It stays as it is."))
    return go_to(request, _url(found))


@inside_group
@require_POST
def withdraw(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Take a proposal back."""
    found = _decision(request, group, code)
    act.withdraw_decision(viewer=request.viewer, decision=found, at=timezone.now())
    messages.success(request, _("The proposal is withdrawn."))
    return go_to(request, _url(found))
