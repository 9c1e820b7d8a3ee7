"""Form fields and widgets with the browser's own pickers."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from web.languages import writing_choices
from web.writing import proposed_language


class DayInput(forms.DateInput):
    """A date picker; the browser shows the date in the reader's own order."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """A date and time picker, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class MonthInput(forms.DateInput):
    """A month picker; where the browser has none it is a text field that takes 2027-03 or 03/2027."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "2027-03", **(attrs or {})}, format="%Y-%m")


class DayField(forms.DateField):
    """A date."""

    widget = DayInput


class MonthField(forms.Field):
    """A month, as the date of its first day."""

    widget = MonthInput
    default_error_messages = {"invalid": _("Write the month as year and month, for example 2027-03.")}

    _forms = (
        re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(-\d{1,2})?"),
        re.compile(r"(?P<m>\d{1,2})[/.](?P<y>\d{4})"),
    )

    def to_python(self, value: Any) -> date | None:
        """Read 2027-03 or 03/2027."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value.replace(day=1)
        for form in self._forms:
            if match := form.fullmatch(str(value).strip()):
                try:
                    return date(int(match["y"]), int(match["m"]), 1)
                except ValueError:
                    break
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare months, whatever their form."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class SearchField(forms.CharField):
    """Words to look for."""

    widget = forms.TextInput(attrs={"type": "search"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)


class WritingLanguageField(forms.ChoiceField):
    """The language in which the words of a form are written, so that they can be read, spoken and translated."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {
            "label": _("Language you write in"),
            "required": False,
            "choices": writing_choices,
            "initial": proposed_language,
        }
        super().__init__(**(given | options))
