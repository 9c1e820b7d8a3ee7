"""Evidence in an assessment: shown once, pointing at many criteria, read by both sides where it is shown."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Document
from documents.pictures import NoPicture, page_picture
from documents.pictures import show as show_picture
from documents.serve import serve
from ledger.reads import log_read
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.evidence import attach, detach, point
from schemes.forms.evidence import PointForm, ShowForm
from schemes.models import Assessment, EvidenceUse
from schemes.permissions.evidence import can_show_evidence, can_take_evidence_back
from schemes.queries.evidence import offers_for, use_numbers
from schemes.queries.progress import progress_of
from schemes.views.member_pieces import assessment_called, is_member, readers_of, trail
from sourcing.actions.evidence import SameFile, add_evidence
from sourcing.definitions.kinds import title_of
from sourcing.models import Evidence
from sourcing.permissions import can_add_evidence
from sourcing.queries.evidence import checklists_for
from web.dates import day_text
from web.pieces import Crumb, Fact


@member_required
def evidence(request: ViewerRequest, code: str) -> HttpResponse:
    """List what is shown, each with the criteria it is used for."""
    found = assessment_called(request, code)
    progress = progress_of(request.viewer, found)
    context = {
        "assessment": found,
        "membership": found.membership,
        "is_member": is_member(request, found),
        "shown": use_numbers(progress),
        "without": progress.without_evidence,
        "may_show": bool(can_show_evidence(request.viewer, found)),
        "may_take_back": bool(can_take_evidence_back(request.viewer, found)),
        "readers": readers_of(found),
        "crumbs": trail(request, found, _("Evidence")),
    }
    return render(request, "schemes/assessment_evidence.html", context)


@member_required
def show(request: ViewerRequest, code: str) -> HttpResponse:
    """Choose what one has, or add a file or link, and say which criteria it proves."""
    viewer, found = request.viewer, assessment_called(request, code)
    can_show_evidence(viewer, found).require()
    progress = progress_of(viewer, found)
    here = progress.at(request.GET.get("criterion", ""))
    form = ShowForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        viewer=viewer,
        criteria=[one.criterion for one in progress.asked],
        initial={"criteria": [here.criterion.key] if here else []},
    )
    if request.method == "POST" and form.is_valid():
        try:
            count = _show(request, found, form)
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            form.blame(refusal)
        else:
            said = ngettext("Shown for %(n)s criterion.", "Shown for %(n)s criteria.", count) % {"n": count}
            messages.success(request, said)
            return redirect(_back_to(found, here.criterion.key if here else ""))
    text = request.GET.get("q", "").strip()[:200]
    kinds = list(here.about.evidence) if here else []
    context = {
        "assessment": found,
        "here": here,
        "form": form,
        "text": text,
        "offers": offers_for(viewer, progress, on=timezone.localdate(), kinds=kinds, text=text),
        "helps": [title_of(one) for one in kinds],
        "may_add": bool(can_add_evidence(viewer)),
        "readers": readers_of(found),
        "crumbs": _trail(request, found, _("Show evidence")),
    }
    return render(request, "schemes/evidence_show.html", context, status=422 if form.is_bound else 200)


@member_required
def use(request: ViewerRequest, code: str, use_code: str) -> HttpResponse:
    """Show a piece as it was shown: in the page where it can be drawn, with the criteria it is used for."""
    found, piece = _use(request, code, use_code)
    progress = progress_of(request.viewer, found)
    mine = is_member(request, found)
    context = {
        "assessment": found,
        "use": piece,
        "is_member": mine,
        "facts": _facts(piece),
        "used_for": [one for one in progress.asked if one.criterion.key in piece.criteria],
        "sheet": sheet_of(request, piece),
        "checklists": checklists_for([piece.kind]),
        "may_point": bool(can_show_evidence(request.viewer, found)),
        "may_take_back": bool(can_take_evidence_back(request.viewer, found)),
        "crumbs": _trail(request, found, piece.title),
    }
    return render(request, "schemes/evidence_use.html", context)


@member_required
def repoint(request: ViewerRequest, code: str, use_code: str) -> HttpResponse:
    """Say anew which criteria a piece proves."""
    found, piece = _use(request, code, use_code)
    can_show_evidence(request.viewer, found).require()
    progress = progress_of(request.viewer, found)
    form = PointForm(
        request.POST if request.method == "POST" else None,
        criteria=[one.criterion for one in progress.asked],
        initial={"criteria": piece.criteria},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["criteria"]
        try:
            point(viewer=request.viewer, use=piece, criteria=said, at=timezone.now())
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            form.add_error("criteria", refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("schemes:assessment_evidence", found.code)
    context = {
        "assessment": found,
        "use": piece,
        "form": form,
        "crumbs": _trail(request, found, _("Which criteria")),
    }
    return render(request, "schemes/evidence_point.html", context, status=422 if form.is_bound else 200)


@member_required
def take_back(request: ViewerRequest, code: str, use_code: str) -> HttpResponse:
    """Ask, then take a piece out of an assessment that was not sent yet."""
    found, piece = _use(request, code, use_code)
    can_take_evidence_back(request.viewer, found).require()
    if request.method == "POST":
        detach(viewer=request.viewer, use=piece, at=timezone.now())
        messages.success(request, _("Taken out of this assessment. You still have it."))
        return redirect("schemes:assessment_evidence", found.code)
    context = {
        "assessment": found,
        "use": piece,
        "crumbs": _trail(request, found, _("Take back")),
    }
    return render(request, "schemes/evidence_detach.html", context)


@member_required
def file(request: ViewerRequest, code: str, use_code: str) -> HttpResponse:
    """Hand out the file of a piece, and leave a line in its owner's read log."""
    document = _document(request, code, use_code)
    return serve(document)  # type: ignore[return-value]


