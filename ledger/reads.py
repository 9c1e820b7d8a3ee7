"""Writing down who looked, so that the owner can see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from ledger.models import Actor
from ledger.models.subjects import LONGEST_LABEL, code_of, kind_of, label_of
from ledger.requests import request_id

AT_MOST_EVERY = timedelta(minutes=10)

# One statement for any number: nothing is written where the same eyes were within ten minutes, and of two requests
# that arrive together the unique slot lets one through.
_LOG = """
INSERT INTO ledger_readlog (at, person_id, organisation_id, owner_id,
                            subject_kind, subject_id, subject_code, subject_label, request_id, slot)
SELECT %(at)s, %(person)s, %(organisation)s, seen.owner,
       %(kind)s, seen.id, seen.code, seen.label, %(request)s, %(slot)s
  FROM unnest(%(ids)s::bigint[], %(codes)s::text[], %(labels)s::text[], %(owners)s::bigint[])
       AS seen (id, code, label, owner)
 WHERE NOT EXISTS (
       SELECT FROM ledger_readlog
        WHERE organisation_id = %(organisation)s AND person_id IS NOT DISTINCT FROM %(person)s::bigint
          AND subject_kind = %(kind)s AND subject_id = seen.id AND at > %(since)s AND at <= %(at)s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that someone looked at, as a list has it: key, public code, name and owner."""

    id: int
    code: str
    label: str
    owner_id: int | None


def log_read(*, by: Actor, subject: models.Model, owner_id: int | None, at: datetime) -> bool:
    """Note that `by` looked at another organisation's `subject`; tell whether a row was written.

    At most one row per organisation, person and subject in ten minutes. Looking at one's own leaves none.
    """
    seen = Seen(subject.pk, code_of(subject), label_of(subject), owner_id)
    return bool(log_reads(by=by, model=type(subject), seen=[seen], at=at))


def log_reads(*, by: Actor, model: type[models.Model], seen: Iterable[Seen], at: datetime) -> int:
    """Note that `by` was sent many things of one kind at once; return how many rows were written.

    For lists that send what an object says, not only its name. Promises as for `log_read`.
    """
    foreign = [one for one in seen if one.owner_id != by.organisation_id]
    if by.organisation_id is None or not foreign:
        return 0
    values: dict[str, Any] = {
        "at": at,
        "since": at - AT_MOST_EVERY,
        "slot": int(at.timestamp() // AT_MOST_EVERY.total_seconds()),
        "person": by.person_id,
        "organisation": by.organisation_id,
        "kind": kind_of(model),
        "ids": [one.id for one in foreign],
        "codes": [one.code for one in foreign],
        "labels": [one.label[:LONGEST_LABEL] for one in foreign],
        "owners": [one.owner_id for one in foreign],
        "request": request_id(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOG, values)
        return int(cursor.rowcount)
