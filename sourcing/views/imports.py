"""Pages of lists on their way into the register."""

from collections.abc import Iterable
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from documents.serve import serve
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.actions import imports as actions
from sourcing.forms.imports import DecisionsForm, KindForm, RowFilters, UploadForm
from sourcing.lifecycle import ImportState
from sourcing.models import ImportRow, SiteImport
from sourcing.permissions import can_keep_register, can_see_register
from sourcing.queries.imports import imports_of, kinds_of, rows_of, undecided
from sourcing.queries.remarks import (
    error_sentences,
    given_back_sentence,
    kind_name,
    note_sentences,
    refusal_sentence,
)
from sourcing.reports import error_lines, template_lines
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb, Step, Tile

PAIRS = 10


@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """Show the lists that were uploaded, the newest first."""
    can_see_register(request.viewer).require()
    rows = imports_of(request.viewer).select_related("person")
    page = keyset_page(rows, request=request, order=("-uploaded_at", "-id"), size=25)
    context = {
        "page": page,
        "may_change": can_keep_register(request.viewer),
        "crumbs": [_register_crumb(), Crumb(_("Lists"))],
    }
    return render(request, "sourcing/imports/index.html", context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Take a list, and teach what it should look like."""
    can_keep_register(request.viewer).require()
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        try:
            made = actions.upload_list(
                viewer=request.viewer, file=form.cleaned_data["file"], at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
        else:
            return redirect("sourcing:import", made.code)
    context = {
        "form": form,
        "steps": _steps(ImportState.UPLOADED, is_new=True),
        "crumbs": [_register_crumb(), _lists_crumb(), Crumb(_("Import a list"))],
    }
    return render(request, "sourcing/imports/new.html", context, status=422 if is_sent else 200)


@member_required
def template(request: ViewerRequest) -> HttpResponse:
    """Give the template of a list."""
    can_see_register(request.viewer).require()
    return _csv(template_lines(), "register-template.csv")


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show how far a list is: being read, to look through, being applied, or what came of it."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    filters = RowFilters(request.GET)
    verdict = filters.chosen()
    page = keyset_page(rows_of(site_import, verdict=verdict), request=request, order=("line", "id"), size=50)
    context = {
        **_standing(request, site_import),
        "filters": filters,
        "page": page,
        "lines": [_told(row) for row in page.rows],
        "steps": _steps(site_import.state),
        "crumbs": [_register_crumb(), _lists_crumb(), Crumb(site_import.file_name)],
    }
    part = "sourcing/imports/_rows.html"
    whole = "sourcing/imports/detail.html"
    return render(request, part if is_partial(request) else whole, context)


@member_required
def progress(request: ViewerRequest, code: str) -> HttpResponse:
    """Answer with the progress bar while a worker is at it, and have the page open anew when it is done."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    if not is_partial(request):
        return redirect("sourcing:import", site_import.code)
    answer = render(request, "sourcing/imports/_progress.html", {"site_import": site_import})
    if not site_import.is_at_work:
        answer["HX-Refresh"] = "true"
    return answer


@member_required
def decide(request: ViewerRequest, code: str) -> HttpResponse:
    """Show possible matches side by side, some at a time, and take the answers."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    can_keep_register(request.viewer).require()
    if site_import.state != ImportState.PREVIEWED:
        return redirect("sourcing:import", site_import.code)
    if request.method == "POST":
        return _answered(request, site_import)
    kind = request.GET.get("kind", "")
    rows = rows_of(site_import, verdict=ImportRow.Verdict.POSSIBLE)
    if not request.GET.get("all"):
        rows = rows.filter(decision=ImportRow.Decision.NONE)
    rows = rows.filter(reason=kind) if kind else rows
    page = keyset_page(rows, request=request, order=("line", "id"), size=PAIRS)
    form = DecisionsForm(rows=page.rows)
    kinds = [(one, kind_name(one.code)) for one in kinds_of(site_import)]
    context = {
        "site_import": site_import,
        "page": page,
        "form": form,
        "pairs": [(_told(row), form[f"line-{row.line}"]) for row in page.rows],
        "kinds": kinds,
        "kind": kind,
        "kind_label": kind_name(kind) if kind else "",
        "waiting": sum(one.waiting for one, _name in kinds),
        "decided": sum(one.decided for one, _name in kinds),
        "shows_all": bool(request.GET.get("all")),
        "steps": _steps(site_import.state),
        "crumbs": [
            _register_crumb(),
            _lists_crumb(),
            Crumb(site_import.file_name, reverse("sourcing:import", args=[site_import.code])),
            Crumb(_("Possible matches")),
        ],
    }
    return render(request, "sourcing/imports/decide.html", context)


@member_required
@require_POST
def apply(request: ViewerRequest, code: str) -> HttpResponse:
    """Have the list taken into the register."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    try:
        actions.begin_applying(viewer=request.viewer, site_import=site_import, at=timezone.now())
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusal.sentence)
    return redirect("sourcing:import", site_import.code)


@member_required
@require_POST
def discard(request: ViewerRequest, code: str) -> HttpResponse:
    """Put the list away."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    try:
        actions.discard(viewer=request.viewer, site_import=site_import, at=timezone.now())
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The list is put away. Nothing of it was added."))
    return redirect("sourcing:import", site_import.code)


@member_required
def errors(request: ViewerRequest, code: str) -> HttpResponse:
    """Give the lines that cannot be read, with the reasons, to correct and upload again."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    stem = site_import.file_name.rpartition(".")[0]
    return _csv(error_lines(site_import), f"{stem}-errors.csv")


