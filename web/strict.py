"""Values of the very type that the schema says; the serializers alone would take `"12"` or `٣` for a number."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

Fields = Mapping[str, serializers.Field[Any, Any, Any, Any]]
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def mistyped(fields: Fields, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the errors of the values in `data` that have another JSON type than their field; null is left alone."""
    return {
        name: wrong
        for name, field in fields.items()
        if name in data and not field.read_only and (wrong := _wrong(field, data[name]))
    }


def misspelt(fields: Fields, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the errors of values that stand in an address and are not spelt as the schema says."""
    found = {}
    for name, value in data.items():
        match fields.get(name):
            case serializers.IntegerField() if not _NUMBER.fullmatch(value):
                found[name] = [_("Send a whole number.")]
            case serializers.BooleanField() if value not in {"true", "false"}:
                found[name] = [_("Send true or false.")]
    return found


def _wrong(field: Any, value: Any) -> Any:
    """Return what is wrong with one value: a list of sentences, or errors by position in a list."""
    if value is None:
        return None
    match field:
        case serializers.BooleanField():
            fits, sentence = isinstance(value, bool), _("Send true or false.")
        case serializers.IntegerField():
            fits, sentence = _is_number(value) and value == int(value), _("Send a whole number.")
        case serializers.FloatField():
            fits, sentence = _is_number(value), _("Send a number.")
        case serializers.ChoiceField():
            fits, sentence = _is_choice(field, value), _("Send one of the values that the schema names.")
        case serializers.CharField() | serializers.DateField() | serializers.DateTimeField():
            fits, sentence = isinstance(value, str), _("Send a text in quotes.")
        case serializers.ListField():
            return _wrong_items(field, value)
        case _:
            return None
    return None if fits else [sentence]


def _wrong_items(field: Any, value: Any) -> dict[int, Any] | None:
    if not isinstance(value, list):
        return None  # the field says so itself
    return {place: wrong for place, one in enumerate(value) if (wrong := _wrong(field.child, one))} or None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) != float("inf")


def _is_choice(field: Any, value: Any) -> bool:
    if value == "" and field.allow_blank:
        return True
    return any(type(value) is type(getattr(one, "value", one)) and value == one for one in field.choices)
