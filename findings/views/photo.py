"""The photos of a finding: its auditors hang them, whoever sees the audit sees them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from documents.models import Document
from documents.serve import serve_picture
from findings.actions.photo import MOST, add_photos, describe_photo, remove_photo
from findings.forms.photo import PhotoForm, PhotosForm
from findings.models import Finding, Photo
from findings.permissions import can_enter_findings
from findings.queries.photo import photos_of
from findings.views.audit import crumbs
from findings.views.entry import finding_to_work_on, refuse
from ledger.reads import log_read
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.pieces import Crumb


def panel(request: ViewerRequest, finding: Finding) -> dict[str, Any]:
    """Return what `_photo_panel.html` shows on the page of a finding."""
    return {
        "photos": list(photos_of(request.viewer, finding)),
        "may_add_photos": bool(can_enter_findings(request.viewer, finding.audit)),
    }


@member_required
def photos(request: ViewerRequest, code: str) -> HttpResponse:
    """Hang photos on a finding, and look at those that hang there."""
    finding = finding_to_work_on(request.viewer, code)
    can_enter_findings(request.viewer, finding.audit).require()
    initial = {"language": finding.language}
    is_sent = request.method == "POST"
    form = PhotosForm(request.POST if is_sent else None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_photos(
                viewer=request.viewer,
                finding=finding,
                files=form.cleaned_data["pictures"],
                caption=form.cleaned_data["caption"],
                language=form.cleaned_data["language"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("pictures", refusal.sentence) if refusal.status != 403 else refuse(form, refusal)
        else:
            told = ngettext("One photo is added.", "%(n)s photos are added.", len(added))
            messages.success(request, told % {"n": len(added)})
            return redirect("findings:photos", finding.code)
    context = {
        "finding": finding,
        "audit": finding.audit,
        "form": form,
        "photos": list(photos_of(request.viewer, finding)),
        "most": MOST,
        "crumbs": _crumbs(finding, _("Photos")),
    }
    return render(request, "findings/photos.html", context, status=422 if form.is_bound else 200)


@member_required
def describe(request: ViewerRequest, code: str, photo_code: str) -> HttpResponse:
    """Say what a photo shows."""
    photo = _photo(request.viewer, code, photo_code)
    can_enter_findings(request.viewer, photo.finding.audit).require()
    initial = {"caption": photo.caption, "language": photo.language or photo.finding.language}
    form = PhotoForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        describe_photo(viewer=request.viewer, photo=photo, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("findings:photos", photo.finding.code)
    context = {
        "photo": photo,
        "finding": photo.finding,
        "form": form,
        "crumbs": _crumbs(photo.finding, _("Photo")),
    }
    return render(request, "findings/photo_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member_required
def remove(request: ViewerRequest, code: str, photo_code: str) -> HttpResponse:
    """Ask, then take a photo down."""
    photo = _photo(request.viewer, code, photo_code)
    can_enter_findings(request.viewer, photo.finding.audit).require()
    if request.method == "POST":
        remove_photo(viewer=request.viewer, photo=photo, at=timezone.now())
        messages.success(request, _("The photo is deleted."))
        return redirect("findings:photos", photo.finding.code)
    context = {"photo": photo, "finding": photo.finding, "crumbs": _crumbs(photo.finding, _("Delete"))}
    return render(request, "findings/photo_delete.html", context)


def _shower(choose: Callable[[Photo], Document], *, is_read: bool) -> Callable[..., HttpResponse]:
    """Return the view that shows one of a photo's two pictures in the page."""

    @require_http_methods(["GET", "HEAD"])
    @member_required
    def shown(request: ViewerRequest, code: str, photo_code: str) -> HttpResponse:
        photo = _photo(request.viewer, code, photo_code)
        picture = choose(photo)
        if is_read and photo.finding.audit.reads_are_logged:
            log_read(by=request.viewer, subject=picture, owner_id=photo.finding.owner_id, at=timezone.now())
        return serve_picture(picture)  # type: ignore[return-value]

    return shown


picture = _shower(lambda photo: photo.document, is_read=True)
thumbnail = _shower(lambda photo: photo.thumbnail, is_read=False)


def _photo(viewer: Viewer, code: str, photo_code: str) -> Photo:
    rows = Finding.objects.select_related("audit")
    finding = fetch(Finding, code, viewer=viewer, queryset=rows)
    found = (
        photos_of(viewer, finding)
        .select_related("document", "thumbnail")
        .filter(code=photo_code.upper())
        .first()
    )
    if found is None:
        raise NotVisible
    found.finding = finding
    return found


def _crumbs(finding: Finding, here: str) -> list[Crumb]:
    finding_crumb = Crumb(finding.title, reverse("findings:finding", args=[finding.code]))
    return [*crumbs(finding.audit), finding_crumb, Crumb(here)]
