"""Writing down what happened, in the same transaction as what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from ledger import bell
from ledger.models import Actor, Entry
from ledger.models.subjects import code_of, kind_of, label_of
from ledger.requests import request_id


@dataclass(frozen=True, slots=True)
class Alone:
    """Somebody who acts, for the ledger, on behalf of nobody but themselves.

    An entry by them without an owner is read by them alone; whole organisations never see it. For what only named
    people may know of.
    """

    person_id: int | None
    organisation_id: int | None = None


class NotInTransaction(RuntimeError):
    """An entry was about to be written apart from the change that it tells of."""


def record(
    *,
    verb: str,
    by: Actor | None,
    subject: models.Model,
    owner_id: int | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Write one entry and have everyone told who must know.

    The entry and its outbox row commit or roll back together with the caller's own changes; the bell rings
    only after the commit and may fail without harm.

    Args:
        verb: what happened, `"findings.plan_shared"`.
        by: who did it; None when nobody did (a date came, a job ran).
        subject: what it happened to, saved already.
        owner_id: the organisation that the subject belongs to; it can read the entry.
        at: when.
        data: what else is worth keeping, `{"before": …, "after": …}`; never secrets or file contents.

    Raises:
        NotInTransaction: there is no open transaction.
    """
    entry = draft(verb=verb, by=by, subject=subject, owner_id=owner_id, at=at, data=data)
    return record_all([entry])[0]


def draft(
    *,
    verb: str,
    by: Actor | None,
    subject: models.Model,
    owner_id: int | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Return an entry not yet written, for `record_all`; arguments as for `record`."""
    return Entry(
        verb=verb,
        actor_id=by.person_id if by else None,
        organisation_id=by.organisation_id if by else None,
        owner_id=owner_id,
        subject_kind=kind_of(subject),
        subject_id=subject.pk,
        subject_code=code_of(subject),
        subject_label=label_of(subject),
        at=at,
        data=dict(data or {}),
        request_id=request_id(),
    )


def record_all(entries: Iterable[Entry]) -> list[Entry]:
    """Write many drafted entries at once, as an import does; promises as for `record`."""
    if not connection.in_atomic_block:
        raise NotInTransaction("Open a transaction: an entry commits together with what it tells of.")
    written = Entry.objects.bulk_create(entries, batch_size=1000)
    bell.ring("ledger.relay")
    return written
