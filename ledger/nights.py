"""Checks that run once a night, whenever the night's work is first asked for."""

from datetime import UTC, datetime, time, timedelta

import structlog
from django.db import transaction

from ledger import tries
from ledger.models import Heartbeat
from ledger.registry import NightlyFunction, nightly_checks

log = structlog.get_logger(__name__)

BEGINS_AT = time(2)  # UTC
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def night_of(at: datetime) -> datetime:
    """Return the moment at which the night's work that belongs to `at` began: the last 02:00 UTC."""
    moment = at.astimezone(UTC)
    begin = datetime.combine(moment.date(), BEGINS_AT, tzinfo=UTC)
    return begin if begin <= moment else begin - timedelta(days=1)


def is_due(at: datetime) -> bool:
    """Tell whether a check has not run since the last night began."""
    done = Heartbeat.objects.filter(name__in=map(_name, nightly_checks()), at__gte=night_of(at)).count()
    return done < len(nightly_checks())


def run(at: datetime) -> list[str]:
    """Run the checks that have not run this night, each in its own transaction; return the names that raised.

    An alarm is kept in the check's heartbeat until a later night passes; asked twice, or by two workers at
    once, each check runs once.
    """
    return [name for name, check in nightly_checks().items() if not _passes(name, check, at)]


def _passes(name: str, check: NightlyFunction, at: datetime) -> bool:
    Heartbeat.objects.get_or_create(name=_name(name), defaults={"at": NEVER})
    with transaction.atomic():
        rows = Heartbeat.objects.filter(name=_name(name), at__lt=night_of(at))
        row = rows.select_for_update(skip_locked=True).first()
        if row is None:
            return True
        row.at, row.data = at, {}
        try:
            with transaction.atomic():
                check(at)
        except Exception as error:  # the alarm: kept where the operator's page reads it, and in the log
            log.exception("nightly_check_failed", check=name)
            row.data = {"error": tries.describe(error)}
        row.save(update_fields=["at", "data"])
        return not row.data


def _name(check: str) -> str:
    return f"nightly:{check}"
