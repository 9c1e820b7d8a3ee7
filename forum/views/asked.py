"""A page inside a group that asks for one thing by one form."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from forum.models import Group
from forum.views.inside import group_page
from ledger.refusals import Refusal
from web.pieces import Crumb


@dataclass(frozen=True)
class Asked:
    """What the page says.

    Args:
        back: where it leads when it is done. done: what is said there.
    """

    heading: str
    button: str
    back: str
    tab: str
    done: str = ""
    note: str = ""
    is_danger: bool = False
    crumbs: list[Crumb] = field(default_factory=list)
    template: str = "forum/asked.html"


def ask(
    request: HttpRequest,
    group: Group,
    form: forms.Form,
    do: Callable[[], Any],
    page: Asked,
    **context: Any,
) -> HttpResponse:
    """Show the form; once it is valid, do what it asks for. A refusal keeps what was typed."""
    if form.is_bound and form.is_valid():
        try:
            do()
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            explain(form, refusal)
        else:
            if page.done:
                messages.success(request, page.done)
            return redirect(page.back)
    given = {"form": form, "page": page, **context}
    crumbs = [*page.crumbs, Crumb(page.heading)]
    status = 422 if form.is_bound else 200
    return group_page(request, group, page.template, given, tab=page.tab, crumbs=crumbs, status=status)


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the fields it is about, or above the form."""
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, text)
    if not known:
        form.add_error(None, refusal.sentence)
