"""Pages of schemes and editions: for everybody what is published, for the scheme body writing and publishing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from schemes.actions.definition import discard_draft, publish_edition, save_draft
from schemes.definitions.changes import changes
from schemes.definitions.edition import EditionData
from schemes.definitions.faults import DefinitionError
from schemes.definitions.reading import Read, read_bytes
from schemes.forms.definition import EditionForm
from schemes.lifecycle import EditionState
from schemes.models import Edition, Scheme, Subject
from schemes.permissions.definition import can_publish_editions, can_write_editions
from schemes.permissions.membership import can_apply
from schemes.queries.definition import (
    edition_called,
    edition_in_force,
    editions_of,
    scheme_called,
    schemes_of,
)
from schemes.views.edition_pieces import beside, chapters_of, rungs_of, values_of
from schemes.views.public import reader
from web.paging import keyset_page
from web.pieces import Crumb


def schemes(request: HttpRequest) -> HttpResponse:
    """List the schemes that one may know of."""
    viewer = reader(request)
    page = keyset_page(schemes_of(viewer), request=request, order=("title", "id"))
    context = {"page": page, "may_write": can_write_editions(viewer)}
    return render(request, "schemes/scheme_list.html", context)


def scheme(request: HttpRequest, key: str) -> HttpResponse:
    """Show a scheme by its edition in force; a scheme that is still being written, by its newest draft."""
    viewer = reader(request)
    found = scheme_called(key, viewer=viewer)
    current = edition_in_force(found) or editions_of(found, viewer=viewer).first()
    if current is None:
        raise NotVisible
    return _edition_page(request, found, current)


def edition(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Show one edition, in force or followed by a later one; a draft to the scheme body."""
    viewer = reader(request)
    found = scheme_called(key, viewer=viewer)
    return _edition_page(request, found, edition_called(found, version, viewer=viewer))


