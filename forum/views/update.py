"""Pages of outside bodies and what they tell: read by every member, written by the body itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from forum.actions.update import (
    begin_update,
    draft_mark,
    publish_update,
    save_draft,
    withdraw_update,
)
from forum.forms.update import CorrectionForm, FigureFormSet, UpdateForm, WithdrawForm, as_typed_before
from forum.models import Body, BodyUpdate, BodyUpdateVersion
from forum.permissions.update import can_change_update, can_open_body, can_post
from forum.queries.update import bodies_for, drafts_of, own_body, told, updates_told
from forum.views.figures import charts_of
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

NEWEST = ("-published_at", "-id")


@require_safe
@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """List what bodies published, the newest first, and the bodies themselves."""
    viewer = request.viewer
    page = keyset_page(updates_told(viewer), request=request, order=NEWEST, size=20)
    if is_partial(request):
        return render(request, "forum/updates/_list.html", {"page": page})
    own = own_body(viewer)
    context = {
        "page": page,
        "bodies": bodies_for(viewer),
        "own": own,
        "drafts": drafts_of(viewer, own) if own else [],
        "may_post": bool(own and can_post(viewer, own)),
        "may_open": bool(not own and can_open_body(viewer)),
    }
    return render(request, "forum/updates/index.html", context)


@require_safe
@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show an update as it counts now, and what changed since its first version."""
    found = _update(request, code)
    versions = told(request.viewer, found)
    context = {
        "update": found,
        "version": versions.current,
        "draft": versions.draft if found.published_at else None,
        "earlier": versions.earlier,
        "charts": charts_of(versions.current),
        "may_change": can_change_update(request.viewer, found),
        "crumbs": [*_crumbs(found)[:-1], Crumb(found.title)],
    }
    return render(request, "forum/updates/update.html", context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Write an update: keep it as a draft, or publish it at once."""
    body = own_body(request.viewer)
    if body is None:
        can_open_body(request.viewer).require()
        return redirect("forum:body_new")
    can_post(request.viewer, body).require()
    return _write(request, body, None, None)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Go on with a draft, or put a published update right by a new version."""
    found = _update(request, code)
    can_change_update(request.viewer, found).require()
    versions = told(request.viewer, found)
    return _write(request, found.body, found, versions.draft or versions.current)


@member_required
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask, then publish the draft as it was saved."""
    found = _update(request, code)
    can_change_update(request.viewer, found).require()
    if request.method == "POST":
        try:
            publish_update(viewer=request.viewer, update=found, at=timezone.now())
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Published. Whoever follows you is told."))
        return redirect("forum:update", found.code)
    context = {"update": found, "crumbs": [*_crumbs(found), Crumb(_("Publish"))]}
    return render(request, "forum/updates/publish.html", context)


@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask why, then withdraw."""
    found = _update(request, code)
    can_change_update(request.viewer, found).require()
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        withdraw_update(viewer=request.viewer, update=found, at=timezone.now(), **said)
        messages.success(request, _("Withdrawn. The page says why."))
        return redirect("forum:update", found.code)
    context = {"form": form, "update": found, "crumbs": [*_crumbs(found), Crumb(_("Withdraw"))]}
    return render(request, "forum/updates/withdraw.html", context, status=422 if form.is_bound else 200)


def _write(
    request: ViewerRequest, body: Body, update: BodyUpdate | None, version: BodyUpdateVersion | None
) -> HttpResponse:
    """Show the form, keep the draft, and publish it where that button was pressed."""
    initial, rows = as_typed_before(version, timezone.localdate())
    draft = version if version and version.published_at is None else None
    if draft is None:
        initial.pop("correction", None)
    if update:
        initial["seen"] = draft_mark(update, draft)
    kind = CorrectionForm if update and update.published_at else UpdateForm
    form = kind(request.POST or None, initial=initial)
    figures: Any = FigureFormSet(request.POST or None, prefix="figures", initial=rows)
    if wants_row(request, "figures"):
        form, figures = as_typed(form), with_row(FigureFormSet, request, prefix="figures", initial=rows)
    elif request.method == "POST" and all([form.is_valid(), figures.is_valid()]):
        try:
            saved = _save(request, body, update, form, figures)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, refusal.sentence)
        else:
            is_out = "publish" in request.POST
            messages.success(request, _("Published.") if is_out else _("Kept as a draft. Only you see it."))
            return redirect("forum:update", saved.code)
    here = Crumb(_("Put it right") if update and update.published_at else _("Write"))
    context = {
        "form": form,
        "figures": figures,
        "update": update,
        "body": body,
        "crumbs": [*(_crumbs(update) if update else [_list()]), here],
    }
    is_wrong = form.is_bound and not wants_row(request, "figures")
    return render(request, "forum/updates/write.html", context, status=422 if is_wrong else 200)


def _save(
    request: ViewerRequest, body: Body, update: BodyUpdate | None, form: UpdateForm, figures: Any
) -> BodyUpdate:
    viewer, now, said = request.viewer, timezone.now(), form.said(figures)
    if update is None:
        update = begin_update(viewer=viewer, body=body, said=said, at=now)
    else:
        save_draft(viewer=viewer, update=update, said=said, seen=form.cleaned_data["seen"] or None, at=now)
    if "publish" in request.POST:
        publish_update(viewer=viewer, update=update, at=now)
    return update


def _update(request: ViewerRequest, code: str) -> BodyUpdate:
    request.place = "forum:updates"
    return fetch(BodyUpdate, code, viewer=request.viewer, queryset=BodyUpdate.objects.select_related("body"))


def _list() -> Crumb:
    return Crumb(_("Updates"), reverse("forum:updates"))


def _crumbs(found: BodyUpdate) -> list[Crumb]:
    body = Crumb(found.body_name, reverse("forum:body", args=[found.body.code]))
    return [_list(), body, Crumb(found.title, reverse("forum:update", args=[found.code]))]
