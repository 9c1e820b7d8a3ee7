"""What everybody may know of a certificate, as data for programs, and the addresses at which they find it."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from schemes.queries.verify import PublicCertificate


def as_data(found: PublicCertificate, day: dt.date) -> dict[str, Any]:
    """Return what the page says on a day, as data; nothing that is not on the page."""
    return {
        "code": found.code,
        "status": found.status_on(day).value,
        "member": found.member_name,
        "scheme": {"key": found.scheme_key, "title": found.scheme_title, "body": found.body_name},
        "edition": {"version": found.edition_version, "title": found.edition_title},
        "level": {"key": found.level, "title": found.level_title, "since": found.since_on},
        "issued_on": found.issued_on,
        "valid_until": found.expires_on,
        "withdrawn_on": found.withdrawn_on,
        "superseded_by": found.superseded_code,
        "url": address_of(found.code),
        "badge": address_of(found.code, "verify_badge"),
        "checked_on": day,
    }


def address_of(code: str, name: str = "verify") -> str:
    """Return the whole address at which everybody can check a certificate, or find its badge."""
    return f"{settings.SITE_URL}{reverse(f'schemes:{name}', args=[code])}"


def today() -> dt.date:
    """Return the day that certificates count by."""
    return timezone.now().astimezone(dt.UTC).date()


def snippet_of(code: str, scheme_title: str) -> SafeString:
    """Return what a member copies into its pages: a picture that follows the certificate and leads to its proof."""
    words = _("%(scheme)s: check our certificate") % {"scheme": scheme_title}
    return format_html(
        '<a href="{}"><img src="{}?newest=1" alt="{}" width="320" height="100"></a>',
        address_of(code),
        address_of(code, "verify_badge"),
        words,
    )