@member_required
def file(request: ViewerRequest, code: str) -> HttpResponse:
    """Give the file as it was uploaded."""
    site_import = fetch(SiteImport, code, viewer=request.viewer)
    return cast("HttpResponse", serve(site_import.document))


def _answered(request: ViewerRequest, site_import: SiteImport) -> HttpResponse:
    """Take one answer for all of a kind, or the answers of a page; then show what still waits."""
    here = reverse("sourcing:import_decide", args=[site_import.code])
    try:
        count = _take_answers(request, site_import)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, refusal.sentence)
        return redirect("sourcing:import", site_import.code)
    if not count:
        messages.info(request, _("Nothing was decided. Choose an answer for a pair first."))
        return redirect(f"{here}?{request.GET.urlencode()}" if request.GET else here)
    told = ngettext("%(count)s pair is decided.", "%(count)s pairs are decided.", count) % {"count": count}
    messages.success(request, told)
    return redirect(
        here if undecided(site_import).exists() else reverse("sourcing:import", args=[site_import.code])
    )


def _take_answers(request: ViewerRequest, site_import: SiteImport) -> int:
    at = timezone.now()
    if "kind" in request.POST:
        kind = KindForm(request.POST)
        if not kind.is_valid():
            return 0
        return actions.decide_all(
            viewer=request.viewer,
            site_import=site_import,
            kind=kind.cleaned_data["kind"],
            is_same=kind.cleaned_data["answer"] == "same",
            at=at,
        )
    lines = [int(name[5:]) for name in request.POST if name.startswith("line-") and name[5:].isdecimal()][
        :PAIRS
    ]
    form = DecisionsForm(request.POST, rows=list(site_import.rows.filter(line__in=lines)))
    if not form.is_valid():
        return 0
    return actions.decide(viewer=request.viewer, site_import=site_import, answers=form.answers(), at=at)


def _standing(request: ViewerRequest, site_import: SiteImport) -> dict[str, object]:
    """Return what the page says about the list as a whole."""
    summary = site_import.summary
    counts = {verdict.value: summary.get(verdict.value, 0) for verdict in ImportRow.Verdict}
    is_preview = site_import.state == ImportState.PREVIEWED
    is_refused = site_import.state == ImportState.REFUSED
    return {
        "site_import": site_import,
        "counts": counts,
        "tiles": _tiles(site_import, counts),
        "waiting": undecided(site_import).count() if is_preview else 0,
        "adds": counts["new"] + rows_of(site_import).filter(decision=ImportRow.Decision.DIFFERENT).count(),
        "refusal": refusal_sentence(site_import.refusal, summary.get("why")) if is_refused else "",
        "given_back": given_back_sentence(site_import.refusal) if is_preview else "",
        "understood": _understood(site_import),
        "may_change": can_keep_register(request.viewer),
    }


def _tiles(site_import: SiteImport, counts: dict[str, int]) -> list[Tile]:
    address = reverse("sourcing:import", args=[site_import.code])
    labels = {
        "new": _("New"),
        "match": _("Already in your register"),
        "possible": _("Possible matches"),
        "repeat": _("Repeated in this list"),
        "error": _("Cannot be read"),
    }
    return [
        Tile(
            label,
            counts[verdict],
            f"{address}?verdict={verdict}" if counts[verdict] else "",
            tone="bad" if verdict == "error" and counts[verdict] else "",
        )
        for verdict, label in labels.items()
    ]


def _understood(site_import: SiteImport) -> list[tuple[str, str]]:
    """Return which column of the file was taken for what."""
    columns = site_import.columns
    header = columns.get("header", [])
    labels = {
        "name": _("Name"),
        "country": _("Country"),
        "address": _("Address"),
        "sector": _("Sector"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
    }
    found = columns.get("fields", {})
    named = [(labels[name], header[found[name]].strip()) for name in labels if name in found]
    further = [header[place].strip() for place in columns.get("further", [])]
    return [*named, *([(_("Added to the address"), ", ".join(further))] if further else [])]


def _told(row: ImportRow) -> ImportRow:
    """Give the row what the page says about it, in the reader's language."""
    row.errors = error_sentences(row.values.get("errors", []))  # type: ignore[attr-defined]
    row.notes = note_sentences(row.values.get("notes", []))  # type: ignore[attr-defined]
    row.kind = kind_name(row.reason) if row.verdict == ImportRow.Verdict.POSSIBLE else ""  # type: ignore[attr-defined]
    return row


def _steps(state: str, *, is_new: bool = False) -> list[Step]:
    labels = [_("Choose the list"), _("Look it through"), _("Add to the register")]
    place = {
        ImportState.UPLOADED: 0 if is_new else 1,
        ImportState.REFUSED: 0,
        ImportState.PREVIEWED: 1,
        ImportState.DISCARDED: 1,
        ImportState.APPLYING: 2,
        ImportState.APPLIED: 3,
    }[ImportState(state)]
    return [
        Step(label, "done" if number < place else "now" if number == place else "later")
        for number, label in enumerate(labels)
    ]


def _csv(lines: Iterable[bytes], name: str) -> HttpResponse:
    """Answer with a download; joined here, since the database shows nothing once the request is over."""
    answer = HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def _register_crumb() -> Crumb:
    return Crumb(_("Site register"), reverse("sourcing:register"))


def _lists_crumb() -> Crumb:
    return Crumb(_("Lists"), reverse("sourcing:imports"))
