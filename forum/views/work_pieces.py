"""What the pages of a group's work share: the way back, one page for every form, and refusals in their place."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from forum.models import Group
from forum.views.inside import group_page
from ledger.refusals import Refusal
from organisations.views.middleware import ViewerRequest
from web.htmx import go_to
from web.pieces import Crumb

TAB = "work"


def trail(group: Group, *more: Crumb) -> list[Crumb]:
    """Return the way from the group to a page of its work."""
    return [Crumb(_("Work"), reverse("forum:group_work", args=[group.key])), *more]


def answered(
    request: ViewerRequest,
    group: Group,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    heading: str,
    verb: str,
    done: str,
    back: str = "",
    note: str = "",
) -> HttpResponse:
    """Show a form on a page of its own; once it is filled, do `act`, which returns the address to go on to."""
    if form.is_bound and form.is_valid():
        try:
            url = act(form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, done)
            return go_to(request, url)
    context = {
        "form": form,
        "heading": heading,
        "verb": verb,
        "note": note,
        "back": back or reverse("forum:group_work", args=[group.key]),
    }
    return group_page(
        request,
        group,
        "forum/work_form.html",
        context,
        tab=TAB,
        crumbs=trail(group, Crumb(heading)),
        status=422 if form.is_bound else 200,
    )


def posted(request: ViewerRequest) -> Any:
    """Return what was sent, None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Show a refusal where it belongs in a form."""
    placed = {name: said for name, said in refusal.fields.items() if name in form.fields}
    for name, said in placed.items():
        form.add_error(name, said)
    if not placed:
        form.add_error(None, refusal.sentence)
