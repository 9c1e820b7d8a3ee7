"""The library of evidence: what an organisation has, what it says about each piece, and where it is used."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document
from documents.pictures import NoPicture, page_picture, show
from documents.serve import serve
from findings.forms.evidence_piece import EvidenceFilters, NewPieceForm, PieceForm, RetireForm
from findings.queries.evidence import readers_of_evidence, uses_of, with_places
from ledger.reads import log_read
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.actions.evidence import SameFile, add_evidence, change_evidence, retire_evidence
from sourcing.models import Evidence
from sourcing.permissions import can_add_evidence, can_change_evidence
from sourcing.queries.evidence import (
    checklist_of,
    evidence_kinds,
    evidence_matching,
    kind_named,
    with_site_names,
)
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb, Fact

ORDERS = {"added": ("added_at", "id"), "title": ("title", "id")}
MOST_USES = 20


@member_required
def library(request: ViewerRequest) -> HttpResponse:
    """List what the organisation can show, newest first."""
    viewer, today = request.viewer, timezone.localdate()
    filters = EvidenceFilters(request.GET, viewer=viewer)
    rows = evidence_matching(viewer, on=today, **filters.wanted())
    page = keyset_page(rows, request=request, order=chosen_order(request, ORDERS, default="-added"))
    context = {
        "page": page,
        "pieces": with_site_names(viewer, page.rows),
        "filters": filters,
        "can_add": can_add_evidence(viewer),
    }
    if is_partial(request):
        return render(request, "findings/_evidence_library.html", context)
    context["expiring"] = evidence_matching(viewer, on=today, state="expiring").count()
    return render(request, "findings/evidence_library.html", context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Add a piece: first its kind, then the file or link with the kind's checklist."""
    viewer = request.viewer
    can_add_evidence(viewer).require()
    crumbs = [Crumb(_("Evidence"), reverse("findings:evidence")), Crumb(_("Add evidence"))]
    old = fetch(Evidence, request.GET["replaces"], viewer=viewer) if request.GET.get("replaces") else None
    kind = kind_named(request.GET.get("kind", "") or (old.kind if old else ""))
    if kind is None:
        context: dict[str, Any] = {"kinds": evidence_kinds(), "crumbs": crumbs}
        return render(
            request, "findings/evidence_kinds.html", context, status=422 if request.method == "POST" else 200
        )
    form = NewPieceForm(
        request.POST or None, request.FILES or None, viewer=viewer, kind=kind.key, evidence=old
    )
    existing = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            evidence = add_evidence(
                viewer=viewer,
                facts=form.facts(),
                sites=list(said["sites"]),
                file=said["file"] or None,
                url=said["url"],
                shows_workers=said["shows_workers"] == "yes",
                replaces=old,
                at=timezone.now(),
            )
        except SameFile as same:
            existing = same.existing
            form.add_error("file", same.sentence)
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            return _thank(request, evidence)
    context = {"form": form, "kind": kind, "existing": existing, "old": old, "crumbs": crumbs}
    return render(request, "findings/evidence_new.html", context, status=422 if form.is_bound else 200)


@member_required
def guidance(request: ViewerRequest) -> HttpResponse:
    """Say how to cover what shows workers."""
    return render(request, "findings/evidence_guidance.html", {"crumbs": [_back(), Crumb(_("Cover names"))]})