@member_required
def page(request: ViewerRequest, code: str, use_code: str, number: int) -> HttpResponse:
    """Show one page of a piece as a picture."""
    try:
        return show_picture(page_picture(_document(request, code, use_code), number))
    except NoPicture as none:
        raise Http404 from none


def sheet_of(request: ViewerRequest, piece: EvidenceUse) -> dict[str, Any] | None:
    """Return what a viewer in the page shows: which page of how many, its picture and its neighbours; or None."""
    if not piece.pages:
        return None
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), piece.pages) if asked.isdecimal() and len(asked) < 7 else 1
    codes = [piece.assessment.code, piece.code, number]
    return {
        "number": number,
        "pages": piece.pages,
        "picture": reverse("schemes:evidence_use_page", args=codes),
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < piece.pages else None,
    }


def _show(request: ViewerRequest, found: Assessment, form: ShowForm) -> int:
    """Keep what is new and point all of it at the criteria: all of it or nothing."""
    viewer, said, now = request.viewer, form.cleaned_data, timezone.now()
    with transaction.atomic():
        pieces: list[Evidence] = list(said["evidence"])
        if said["file"] or said["url"]:
            new = _added(request, form)
            pieces = pieces if new in pieces else [*pieces, new]
        for piece in pieces:
            attach(viewer=viewer, assessment=found, evidence=piece, criteria=said["criteria"], at=now)
    return len(said["criteria"])


def _added(request: ViewerRequest, form: ShowForm) -> Evidence:
    """Return the new piece; a file that is here already is not kept twice."""
    said = form.cleaned_data
    try:
        return add_evidence(
            viewer=request.viewer,
            facts=form.facts(),
            file=said["file"] or None,
            url=said["url"],
            shows_workers=said["shows_workers"] == "yes",
            at=timezone.now(),
        )
    except SameFile as same:
        if same.existing is None:
            raise
        return same.existing


def _use(request: ViewerRequest, code: str, use_code: str) -> tuple[Assessment, EvidenceUse]:
    found = assessment_called(request, code)
    rows = EvidenceUse.objects.select_related("document", "assessment")
    piece = fetch(EvidenceUse, use_code, viewer=request.viewer, queryset=rows)
    if piece.assessment_id != found.pk:
        raise NotVisible
    return found, piece


def _document(request: ViewerRequest, code: str, use_code: str) -> Document:
    piece = _use(request, code, use_code)[1]
    document = piece.document
    if document is None:
        raise Http404
    log_read(by=request.viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
    return document


def _facts(piece: EvidenceUse) -> list[Fact]:
    said = [
        (_("Kind"), piece.kind_title),
        (_("Date on it"), day_text(piece.issued_on) if piece.issued_on else ""),
        (_("Valid until"), day_text(piece.expires_on) if piece.expires_on else ""),
        (_("Who made it"), piece.supplied_by),
        (_("Shown here on"), day_text(piece.attached_at)),
    ]
    return [Fact(term, detail) for term, detail in said if detail]


def _back_to(found: Assessment, key: str) -> str:
    if key:
        return reverse("schemes:answer", args=[found.code, key])
    return reverse("schemes:assessment_evidence", args=[found.code])


def _trail(request: ViewerRequest, found: Assessment, here: str) -> list[Crumb]:
    url = reverse("schemes:assessment_evidence", args=[found.code])
    return trail(request, found, Crumb(_("Evidence"), url), here)
