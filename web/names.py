"""Names of people and organisations, which also stand in letters to strangers."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_ADDRESS = re.compile(r"://|\bwww\.|[<>]", re.IGNORECASE)


class PlainName(forms.CharField):
    """A name on one line: no web address, no markup, no control characters, so that nobody is tricked by it."""

    default_error_messages = {"not-plain": _("Write only the name: no web addresses and no special signs.")}

    def to_python(self, value: Any) -> str:
        """Return the name with single spaces.

        Raises:
            ValidationError: it holds an address, markup or characters that cannot be seen.
        """
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        if _ADDRESS.search(text) or any(
            unicodedata.category(letter) in {"Cc", "Cs", "Co"} for letter in text
        ):
            raise ValidationError(self.error_messages["not-plain"], code="not-plain")
        return " ".join(re.sub(r"[\u202a-\u202e\u2066-\u2069]", "", text).split())
