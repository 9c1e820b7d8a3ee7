"""Ballots: calling one, its page with the vote and the result, handing a vote over, withdrawing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import ballot as act
from forum.forms.ballot import BallotForm, ReasonForm, VoteForm
from forum.models import Ballot, Constituency, Group, Seat
from forum.permissions.ballot import can_call, can_vote, can_withdraw
from forum.permissions.group import can_lead
from forum.queries.ballot import own_holding, own_votes, seat_lines, votes_of
from forum.views.ballot_result import result_of
from forum.views.inside import group_page, inside_group
from forum.views.work_pieces import TAB, refuse, trail
from ledger.refusals import NotVisible, Refusal
from organisations.queries.door import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb


def _ballot(request: ViewerRequest, group: Group, code: str) -> Ballot:
    rows = Ballot.objects.filter(group=group).select_related("group")
    return fetch(Ballot, code, viewer=request.viewer, queryset=rows)


def _to(request: ViewerRequest, ballot: Ballot) -> HttpResponse:
    return go_to(request, reverse("forum:ballot", args=[ballot.group.key, ballot.code]))


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Call a ballot."""
    can_call(request.viewer, group).require()
    now = timezone.now()
    held = Seat.objects.visible_to(request.viewer).current().filter(group=group)
    filled = set(held.values_list("constituency", flat=True))
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        constituencies=[one for one in Constituency.values if one in filled],
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = act.call_ballot(viewer=request.viewer, group=group, at=now, **form.asked(now))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The ballot is called. The people on the seats are told."))
            return _to(request, made)
    crumbs = trail(group, Crumb(_("New ballot")))
    return group_page(
        request,
        group,
        "forum/ballot_new.html",
        {"form": form},
        tab=TAB,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )


@inside_group
def ballot(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a ballot, and vote in it; once closed, its result."""
    found = _ballot(request, group, code)
    form = VoteForm(request.POST if request.method == "POST" else None, ballot=found)
    if request.method == "POST":
        holding = own_holding(request.viewer, group)
        can_vote(request.viewer, found, holding, at=timezone.now()).require()
        if form.is_valid():
            return _vote(request, found, form.cleaned_data["choice"])
    return _page(request, found, form, status=422 if form.is_bound else 200)


@require_safe
@member_required
def by_code(request: ViewerRequest, code: str) -> HttpResponse:
    """Lead to a ballot of which only the code is known."""
    rows = Ballot.objects.select_related("group")
    return _to(request, fetch(Ballot, code, viewer=request.viewer, queryset=rows))


def _vote(request: ViewerRequest, found: Ballot, choice: int) -> HttpResponse:
    act.vote(viewer=request.viewer, ballot=found, choice=choice, at=timezone.now())
    messages.success(request, _("Your seat has voted."))
    return _to(request, found)


def _page(request: ViewerRequest, found: Ballot, form: VoteForm, status: int = 200) -> HttpResponse:
    viewer, group, now = request.viewer, found.group, timezone.now()
    lines = seat_lines(viewer, found)
    mine = next((one for one in lines if one.place), None)
    holding = own_holding(viewer, group) if mine else None
    may_vote = can_vote(viewer, found, holding, at=now)
    votes = own_votes(viewer, found, mine.seat) if mine and not found.is_secret else []
    if votes and not form.is_bound:
        form.initial["choice"] = str(votes[0].choice)
    cast = votes_of(viewer, found)
    is_lead, runs = bool(can_lead(viewer, group)), found.phase(now) in {"coming", "open"}
    context: dict[str, Any] = {
        "ballot": found,
        "phase": found.phase(now),
        "form": form if may_vote else None,
        "why_not": may_vote.reason if mine and runs else "",
        "lines": lines,
        "mine": mine,
        "own_votes": [(one, _words(found, one.choice)) for one in votes],
        "votes": [(one, _words(found, one.choice)) for one in cast],
        "quorum": _quorum(found),
        "is_lead": is_lead,
        "runs": runs,
        "may_withdraw": is_lead and runs,
        "result": result_of(found, lines, cast),
    }
    crumbs = trail(group, Crumb(_("Ballot")))
    return group_page(request, group, "forum/ballot.html", context, tab=TAB, crumbs=crumbs, status=status)


def _words(found: Ballot, choice: int) -> str:
    return dict(found.numbered())[choice]


def _quorum(found: Ballot) -> list[tuple[str, int]]:
    labels = dict(Constituency.choices)
    pairs = zip(found.quorum_of, found.quorum_least, strict=True)
    return [(str(labels[one]), least) for one, least in pairs]


@inside_group
@require_POST
def hand_over(request: ViewerRequest, group: Group, code: str, seat: str) -> HttpResponse:
    """Let the alternate of a seat vote."""
    found, of = _ballot(request, group, code), _seat(request, group, seat)
    act.hand_over(viewer=request.viewer, ballot=found, seat=of, at=timezone.now())
    messages.success(request, _("The alternate votes for this seat now."))
    return _to(request, found)


@inside_group
@require_POST
def take_back(request: ViewerRequest, group: Group, code: str, seat: str) -> HttpResponse:
    """Let its holder vote again."""
    found, of = _ballot(request, group, code), _seat(request, group, seat)
    act.take_back(viewer=request.viewer, ballot=found, seat=of, at=timezone.now())
    messages.success(request, _("The holder votes for this seat again."))
    return _to(request, found)


def _seat(request: ViewerRequest, group: Group, code: str) -> Seat:
    rows = Seat.objects.visible_to(request.viewer).current().filter(group=group, code=code.upper())
    found = rows.first()
    if found is None:
        raise NotVisible
    return found


@inside_group
def withdraw(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Call a ballot off."""
    found = _ballot(request, group, code)
    can_withdraw(request.viewer, found, at=timezone.now()).require()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act.withdraw_ballot(viewer=request.viewer, ballot=found, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The ballot is withdrawn. Nothing of it is counted."))
        return _to(request, found)
    crumbs = trail(
        group, Crumb(_("Ballot"), reverse("forum:ballot", args=[group.key, found.code])), Crumb(_("Withdraw"))
    )
    return group_page(
        request,
        group,
        "forum/ballot_withdraw.html",
        {"ballot": found, "form": form},
        tab=TAB,
        crumbs=crumbs,
        status=422 if form.is_bound else 200,
    )
