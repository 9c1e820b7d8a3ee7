"""Exceptional shares, as the owner of the tables may make them: also ones that are over already."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.models import Audit, Finding, Share
from tests.conftest import owner_role


def share(of: Audit | Finding, to: Any, **fields: Any) -> Share:
    """Share an audit, or a CAR alone, with an address (text) or an organisation; for a month unless told otherwise."""
    now = timezone.now()
    subject = {"audit": of} if isinstance(of, Audit) else {"audit_id": of.audit_id, "finding": of}
    recipient = {"email": to} if isinstance(to, str) else {"organisation": to}
    times = {"granted_at": now, "ends_at": now + dt.timedelta(days=30)}
    with owner_role():
        made = Share.objects.create(**subject, **recipient, **({"reason": "They help"} | times | fields))
        made.refresh_from_db()
        return made


def past_share(of: Audit | Finding, to: Any) -> Share:
    """Make a share that ended a minute ago."""
    now = timezone.now()
    times = {"granted_at": now - dt.timedelta(days=30), "ends_at": now - dt.timedelta(minutes=1)}
    return share(of, to, **times)
