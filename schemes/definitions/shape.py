"""What a JSON schema says about a file, in words for whoever writes one."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from schemes.definitions.faults import Where

LONGEST = 60  # characters of a value that a fault repeats


def shape(data: Any, schema: Any) -> Iterator[tuple[Where, str]]:
    """Yield every place where `data` is not in the shape of `schema` (a validator), with what is wrong there."""
    if data is None:
        yield (), _("is empty")
        return
    for error in schema.iter_errors(data):
        yield from _said(error)


def _said(error: Any) -> Iterator[tuple[Where, str]]:
    where: Where = tuple(error.absolute_path)
    rule, wanted = error.validator, error.validator_value
    if rule == "additionalProperties":
        known = error.schema.get("properties", {})
        for extra in (key for key in error.instance if key not in known):
            yield (*where, extra), _("is not known here")
    elif rule == "required":
        missing = next((one for one in wanted if one not in error.instance), "")
        yield where, _("“%(field)s” is missing") % {"field": missing}
    elif rule == "dependentRequired":
        yield where, _("“rest” goes with a “share” only")
    elif rule == "anyOf":
        yield where, _("asks for nothing: name a level in “all_at” or in “share”")
    elif rule == "not":
        yield where, _("does not belong to an edition of this shape")
    else:
        yield where, _plain(rule, wanted, error)


def _plain(rule: str, wanted: Any, error: Any) -> str:
    kinds = {
        "string": _("%(value)s is no text; put it in quotation marks"),
        "integer": _("%(value)s is no whole number"),
        "array": _("%(value)s is no list"),
        "object": _("%(value)s is no group of fields"),
    }
    longer = _("is longer than %(wanted)s")
    sentences = {
        "type": kinds.get(str(wanted)),
        "enum": _("%(value)s is none of: %(wanted)s"),
        "pattern": _("%(value)s is not written as a key: small letters, digits and hyphens"),
        "minLength": _("is empty"),
        "minItems": _("has less than %(wanted)s"),
        "maxLength": longer,
        "maxItems": longer,
        "maxProperties": longer,
        "minimum": _("%(value)s is less than %(wanted)s"),
        "maximum": _("%(value)s is more than %(wanted)s"),
        "uniqueItems": _("has something twice"),
    }
    listed = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
    sentence = sentences.get(rule) or str(error.message)[:200].replace("%", "%%")
    return sentence % {"value": _short(error.instance), "wanted": listed}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
