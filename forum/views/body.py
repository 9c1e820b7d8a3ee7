"""Pages of an outside body: what it is, who follows it, its list of auditors and how to ask it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum.actions.auditor import BadList, load_auditors
from forum.actions.update import (
    describe_body,
    follow,
    let_answer,
    open_body,
    stop_following,
    unfollow,
)
from forum.forms.update import AuditorListForm, BodyForm, CheckForm, NameBodyForm
from forum.models import AuditorStatus, Body
from forum.permissions.update import can_name_body, can_open_body, can_post
from forum.queries.auditor import ask, lists_of
from forum.queries.update import drafts_of, follower_with, follows, updates_told
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.queries.activity import history_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.permissions.knocking import knock
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

MOST_CHECKS, SECONDS = 30, 60


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Open a place for updates: one's own, or as the operator one for somebody else."""
    viewer = request.viewer
    is_operator = bool(can_name_body(viewer))
    if not is_operator:
        can_open_body(viewer).require()
    form = (NameBodyForm if is_operator else BodyForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        code = said.pop("organisation", "")
        try:
            made = open_body(viewer=viewer, organisation_code=code, at=timezone.now(), **said)
        except Refusal as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The place for updates is open."))
            return redirect("forum:body", made.code)
    crumbs = [_list(), Crumb(_("Open a place for updates"))]
    return _form(request, form, _("Open a place for updates"), _("Open it"), crumbs)


@require_safe
@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show what a body is, what it published, and of which day its list of auditors is."""
    viewer, body = request.viewer, _body(request, code)
    page = keyset_page(
        updates_told(viewer, body=body), request=request, order=("-published_at", "-id"), size=20
    )
    if is_partial(request):
        return render(request, "forum/updates/_list.html", {"page": page})
    lists = lists_of(viewer, body)
    is_own = body.organisation_id == viewer.organisation_id
    context = {
        "body": body,
        "page": page,
        "follows": follows(viewer, body),
        "newest": lists[0] if lists else None,
        "lists": lists if is_own else [],
        "check_form": CheckForm(),
        "drafts": drafts_of(viewer, body),
        "is_own": is_own,
        "may_post": bool(can_post(viewer, body)),
        "may_name": bool(can_name_body(viewer)),
        "happenings": history_of(body, viewer) if is_own else [],
        "crumbs": [_list(), Crumb(body.name)],
    }
    return render(request, "forum/updates/body.html", context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Say anew what one's body is."""
    body = _body(request, code)
    can_post(request.viewer, body).require()
    form = BodyForm(request.POST or None, initial={"summary": body.summary, "language": body.language})
    if request.method == "POST" and form.is_valid():
        describe_body(viewer=request.viewer, body=body, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("forum:body", body.code)
    return _form(request, form, _("What you are"), _("Save"), _crumbs(body, _("Change")))


@require_POST
@member_required
def follow_body(request: ViewerRequest, code: str) -> HttpResponse:
    """Hear of a body from now on."""
    body = _body(request, code)
    follow(viewer=request.viewer, body=body, at=timezone.now())
    messages.success(request, _("You will hear when %(body)s publishes something.") % {"body": body.name})
    return redirect("forum:body", body.code)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End letters about a body by the link in them: mail programs POST here by themselves (RFC 8058).

    Ending twice is ending once. It needs no session and no CSRF token: the link is the secret, and all that it
    can do is to end letters.
    """
    is_done = request.method == "POST"
    try:
        row = follower_with(token)
    except NotVisible:
        if not is_done:
            raise
    else:
        if is_done:
            stop_following(row=row)
    return render(request, "forum/updates/stop.html", {"is_done": is_done})


@require_POST
@member_required
def unfollow_body(request: ViewerRequest, code: str) -> HttpResponse:
    """Hear of it no longer."""
    body = _body(request, code)
    unfollow(viewer=request.viewer, body=body)
    messages.success(request, _("You no longer follow %(body)s.") % {"body": body.name})
    return redirect("forum:body", body.code)


@require_POST
@member_required
def answers(request: ViewerRequest, code: str) -> HttpResponse:
    """Let the operator say whether this body's list is asked for the auditors of audits."""
    body = _body(request, code)
    says_yes = request.POST.get("answers") == "yes"
    let_answer(viewer=request.viewer, body=body, answers=says_yes, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("forum:body", body.code)


@member_required
def load(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a list of auditors in place of the one before; every wrong line is named, and then nothing is loaded."""
    body = _body(request, code)
    can_post(request.viewer, body).require()
    form = AuditorListForm(
        request.POST or None, request.FILES or None, initial={"dated_on": timezone.localdate()}
    )
    faults: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = load_auditors(viewer=request.viewer, body=body, at=timezone.now(), **form.cleaned_data)
        except BadList as bad:
            faults = bad.faults
            form.add_error("file", bad.sentence)
        except Refusal as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("%(total)s auditors are on the list now.") % {"total": made.total})
            return redirect("forum:body", body.code)
    context = {"form": form, "faults": faults, "body": body, "crumbs": _crumbs(body, _("Load a list"))}
    return render(request, "forum/updates/load.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_required
def check(request: ViewerRequest, code: str) -> HttpResponse:
    """Say how one number stands on the newest list; a person asks a few of them a minute."""
    viewer, body = request.viewer, _body(request, code)
    form = CheckForm(request.GET if "number" in request.GET else None)
    context: dict[str, Any] = {"body": body, "form": form, "crumbs": _crumbs(body, _("Check a number"))}
    if form.is_bound and form.is_valid():
        knock(request, door=f"auditors {viewer.person_id}", most=MOST_CHECKS, seconds=SECONDS)
        number, name = form.cleaned_data["number"], form.cleaned_data["name"]
        answered = ask(viewer, body, [number], name=name)
        found = answered.by_number.get(number) if answered else None
        context |= {
            "asked": number,
            "name": name,
            "answered": answered,
            "found": found,
            "is_valid": bool(found and found.is_valid(timezone.localdate())),
            "status": AuditorStatus(found.status).label if found else "",
        }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "forum/updates/check.html", context, status=status)


def _show(form: Any, refusal: Refusal) -> None:
    if refusal.status in {403, 404}:
        raise refusal
    known = {name: said for name, said in refusal.fields.items() if name in form.fields}
    for name, said in known.items():
        form.add_error(name, said)
    if not known:
        form.add_error(None, refusal.sentence)


def _form(request: ViewerRequest, form: Any, heading: str, verb: str, crumbs: list[Crumb]) -> HttpResponse:
    context = {"form": form, "heading": heading, "verb": verb, "crumbs": crumbs}
    return render(request, "forum/updates/form.html", context, status=422 if form.is_bound else 200)


def _body(request: ViewerRequest, code: str) -> Body:
    request.place = "forum:updates"
    return fetch(Body, code, viewer=request.viewer)


def _list() -> Crumb:
    return Crumb(_("Updates"), reverse("forum:updates"))


def _crumbs(body: Body, here: str) -> list[Crumb]:
    return [_list(), Crumb(body.name, reverse("forum:body", args=[body.code])), Crumb(here)]
