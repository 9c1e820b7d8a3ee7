"""The pages of a rating: two people score apart, compare and agree; the initiative has its say; everybody reads it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.rating import (
    begin_rating,
    cite,
    correct_rating,
    hand_in,
    publish_rating,
    reply_to_rating,
    save_indicator,
    send_rating,
    take_away,
    withdraw_rating,
)
from schemes.forms.initiative import NOT_ASSESSED, BeginForm, CitationForm, HandInForm, ScoreForm, SendForm
from schemes.forms.tracker import ReplyForm
from schemes.models import Citation, Initiative, Rating
from schemes.permissions.initiative import can_keep_initiative
from schemes.permissions.rating import (
    can_cite,
    can_correct,
    can_hand_in,
    can_publish_rating,
    can_reply_to_rating,
    can_score,
    can_send,
    can_withdraw_rating,
)
from schemes.queries.door import open_page
from schemes.queries.rating import Line, Sheet, missing_of, part_of, replies_to, sheet_of
from schemes.views.initiative import crumbs_of
from schemes.views.public import reader
from schemes.views.tracker import show_refusal
from sourcing.queries.evidence import checklists_for, evidence_kinds
from web.pieces import Crumb, Step


def _rows() -> Any:
    return Rating.objects.select_related("initiative", "edition", "rater", "second_rater")


@require_safe
def rating(request: HttpRequest, code: str) -> HttpResponse:
    """Show one rating: to everybody once it is published, before that to those who make it and to the initiative."""
    viewer = reader(request)
    rows = Rating.objects.select_related("initiative", "edition")
    return _page(request, open_page(Rating, code, viewer=viewer, queryset=rows))


def _page(request: HttpRequest, found: Rating, form: Any = None, status: int = 200) -> HttpResponse:
    viewer, now = reader(request), timezone.now()
    sheet = sheet_of(viewer, found)
    context: dict[str, Any] = {
        "rating": found,
        "initiative": found.initiative,
        "sheet": sheet,
        "replies": replies_to(viewer, found),
        "steps": _steps(found),
        "crumbs": crumbs_of(found.initiative, _("Rating")),
        "is_body": bool(viewer and viewer.organisation_id == found.body_id),
    }
    if viewer is not None:
        part = part_of(viewer, found)
        context |= {
            "part": part,
            "may_score": can_score(viewer, found),
            "may_hand_in": can_hand_in(viewer, found),
            "may_send": can_send(viewer, found),
            "may_correct": can_correct(viewer, found),
            "may_publish": can_publish_rating(viewer, found, now),
            "may_withdraw": can_withdraw_rating(viewer, found),
            "may_reply": can_reply_to_rating(viewer, found),
            "done": sum(part in line.scores for line in sheet.lines) if part else 0,
            "missing": missing_of(sheet) if can_send(viewer, found) else [],
            "form": form or _form_for(viewer, found),
        }
    return render(request, "schemes/initiative_rating.html", context, status=status)


def _form_for(viewer: Any, found: Rating) -> Any:
    if can_hand_in(viewer, found):
        return HandInForm()
    return SendForm() if can_send(viewer, found) else None


def _steps(found: Rating) -> list[Step]:
    labels = {
        "scoring": _("Two score apart"),
        "comparing": _("They compare and agree"),
        "with_initiative": _("The initiative has its say"),
        "published": _("Published"),
    }
    if found.state not in labels:
        return []
    order = list(labels)
    now = order.index(found.state)
    done = found.state == "published"
    return [
        Step(label, "done" if place < now or done else "now" if place == now else "later")
        for place, label in enumerate(labels.values())
    ]


@member_required
def begin(request: ViewerRequest, code: str) -> HttpResponse:
    """Begin to rate an initiative with a colleague."""
    found = fetch(Initiative, code, viewer=request.viewer)
    can_keep_initiative(request.viewer, found).require()
    form = BeginForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_rating(
                viewer=request.viewer,
                initiative=found,
                edition=form.editions[form.cleaned_data["edition"]],
                second_rater_id=int(form.cleaned_data["second_rater"]),
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("schemes:rating", made.code)
    request.place = "schemes:initiatives"
    context = {"form": form, "heading": _("How is it rated?"), "crumbs": crumbs_of(found, _("Rate"))}
    return render(request, "schemes/tracker_form.html", context, status=422 if form.is_bound else 200)


@member_required
def score(request: ViewerRequest, code: str, indicator: str) -> HttpResponse:
    """Score one indicator, with the evidence for it beside."""
    found, sheet, line = _indicator(request, code, indicator)
    can_score(request.viewer, found).require()
    part = part_of(request.viewer, found)
    form = _score_form(request, found, line, part, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            save_indicator(
                viewer=request.viewer, rating=found, indicator=indicator, at=timezone.now(), **form.said()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            following = _next(sheet, indicator)
            if "next" in request.POST and following:
                return redirect("schemes:rating_score", found.code, following)
            return redirect("schemes:rating", found.code)
    return _score_page(request, found, sheet, line, form, CitationForm())


@member_required
@require_POST
def add_citation(request: ViewerRequest, code: str, indicator: str) -> HttpResponse:
    """Cite a piece of evidence for an indicator."""
    found, sheet, line = _indicator(request, code, indicator)
    can_cite(request.viewer, found).require()
    form = CitationForm(request.POST)
    if form.is_valid():
        try:
            cite(
                viewer=request.viewer, rating=found, indicator=indicator, said=form.said(), at=timezone.now()
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Cited."))
            return redirect("schemes:rating_score", found.code, indicator)
    scores = _score_form(request, found, line, part_of(request.viewer, found), None)
    return _score_page(request, found, sheet, line, scores, form, 422)


@member_required
@require_POST
def remove_citation(request: ViewerRequest, code: str, indicator: str, citation_code: str) -> HttpResponse:
    """Take a citation away."""
    found, _sheet, _line = _indicator(request, code, indicator)
    rows = Citation.objects.filter(rating=found, indicator=indicator).select_related("rating")
    citation = fetch(Citation, citation_code, viewer=request.viewer, queryset=rows)
    take_away(viewer=request.viewer, citation=citation)
    messages.success(request, _("Taken away."))
    return redirect("schemes:rating_score", found.code, indicator)


def _indicator(request: ViewerRequest, code: str, indicator: str) -> tuple[Rating, Sheet, Line]:
    found = fetch(Rating, code, viewer=request.viewer, queryset=_rows())
    request.place = "schemes:initiatives"
    sheet = sheet_of(request.viewer, found)
    line = next((one for one in sheet.lines if one.criterion.key == indicator), None)
    if line is None:
        raise NotVisible
    return found, sheet, line


def _score_form(request: ViewerRequest, found: Rating, line: Line, part: str, data: Any) -> ScoreForm:
    given = line.scores.get(part)
    both = [line.scores.get(one) for one in ("first", "second")]
    if given is None and part == "agreed" and all(both) and not line.differs:
        given = both[0]  # proposed where both gave the same; somebody still has to say so
    initial = None
    if given is not None:
        initial = {
            "value": given.value if given.value is not None else NOT_ASSESSED,
            "rationale": given.rationale,
            "language": given.language,
        }
    return ScoreForm(data, edition=found.edition.content, criterion=line.criterion, initial=initial)


def _score_page(
    request: ViewerRequest,
    found: Rating,
    sheet: Sheet,
    line: Line,
    form: ScoreForm,
    citation: CitationForm,
    status: int = 200,
) -> HttpResponse:
    keys = [one.criterion.key for one in sheet.lines]
    context = {
        "rating": found,
        "line": line,
        "form": form,
        "citation_form": citation,
        "part": part_of(request.viewer, found),
        "may_cite": can_cite(request.viewer, found),
        "number": keys.index(line.criterion.key) + 1,
        "of": len(keys),
        "checklists": checklists_for(kind.key for kind in evidence_kinds()),
        "next": _next(sheet, line.criterion.key),
        "crumbs": [
            *crumbs_of(found.initiative, "")[:-1],
            Crumb(_("Rating"), reverse("schemes:rating", args=[found.code])),
            Crumb(line.criterion.title),
        ],
    }
    return render(request, "schemes/initiative_score.html", context, status=422 if form.errors else status)


def _next(sheet: Sheet, indicator: str) -> str:
    keys = [one.criterion.key for one in sheet.lines]
    place = keys.index(indicator) + 1
    return keys[place] if place < len(keys) else ""


@member_required
@require_POST
def done(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand in one's own scores."""
    return _act(request, code, hand_in, HandInForm(request.POST), _("Handed in."))


