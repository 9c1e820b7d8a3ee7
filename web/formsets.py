"""A button "add another" that works with and without scripts."""

from __future__ import annotations

from typing import Any

from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict
from django.http import HttpRequest

ADD = "add_row"


def wants_row(request: HttpRequest, prefix: str) -> bool:
    """Tell whether the button "Add another" of this formset was pressed; nothing is to be saved then."""
    return request.method == "POST" and request.POST.get(ADD) == prefix


def with_row(
    formset: type[BaseFormSet[Any]], request: HttpRequest, *, prefix: str, **kwargs: Any
) -> BaseFormSet[Any]:
    """Return the posted formset with one empty row more, everything typed kept and nothing judged yet."""
    data = request.POST.copy()
    name = f"{prefix}-TOTAL_FORMS"
    typed = str(data.get(name, ""))
    count = int(typed) if typed.isdecimal() and len(typed) < 5 else 0
    data[name] = str(min(count + 1, formset.absolute_max))
    bound = formset(data=data, files=request.FILES, prefix=prefix, **kwargs)
    vars(bound).update(_errors=[], _non_form_errors=bound.error_class())
    for form in bound.forms:
        as_typed(form)
    return bound


def as_typed(form: Any) -> Any:
    """Keep what was typed into a form that stands beside a formset, without judging it yet."""
    vars(form).update(_errors=ErrorDict())
    return form
