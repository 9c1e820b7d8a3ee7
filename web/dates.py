"""Dates and times for people: in the reader's zone and language, with the exact moment underneath."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def local(value: date | datetime) -> date | datetime:
    """Return a moment in the zone active for this reader; a plain date stays as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day_text(value: date | datetime) -> str:
    """Return for example "12 Sep 2026"."""
    return formats.date_format(local(value), pgettext("date format, see Django's date filter", "j M Y"))


def clock_text(value: datetime) -> str:
    """Return for example "12:04"."""
    return formats.date_format(local(value), pgettext("time format, see Django's date filter", "H:i"))


def month_text(value: date | datetime) -> str:
    """Return for example "March 2027"."""
    return formats.date_format(local(value), pgettext("month format, see Django's date filter", "F Y"))


def as_time(value: date | datetime, text: str, *, title: str = "") -> SafeString:
    """Wrap `text` in a <time> that machines can read."""
    if title:
        return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), title, text)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def moment_text(value: datetime) -> str:
    """Return for example "12 Sep 2026, 12:04"."""
    return _("%(day)s, %(time)s") % {"day": day_text(value), "time": clock_text(value)}
