"""Changing an organisation's own register by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.entries import record
from organisations.visibility import Viewer
from sourcing.models import MatchDecision, RegisterEntry
from sourcing.permissions import can_keep_register
from sourcing.queries.matching import fingerprint_of
from sourcing.queries.normalising import normal_name

FIELDS = ("name", "country", "address", "sector", "latitude", "longitude")


def edit_entry(
    *, viewer: Viewer, entry: RegisterEntry, values: Mapping[str, Any], at: datetime
) -> RegisterEntry:
    """Change a place in the viewer's register.

    Promises: the ledger says what it was before; a list that calls the place as it was called before still
    finds it; nothing is written when nothing changes.

    Args:
        viewer: an editor or admin of the organisation that keeps the register.
        entry: one of its entries.
        values: new values of some of `FIELDS`, cleaned.
        at: now.

    Raises:
        Forbidden: the viewer only reads, or their organisation keeps no register.
    """
    with transaction.atomic():
        entry = RegisterEntry.objects.visible_to(viewer).select_for_update().get(pk=entry.pk)
        can_keep_register(viewer).require()
        before = {name: getattr(entry, name) for name in FIELDS}
        changed = {name: values[name] for name in FIELDS if name in values and values[name] != before[name]}
        if not changed:
            return entry
        old = fingerprint_of(entry.country, entry.name, entry.address)
        for name, value in changed.items():
            setattr(entry, name, value)
        entry.match_key = normal_name(entry.name)
        entry.save(update_fields=[*changed, "match_key", "updated_at"])
        if old != fingerprint_of(entry.country, entry.name, entry.address):
            remember(viewer=viewer, fingerprint=old, entry=entry, is_same=True, at=at)
        record(
            verb="sourcing.register_entry_changed",
            by=viewer,
            subject=entry,
            owner_id=entry.organisation_id,
            at=at,
            data={"before": {name: before[name] for name in changed}, "after": changed},
        )
    return entry


def remember(
    *, viewer: Viewer, fingerprint: str, entry: RegisterEntry, is_same: bool, at: datetime
) -> MatchDecision:
    """Keep that the line with `fingerprint` is, or is not, `entry`; a later word replaces an earlier one."""
    kept, _is_new = MatchDecision.objects.update_or_create(
        organisation_id=viewer.organisation_id,
        fingerprint=fingerprint,
        entry=entry,
        defaults={"is_same": is_same, "person_id": viewer.person_id, "decided_at": at},
    )
    return kept