@member_required
def piece(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a piece in the page: what it is, what it says, how far it can be trusted, where it is used, who looked."""
    viewer = request.viewer
    evidence = fetch(Evidence, code, viewer=viewer, queryset=Evidence.objects.select_related("document"))
    uses = list(uses_of(viewer, evidence)[: MOST_USES + 1])
    context = {
        "evidence": with_site_names(viewer, [evidence])[0],
        "facts": _facts(evidence),
        "checklist": checklist_of(evidence),
        "uses": with_places(viewer, uses[:MOST_USES]),
        "has_more_uses": len(uses) > MOST_USES,
        "reads": readers_of_evidence(viewer, evidence, uses),
        "readers": _readers(request, evidence, uses),
        "may_change": can_change_evidence(viewer, evidence),
        "may_replace": can_add_evidence(viewer),
        "newer": Evidence.objects.visible_to(viewer).filter(replaces=evidence).first(),
        "sheet": sheet_of(request, evidence.pages, "findings:evidence_page", evidence.code),
        "file_url": reverse("findings:evidence_file", args=[evidence.code]),
        "crumbs": [_back(), Crumb(evidence.title)],
    }
    return render(request, "findings/evidence_piece.html", context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Put right what is said about a piece."""
    viewer = request.viewer
    evidence = fetch(Evidence, code, viewer=viewer)
    can_change_evidence(viewer, evidence).require()
    form = PieceForm(request.POST or None, viewer=viewer, kind=evidence.kind, evidence=evidence)
    if request.method == "POST" and form.is_valid():
        try:
            change_evidence(
                viewer=viewer,
                evidence=evidence,
                facts=form.facts(),
                sites=list(form.cleaned_data["sites"]),
                at=timezone.now(),
            )
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            messages.success(request, _("Saved. What you showed before stays as it was."))
            return redirect("findings:evidence_piece", evidence.code)
    context = {"form": form, "evidence": evidence, "crumbs": _crumbs(evidence, _("Change"))}
    return render(request, "findings/evidence_edit.html", context, status=422 if form.is_bound else 200)


@member_required
def retire(request: ViewerRequest, code: str) -> HttpResponse:
    """Put a piece away."""
    viewer = request.viewer
    evidence = fetch(Evidence, code, viewer=viewer)
    can_change_evidence(viewer, evidence).require()
    form = RetireForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        retire_evidence(
            viewer=viewer, evidence=evidence, because=form.cleaned_data["because"], at=timezone.now()
        )
        messages.success(request, _("It is put away. Where you showed it, it can still be read."))
        return redirect("findings:evidence")
    context = {
        "form": form,
        "evidence": evidence,
        "uses": uses_of(viewer, evidence).count(),
        "crumbs": _crumbs(evidence, _("Put away")),
    }
    return render(request, "findings/evidence_retire.html", context, status=422 if form.is_bound else 200)


@member_required
def file(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand out the file of an own piece."""
    return hand_out(request, _document(request, code))


@member_required
def page(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Show one page of an own piece as a picture."""
    return picture_of(request, _document(request, code), number)


def hand_out(request: ViewerRequest, document: Document | None) -> HttpResponse:
    """Give a file as a download, and leave a line in its owner's read log."""
    if document is None:
        raise Http404
    log_read(by=request.viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
    return serve(document)  # type: ignore[return-value]


def picture_of(request: ViewerRequest, document: Document | None, number: int) -> HttpResponse:
    """Give a page of a file as a picture, and leave a line in its owner's read log."""
    if document is None:
        raise Http404
    try:
        picture = page_picture(document, number)
    except NoPicture as none:
        raise Http404 from none
    log_read(by=request.viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
    return show(picture)


def sheet_of(request: ViewerRequest, pages: int, route: str, *codes: str) -> dict[str, Any] | None:
    """Return what the viewer in the page shows: which page of how many, its picture and its neighbours; or None."""
    if not pages:
        return None
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 7 else 1
    return {
        "number": number,
        "pages": pages,
        "picture": reverse(route, args=[*codes, number]),
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number < pages else None,
    }


def _document(request: ViewerRequest, code: str) -> Document | None:
    rows = Evidence.objects.select_related("document")
    return fetch(Evidence, code, viewer=request.viewer, queryset=rows).document


def _thank(request: ViewerRequest, evidence: Evidence) -> HttpResponse:
    if evidence.shows_workers:
        messages.warning(
            request, _("It is kept for you alone. To show it, cover names and faces in a copy and add that.")
        )
    else:
        messages.success(request, _("It is here now. You can attach it wherever it is asked for."))
    return redirect("findings:evidence_piece", evidence.code)


def _blame(form: Any, refusal: Refusal) -> None:
    """Put a refusal beside the field that it is about."""
    field = next((name for name in refusal.fields if name in form.fields), None)
    is_of_file = refusal.code.startswith("file-") and "file" in form.fields
    form.add_error(field or ("file" if is_of_file else None), refusal.sentence)


def _back() -> Crumb:
    return Crumb(_("Evidence"), reverse("findings:evidence"))


def _crumbs(evidence: Evidence, here: str) -> list[Crumb]:
    return [
        _back(),
        Crumb(evidence.title, reverse("findings:evidence_piece", args=[evidence.code])),
        Crumb(here),
    ]


def _facts(evidence: Evidence) -> list[Fact]:
    from web.dates import day_text

    days = [day_text(one) for one in (evidence.period_from, evidence.period_to) if one]
    said = [
        (_("Kind"), evidence.kind_title),
        (_("Date on it"), day_text(evidence.issued_on) if evidence.issued_on else ""),
        (_("Valid until"), day_text(evidence.expires_on) if evidence.expires_on else ""),
        (_("Time it covers"), " – ".join(days)),
        (_("Requirements"), ", ".join(evidence.requirements)),
        (_("Who made it"), evidence.supplied_by),
        (_("Who may see it"), str(evidence.get_confidentiality_display())),
        (_("SHA-256"), evidence.sha256),
        (_("Code"), evidence.code),
    ]
    return [Fact(term, detail) for term, detail in said if detail]


def _readers(request: ViewerRequest, evidence: Evidence, uses: list[Any]) -> list[Fact]:
    facts = [Fact(_("You"), request.membership.organisation.name)]
    audiences = {use.audience for use in uses}
    if "audit" in audiences:
        facts.append(Fact(_("Where you attached it"), _("everyone who sees that audit")))
    if "pair" in audiences:
        facts.append(Fact(_("Where somebody asked you"), _("the one who asked")))
    if len(facts) == 1:
        never = evidence.shows_workers or evidence.confidentiality == Evidence.Confidentiality.INTERNAL
        facts.append(Fact(_("Others"), _("nobody") if never else _("nobody, until you attach it")))
    return facts
