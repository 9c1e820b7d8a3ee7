"""Writing down who looked, so that the owner can see it."""

from datetime import datetime, timedelta

from django.db import connection, models

from ledger.models import Actor
from ledger.models.subjects import code_of, kind_of, label_of
from ledger.requests import request_id

AT_MOST_EVERY = timedelta(minutes=10)

# One statement: nothing is written when the same eyes were here within ten minutes, and of two requests that
# arrive together the unique slot lets one through.
_LOG = """
INSERT INTO ledger_readlog (at, person_id, organisation_id, owner_id,
                            subject_kind, subject_id, subject_code, subject_label, request_id, slot)
SELECT %(at)s, %(person)s, %(organisation)s, %(owner)s,
       %(kind)s, %(id)s, %(code)s, %(label)s, %(request)s, %(slot)s
 WHERE NOT EXISTS (
       SELECT FROM ledger_readlog
        WHERE organisation_id = %(organisation)s AND person_id IS NOT DISTINCT FROM %(person)s::bigint
          AND subject_kind = %(kind)s AND subject_id = %(id)s AND at > %(since)s AND at <= %(at)s)
ON CONFLICT DO NOTHING
"""


def log_read(*, by: Actor, subject: models.Model, owner_id: int | None, at: datetime) -> bool:
    """Note that `by` looked at another organisation's `subject`; tell whether a row was written.

    At most one row per organisation, person and subject in ten minutes. Looking at one's own leaves none.
    """
    if by.organisation_id is None or by.organisation_id == owner_id:
        return False
    values = {
        "at": at,
        "since": at - AT_MOST_EVERY,
        "slot": int(at.timestamp() // AT_MOST_EVERY.total_seconds()),
        "person": by.person_id,
        "organisation": by.organisation_id,
        "owner": owner_id,
        "kind": kind_of(subject),
        "id": subject.pk,
        "code": code_of(subject),
        "label": label_of(subject),
        "request": request_id(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOG, values)
        return bool(cursor.rowcount)