def edition_file(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """Give the text of an edition, as it was written, to take away."""
    viewer = reader(request)
    found = edition_called(scheme_called(key, viewer=viewer), version, viewer=viewer)
    answer = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    name = f"{key}-{version}.yaml"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@member_required
def edition_load(request: ViewerRequest) -> HttpResponse:
    """Look at an edition of one's own: its faults beside the text, or what it changes; then keep it as a draft."""
    can_write_editions(request.viewer).require()
    form = EditionForm(request.POST or None, request.FILES or None, initial={"text": _begin_with(request)})
    context: dict[str, Any] = {"form": form, "crumbs": [_root(), Crumb(_("Write an edition"))]}
    if request.method != "POST" or not form.is_valid():
        return _load_page(request, context, status=422 if request.method == "POST" else 200)
    said = form.cleaned_data
    text = said["content"].decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\0", "")
    context["form"] = EditionForm(initial={"text": text})
    try:
        read = read_bytes(said["name"], said["content"])
    except DefinitionError as error:
        context |= {"faults": error.faults, "lines": beside(text, error.faults)}
        return _load_page(request, context, status=422)
    if "save" in request.POST:
        try:
            draft = save_draft(viewer=request.viewer, read=read, at=timezone.now())
        except Refusal as refusal:
            context["refusal"] = refusal.sentence
            return _load_page(request, context | _compared(read), status=refusal.status)
        messages.success(request, _("Kept. Nobody outside your organisation sees a draft."))
        return redirect("schemes:edition", draft.scheme.key, draft.version)
    return _load_page(request, context | _compared(read), status=200)


@member_required
def edition_publish(request: ViewerRequest, key: str, version: str) -> HttpResponse:
    """Read once more what a draft changes, then put it in force."""
    found, draft = _own_draft(request, key, version)
    can_publish_editions(request.viewer, found).require()
    before = edition_in_force(found)
    context: dict[str, Any] = {
        "scheme": found,
        "edition": draft,
        "before": before,
        "changes": changes(before.content if before else None, draft.content),
        "crumbs": _trail(found, draft, _("Publish")),
    }
    if request.method != "POST":
        return render(request, "schemes/edition_publish.html", context)
    try:
        publish_edition(
            viewer=request.viewer, edition=draft, expected=request.POST.get("sha256", ""), at=timezone.now()
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        context["refusal"] = refusal.sentence
        return render(request, "schemes/edition_publish.html", context, status=refusal.status)
    messages.success(request, _("Published. From now on assessments begin by this edition."))
    return redirect("schemes:scheme", found.key)


@member_required
def edition_discard(request: ViewerRequest, key: str, version: str) -> HttpResponse:
    """Throw a draft away, after asking."""
    found, draft = _own_draft(request, key, version)
    if request.method == "POST":
        discard_draft(viewer=request.viewer, edition=draft, at=timezone.now())
        messages.success(request, _("The draft is gone."))
        return redirect("schemes:schemes")
    context = {"scheme": found, "edition": draft, "crumbs": _trail(found, draft, _("Throw away"))}
    return render(request, "schemes/edition_discard.html", context)


def _edition_page(request: HttpRequest, found: Scheme, current: Edition) -> HttpResponse:
    viewer, content = reader(request), current.content
    is_draft = current.state == EditionState.DRAFT
    in_force = edition_in_force(found) if is_draft else None
    context = {
        "scheme": found,
        "edition": current,
        "content": content,
        "rungs": rungs_of(content),
        "values": values_of(content),
        "chapters": chapters_of(content),
        "editions": editions_of(found, viewer=viewer),
        "changes": changes(in_force.content, content) if in_force else [],
        "before": in_force,
        "may_write": can_write_editions(viewer, found),
        "may_publish": is_draft and can_publish_editions(viewer, found),
        "may_apply": current.state == EditionState.PUBLISHED and _may_apply(viewer, found),
        "has_members": found.is_public and found.subject == Subject.ORGANISATION,
        "crumbs": [_root(), Crumb(found.title)],
    }
    return render(request, "schemes/scheme.html", context)


def _may_apply(viewer: Viewer | None, found: Scheme) -> bool:
    """Tell whether to offer applying; a visitor is sent to sign in first."""
    if viewer is None:
        return found.subject == Subject.ORGANISATION and found.body_id is not None
    return bool(can_apply(viewer, found))


def _own_draft(request: ViewerRequest, key: str, version: str) -> tuple[Scheme, Edition]:
    """Return a draft that the viewer may write; what they may not even see is not found."""
    found = scheme_called(key, viewer=request.viewer)
    draft = edition_called(found, version, viewer=request.viewer)
    can_write_editions(request.viewer, found).require()
    if draft.state != EditionState.DRAFT:
        raise NotVisible
    return found, draft


def _begin_with(request: ViewerRequest) -> str:
    """Return the text to begin with: that of the edition which the address names, if it can be seen."""
    key, _sign, version = request.GET.get("from", "").partition("/")
    if not version:
        return ""
    try:
        found = scheme_called(key, viewer=request.viewer)
        return edition_called(found, version, viewer=request.viewer).source
    except NotVisible:
        return ""


def _compared(read: Read) -> dict[str, Any]:
    """Return what the page shows of an edition without faults: what would change against the one in force."""
    known = Scheme.objects.filter(key=read.edition.scheme.key).first()
    before = edition_in_force(known) if known else None
    earlier: EditionData | None = before.content if before else None
    return {
        "read": read,
        "before": before,
        "changes": changes(earlier, read.edition),
        "rungs": rungs_of(read.edition),
    }


def _load_page(request: ViewerRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    return render(request, "schemes/edition_load.html", context, status=status)


def _root() -> Crumb:
    return Crumb(_("Schemes"), reverse("schemes:schemes"))


def _trail(found: Scheme, draft: Edition, here: str) -> list[Crumb]:
    address = reverse("schemes:edition", args=[found.key, draft.version])
    return [_root(), Crumb(draft.title, address), Crumb(here)]
