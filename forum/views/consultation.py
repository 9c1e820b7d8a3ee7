"""Consultations as everybody asked reads them: the document, its clauses with what was said, and what changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from forum.actions.consultation_comment import comment_on, comment_publicly
from forum.forms.consultation import CommentForm, PublicCommentForm
from forum.models import Consultation, ConsultationClause, ConsultationRound
from forum.permissions.consultation import can_comment, is_open
from forum.queries.consultation import (
    changes_between,
    clauses_of,
    comments_of,
    newest_round,
    round_called,
    rounds_of,
    tallies_of,
    total,
    with_responses,
)
from forum.queries.group import access_of
from forum.reports.consultation_export import comments_file
from forum.views.asked import explain
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer
from schemes.permissions.knocking import knock
from schemes.queries.door import open_page
from schemes.views.public import reader
from web.moments import in_zone, place_of, zone_called
from web.paging import keyset_page
from web.pieces import Crumb

MOST_COMMENTS, MOST_FILES, AN_HOUR = 10, 60, 3600
PLACE = "forum:consultations"


@require_safe
def consultations(request: HttpRequest) -> HttpResponse:
    """List what the reader may comment on or read, the newest first."""
    viewer = reader(request)
    rows = Consultation.objects.visible_to(viewer).filter(opened_at__isnull=False)
    page = keyset_page(rows, request=request, order=("-opened_at", "-id"), size=30)
    context = {"page": page, "lines": lines_of(viewer, page.rows), "is_member": viewer is not None}
    request.place = PLACE  # type: ignore[attr-defined]
    return render(request, "forum/consultations.html", context)


def lines_of(viewer: Viewer | None, rows: list[Consultation]) -> list[tuple[Consultation, Any]]:
    """Put beside each consultation its newest round that the reader sees."""
    found: dict[int, ConsultationRound] = {}
    rounds = ConsultationRound.objects.visible_to(viewer).filter(consultation__in=rows).order_by("number")
    for one in rounds:
        found[one.consultation_id] = one
    return [(one, found.get(one.pk)) for one in rows]


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show the document of the newest round, or of the one that `?round=` names, clause by clause."""
    viewer = reader(request)
    found = _found(request, code)
    rounds = rounds_of(viewer, found)
    asked_for = request.GET.get("round", "")
    number = int(asked_for) if asked_for.isdecimal() and len(asked_for) < 4 else 0
    asked = next((one for one in rounds if one.number == number), None) or newest_round(rounds)
    if asked is None:
        raise NotVisible
    tallies = tallies_of(viewer, [asked])
    rows = [(one, tallies.get((asked.pk, one.pk))) for one in clauses_of(viewer, asked)]
    context = {
        "rounds": rounds,
        "rows": rows,
        "whole": tallies.get((asked.pk, None)),
        "tally": total(tallies, asked),
        "earlier": next((one for one in rounds if one.number < asked.number and one.is_begun), None),
        **_about(request, found, asked),
    }
    return render(request, "forum/consultation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def clause(request: HttpRequest, code: str, clause: str) -> HttpResponse:
    """Show one clause and what was said to it; take a comment."""
    viewer = reader(request)
    found = _found(request, code)
    if "\0" in clause:
        raise NotVisible
    rows = ConsultationClause.objects.visible_to(viewer).filter(round__consultation=found)
    row = rows.select_related("round__consultation").filter(code=clause.upper()).first()
    if row is None:
        raise NotVisible
    return _said(request, found, row.round, row)


@require_http_methods(["GET", "HEAD", "POST"])
def whole(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show what was said to the document as a whole; take a comment."""
    found = _found(request, code)
    return _said(request, found, round_called(reader(request), found, number), None)


@require_safe
def changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show what a round changed against the one before it, clause by clause."""
    viewer = reader(request)
    found = _found(request, code)
    new, old = round_called(viewer, found, number), round_called(viewer, found, number - 1)
    rows = changes_between(viewer, old, new)
    context = {
        "old": old,
        "rows": rows,
        "counts": {kind: sum(one.kind == kind for one in rows) for kind in ("changed", "added", "removed")},
        **_about(request, found, new, Crumb(_("What changed"))),
    }
    return render(request, "forum/consultation_changes.html", context)


@require_safe
def export(request: HttpRequest, code: str, number: int, form: str) -> HttpResponse:
    """Hand out all comments and responses of a round that the reader sees."""
    viewer = reader(request)
    found = _found(request, code)
    asked = round_called(viewer, found, number)
    if viewer is None:
        knock(request, door="consultation-file", most=MOST_FILES, seconds=AN_HOUR)
    media_type, content = comments_file(viewer, asked, form)
    answer = HttpResponse(content, content_type=media_type)
    name = f"{_('comments')}-{found.code}-{asked.number}.{form}"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def window_of(asked: ConsultationRound) -> dict[str, str]:
    """Return the hours of a round on the clocks of its own zone, which are named."""
    if asked.opens_at is None or asked.closes_at is None:
        return {}
    zone = zone_called(asked.zone)
    return {
        "opens": in_zone(asked.opens_at, zone),
        "closes": in_zone(asked.closes_at, zone),
        "place": place_of(asked.zone),
        "reader": timezone.get_current_timezone_name(),
    }


def _found(request: HttpRequest, code: str) -> Consultation:
    rows = Consultation.objects.select_related("group") if reader(request) else Consultation.objects.all()
    request.place = PLACE  # type: ignore[attr-defined]
    return open_page(Consultation, code, viewer=reader(request), queryset=rows)


def _about(
    request: HttpRequest, found: Consultation, asked: ConsultationRound, *more: Crumb
) -> dict[str, Any]:
    """Return what every page of a consultation says."""
    viewer, now = reader(request), timezone.now()
    access = access_of(viewer, found.group) if viewer else None
    here = reverse("forum:consultation", args=[found.code])
    # The crumb of the page itself is the last one.
    crumbs = [Crumb(_("Consultations"), reverse(PLACE)), Crumb(found.title, here if more else ""), *more]
    return {
        "consultation": found,
        "asked": asked,
        "window": window_of(asked),
        "takes_comments": bool(is_open(asked, at=now)),
        "is_inside": access is not None,
        "leads": bool(access and access.is_co_lead),
        "viewer_known": viewer is not None,
        "crumbs": crumbs,
    }


def _said(
    request: HttpRequest, found: Consultation, asked: ConsultationRound, row: ConsultationClause | None
) -> HttpResponse:
    viewer, now = reader(request), timezone.now()
    may = can_comment(viewer, asked, at=now) if viewer else is_open(asked, at=now)
    form: Any = None
    status = 200
    if request.method == "POST":
        may.require()
        form = (CommentForm if viewer else PublicCommentForm)(request.POST)
        if form.is_valid() and (answer := _take(request, form, viewer, asked, row)):
            return answer
        status = 422
    elif may:
        form = CommentForm() if viewer else PublicCommentForm()
    said = comments_of(viewer, asked).filter(clause=row)
    page = keyset_page(said, request=request, order=("made_at", "id"), size=30)
    context = {
        "clause": row,
        "page": page,
        "lines": with_responses(viewer, page.rows),
        "form": form,
        "why_not": "" if may else may.reason,
        **_about(request, found, asked, Crumb(str(row) if row else _("The document as a whole"))),
    }
    return render(request, "forum/consultation_clause.html", context, status=status)


def _take(
    request: HttpRequest,
    form: forms.Form,
    viewer: Viewer | None,
    asked: ConsultationRound,
    row: ConsultationClause | None,
) -> HttpResponse | None:
    """Take what was said; None, with the form saying why, where it was refused."""
    now = timezone.now()
    try:
        if viewer is not None:
            made = comment_on(viewer=viewer, asked=asked, clause=row, at=now, **form.cleaned_data)
            messages.success(request, _("Your comment is there, with your name and your organisation."))
            return redirect(f"{request.path}#comment-{made.code}")
        knock(request, door="consultation", most=MOST_COMMENTS, seconds=AN_HOUR)
        if isinstance(form, PublicCommentForm):
            comment_publicly(asked=asked, clause=row, said=form.said(), at=now)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        explain(form, refusal)
        return None
    messages.success(
        request,
        _(
            "Nearly done: open the link in the letter that we have sent you. Your comment counts from then on."
        ),
    )
    return redirect(request.path)
