"""The only way in which a state changes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.lifecycles import Lifecycle
from ledger.models import Actor, Entry
from ledger.refusals import Refusal


def move(
    subject: models.Model,
    *,
    to: str,
    lifecycle: Lifecycle,
    verb: str,
    by: Actor | None,
    owner_id: int | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    field: str = "state",
    also: Iterable[str] = (),
    about: models.Model | None = None,
) -> Entry:
    """Move `subject` to the state `to`, save it and write the entry that tells so.

    The row is locked and its state read again first, so of two people who press the same button one is
    refused. The entry's data gains `before` and `after`.

    Args:
        subject: the thing, saved already; changed in place, and left as it was when refused.
        to: the state it shall be in.
        lifecycle: the moves that are legal.
        field: the field that holds the state.
        also: other fields that the caller has set and that must be saved in the same UPDATE, `["closed_at"]`.
        about: what the entry names instead of the subject, where the subject's own label must not stand in a history.
        verb, by, owner_id, at, data: as for `ledger.entries.record`.

    Raises:
        Refusal: code `illegal-move`, when `lifecycle` has no such move from the state in the database.
    """
    before = _locked_state(subject, field)
    if not lifecycle.allows(before, to):
        raise _illegal(subject, field, before, to)
    setattr(subject, field, to)
    subject.save(update_fields=[field, *also])
    details = {**(data or {}), "before": before, "after": to}
    return record(verb=verb, by=by, subject=about or subject, owner_id=owner_id, at=at, data=details)


def _locked_state(subject: models.Model, field: str) -> str:
    rows = type(subject)._base_manager.select_for_update(of=("self",)).filter(pk=subject.pk)
    return str(rows.values_list(field, flat=True).get())


def _illegal(subject: models.Model, field: str, before: str, to: str) -> Refusal:
    sentence = _("This is “%(before)s” now and cannot become “%(to)s”.") % {
        "before": _state_label(subject, field, before),
        "to": _state_label(subject, field, to),
    }
    return Refusal("illegal-move", sentence)


def _state_label(subject: models.Model, field: str, state: str) -> str:
    choices = dict(getattr(subject._meta.get_field(field), "flatchoices", ()))
    return str(choices.get(state, state))
