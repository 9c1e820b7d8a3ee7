"""How often one network address may knock at a door that is open to everybody."""

import hashlib
import time

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ledger.refusals import Refusal

log = structlog.get_logger(__name__)
# Checks of certificates from one address in so many seconds; pages of others may show many badges.
MOST, MOST_BADGES, SECONDS = 120, 1200, 60


def knock(request: HttpRequest, *, door: str, most: int, seconds: int) -> None:
    """Count one request at a door, and refuse when too many came from the same address within a while.

    The count lies in the cache under a fingerprint of the address, until the while is over. Where the cache is away,
    nobody is refused: a door that everybody may use must not close for that.

    Raises:
        Refusal: `too-many`.
    """
    address = get_adapter().get_client_ip(request) or ""
    window = int(time.time()) // seconds
    mark = hashlib.sha256(f"{door} {window} {address}".encode()).hexdigest()
    key = f"knock-{mark}"
    try:
        cache.add(key, 0, timeout=seconds)
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    except Exception:  # whatever the cache's own client raises when nobody answers
        log.warning("cache_away", door=door)
        return
    if count > most:
        raise Refusal(
            "too-many",
            _("Too much has come from here just now. Please try again in a few minutes."),
            status=429,
        )
