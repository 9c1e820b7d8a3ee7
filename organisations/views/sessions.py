"""How long a browser stays signed in: half an hour without a sign of life, twelve hours at most."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from organisations.models import Membership
from organisations.visibility import SEES_OTHERS, Capability

SINCE = "signed_in_at"
SEEN = "seen_at"
NOTE_EVERY = timedelta(minutes=1)


def is_over(request: HttpRequest, at: datetime) -> bool:
    """Tell whether the session has lasted or slept too long; note the sign of life otherwise."""
    now = int(at.timestamp())
    since = request.session.setdefault(SINCE, now)
    seen = request.session.get(SEEN, 0)
    if now - since > settings.SESSION_COOKIE_AGE or (seen and now - seen > settings.SESSION_IDLE_SECONDS):
        return True
    if now - seen >= NOTE_EVERY.total_seconds():
        request.session[SEEN] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
    return False


def lacks_factor(membership: Membership) -> bool:
    """Tell whether the member must set up a second factor before they look for this organisation.

    Whoever sees what belongs to others needs one, where the installation asks for it.
    """
    if not settings.REQUIRE_MFA:
        return False
    sees_others = SEES_OTHERS & {Capability(name) for name in membership.organisation.capabilities}
    return bool(sees_others) and not getattr(membership, "has_factor", False)  # from `memberships_of`
