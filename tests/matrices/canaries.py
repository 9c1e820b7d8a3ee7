"""Words that cannot occur by chance: every text cell of the world says who it belongs to.

A canary is nine plain characters, `QZ00042ZQ`, so that it survives HTML, JSON, CSV, mail headers and a code's twelve
characters. Its number names the table, row and column it was planted in; copies keep the word of their source.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from tests.conftest import _assume
from tests.matrices import slices

WORD = re.compile(r"QZ\d{5}ZQ", re.IGNORECASE)
SEEDED_APPS = ("organisations", "sourcing", "documents", "findings", "schemes", "forum")

# Text that is no free text: what stands there is checked by the database, or read by the program.
KEPT = {
    "country": "two letters that forms and names of countries are looked up by",
    "site_country": "as country",
    "timezone": "a name that the time-zone database knows",
    "language": "a language's code",
    "password": "a hash",
    "token_hash": "a hash, and the way to the row",
    "sha256": "a hash",
    "fingerprint": "a hash",
    "storage_key": "where the bytes lie; never shown",
    "media_type": "decides how a file is served",
    "kind": "names a function in a registry",
    "subject_kind": "names a model",
    "encoding": "names a codec",
    "printed_code": "reference data, the same for everyone",
    "severity": "reference data, the same for everyone",
    "documents.Rendering.error": "our own sentence, and only of a failed one",
    "documents.Rendering.subject_code": "a copy of a code",
    "findings.Share.email": "empty where the recipient is an organisation, by a constraint",
    "sourcing.ImportRow.reason": "names a remark of ours",
    "sourcing.SiteImport.refusal": "names a remark of ours",
}
# Reference data is the same for everyone and holds nothing of any organisation.
REFERENCE = {
    "findings.MethodologyVersion",
    "findings.Section",
    "findings.WorkplaceRequirement",
    "findings.ClosurePolicy",
    "findings.ClosurePolicyChange",
    "findings.ManagementElement",
    "findings.ManagementGrade",
    "findings.ReviewPolicy",
}
FORMSETS = {f"{name}-{part}_FORMS": ["1"] for name in ("causes", "actions") for part in ("TOTAL", "INITIAL")}
# JSON cells are read back by the program, so their shape is kept and their leaves are planted.
SHAPES: dict[str, Callable[[str, Any], Any]] = {
    "sourcing.Engagement.place": lambda word, _old: {"name": word, "address": word, "country": "BD"},
    "sourcing.TradeLink.named_places": lambda word, _old: [{"name": word, "country": "BD", "entry": None}],
    "sourcing.SiteImport.columns": lambda _word, old: old,
    "sourcing.SiteImport.summary": lambda _word, old: old,
    "sourcing.ImportRow.raw": lambda word, _old: {"Name": word, "Address": word},
    "sourcing.ImportRow.values": lambda word, old: {**old, "name": word, "address": word},
    "findings.PlanDraft.content": lambda word, _old: {"typed": {**FORMSETS, "completed_by": [word]}},
    "findings.PlanVersion.content": lambda word, _old: {
        "root_causes": [word],
        "stakeholders": [word],
        "investigation": word,
        "initiatives": [word],
        "actions": [{"what": word, "who": word, "by_when": "2027-03", "support": word, "measure": word}],
        "asks": ["confirm"],
    },
    "findings.PlanUpdate.actions": lambda word, _old: [{"progress": "on_track", "note": word}],
    "findings.PlanResponse.proposed_times": lambda _word, old: old,
}


@cache
def kept() -> dict[str, str]:
    """Return the columns without words of their own, with the reason."""
    found = dict(KEPT)
    for more in slices.all_of("KEPT"):
        found |= more
    return found


@cache
def shapes() -> dict[str, Callable[[str, Any], Any]]:
    """Return how words are planted in each JSON column."""
    found = dict(SHAPES)
    for more in slices.all_of("SHAPES"):
        found |= more
    return found


class Canaries:
    """Plants the words and remembers where each one stands."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def new(self, place: str) -> str:
        """Return a fresh word for `place`."""
        word = f"QZ{len(self.places):05}ZQ"
        self.places[word] = place
        return word

    def plant(self) -> None:
        """Write a word into every text cell of every organisation's rows, past all triggers."""
        _as_superuser(self._plant)

    def name(self, word: str) -> str:
        """Say where a word was planted."""
        return f"{word} ({self.places.get(word, 'typed in a test')})"

    def _plant(self) -> None:
        for model in tenant_models():
            for row in model._base_manager.order_by("pk"):
                values = {field: self._value(row, field) for field in planted_fields(model)}
                if values:
                    model._base_manager.filter(pk=row.pk).update(**values)

    def _value(self, row: models.Model, field: str) -> Any:
        label, old = row._meta.label, getattr(row, field)
        word = self.new(f"{label} {row.pk} {field}")
        shape = shapes().get(f"{label}.{field}")
        if shape is not None:
            return shape(word, old)
        return f"{word.lower()}@example.org" if field == "email" else word


def tenant_models() -> list[type[models.Model]]:
    """Return the models whose rows belong to somebody."""
    found = [model for name in SEEDED_APPS for model in apps.get_app_config(name).get_models()]
    return [model for model in found if model._meta.label not in REFERENCE]


def text_fields(model: type[models.Model]) -> list[str]:
    """Return the names of a model's columns that can hold somebody's words."""
    found = []
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if is_text and not isinstance(field, ArrayField) and not field.choices:
            found.append(field.name)
    return found


def planted_fields(model: type[models.Model]) -> list[str]:
    """Return the names of a model's columns that get a word of their own."""
    label = model._meta.label
    return [name for name in text_fields(model) if not {name, f"{label}.{name}"} & kept().keys()]


def unshaped() -> list[str]:
    """Return the JSON columns of which nobody has said what they look like."""
    return [
        f"{model._meta.label}.{name}"
        for model in tenant_models()
        for name in planted_fields(model)
        if isinstance(model._meta.get_field(name), models.JSONField)
        and f"{model._meta.label}.{name}" not in shapes()
    ]


def words_in(*texts: object) -> set[str]:
    """Return the canaries in any text, in capitals."""
    return {word.upper() for text in texts for word in WORD.findall(_flat(text))}


def _flat(text: object) -> str:
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    return text if isinstance(text, str) else json.dumps(text, default=str, ensure_ascii=False)


def _as_superuser(work: Callable[[], None]) -> None:
    before = connection.settings_dict["OPTIONS"].get("assume_role")
    _assume(None)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = origin")
    finally:
        _assume(before)


def names(canaries: Canaries, words: Iterable[str]) -> str:
    """Say where some words were planted."""
    return ", ".join(canaries.name(word) for word in sorted(words))