@member_required
@require_POST
def send(request: ViewerRequest, code: str) -> HttpResponse:
    """Give the rating to the initiative."""
    return _act(request, code, send_rating, SendForm(request.POST), _("The initiative has its say now."))


@member_required
@require_POST
def correct(request: ViewerRequest, code: str) -> HttpResponse:
    """Take the rating back to put something right."""
    return _act(
        request, code, correct_rating, None, _("Put it right, then send it again: the clock begins anew.")
    )


@member_required
@require_POST
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the rating to everybody."""
    return _act(request, code, publish_rating, None, _("Published. It never changes again."))


@member_required
@require_POST
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Give the rating up."""
    return _act(request, code, withdraw_rating, None, _("Given up."))


@member_required
def reply(request: ViewerRequest, code: str) -> HttpResponse:
    """Reply as the initiative, or pass its words on."""
    found = fetch(Rating, code, viewer=request.viewer, queryset=_rows())
    can_reply_to_rating(request.viewer, found).require()
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reply_to_rating(viewer=request.viewer, rating=found, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("It stands beside the rating."))
        return redirect("schemes:rating", found.code)
    request.place = "schemes:initiatives"
    passes_on = request.viewer.organisation_id == found.body_id
    context = {
        "form": form,
        "heading": _("What did the initiative reply?") if passes_on else _("What do you want to say to it?"),
        "note": _("It stands beside the rating as it is, and cannot be changed."),
        "crumbs": crumbs_of(found.initiative, _("Reply")),
    }
    return render(request, "schemes/tracker_form.html", context, status=422 if form.is_bound else 200)


def _act(request: ViewerRequest, code: str, do: Callable[..., Any], form: Any, thanks: str) -> HttpResponse:
    found = fetch(Rating, code, viewer=request.viewer, queryset=_rows())
    request.place = "schemes:initiatives"
    if form is not None and not form.is_valid():
        return _page(request, found, form, 422)
    try:
        do(viewer=request.viewer, rating=found, at=timezone.now(), **(form.cleaned_data if form else {}))
    except Refusal as refusal:
        if form is None or refusal.status == 403:
            raise
        show_refusal(form, refusal)
        return _page(request, found, form, 422)
    messages.success(request, thanks)
    return redirect("schemes:rating", found.code)
