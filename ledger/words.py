"""The words of a notice, in the reader's language and time zone.

An app that registers a notice for `findings.plan_shared` keeps beside it, in its templates folder:
`findings/mail/plan_shared.subject.txt` (one line), `findings/mail/plan_shared.txt` (the body, paragraphs
parted by empty lines) and, only if the body needs more than paragraphs, `findings/mail/plan_shared.html`.
Greeting, link and footer come from the layout in `ledger/mail/`.
"""

import unicodedata
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from ledger.models import Delivery, Entry
from ledger.registry import Notice

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes into an e-mail: a subject on one line, and the same content as text and as HTML.

    `stop_link` ends letters like this one; empty where they cannot be ended so.
    """

    subject: str
    text: str
    html: str
    stop_link: str = ""


@contextmanager
def reading_as(person: Any) -> Iterator[None]:
    """Use the language and time zone of `person` inside; the installation's where theirs, or they, are unknown."""
    known = person is not None and person.language in {code for code, _ in settings.LANGUAGES}
    with (
        translation.override(person.language if known else settings.LANGUAGE_CODE),
        timezone.override(_zone(person.timezone if person is not None else "")),
    ):
        yield


def title_of(notice: Notice, entry: Entry, **more: Any) -> str:
    """Return the notice's subject line, in the language in force, as `one_line` makes it."""
    return one_line(_plain(f"{notice.words}.subject.txt", {"entry": entry, "data": entry.data, **more}))


def path_of(notice: Notice, entry: Entry) -> str:
    """Return where the notice leads on this site, or an empty string."""
    codes = [entry.data[word] for word in notice.code_in.split()] or [entry.subject_code]
    return reverse(notice.route, args=codes) if notice.route else ""


def letter_of(notice: Notice, delivery: Delivery) -> Letter:
    """Return the whole e-mail for `delivery`; call it inside `reading_as` its person."""
    entry = delivery.entry
    path = notice.secret_path(entry) if notice.secret_path else delivery.path
    stop_path = notice.stop_path(delivery) if notice.stop_path else ""
    context = {
        **(notice.says(delivery) if notice.says else {}),
        "stop_link": f"{settings.SITE_URL}{stop_path}" if stop_path else "",
        "entry": entry,
        "data": entry.data,
        "person": delivery.person,
        "organisation": delivery.organisation,
        "title": delivery.title,
        "link": f"{settings.SITE_URL}{path}" if path else "",
        "site_url": settings.SITE_URL,
        "product": settings.PRODUCT_NAME,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    body = _plain(f"{notice.words}.txt", context).strip()
    html_body = _html_body(notice, context, body)
    return Letter(
        subject=one_line(delivery.title),
        text=_plain("ledger/mail/layout.txt", {**context, "body": body}).strip() + "\n",
        html=_rendered("ledger/mail/layout.html", {**context, "body": html_body}, escape=True).strip(),
        stop_link=context["stop_link"],
    )


def one_line(text: str) -> str:
    """Return `text` on one line without control and direction-override characters, bounded."""
    kept = "".join(letter if unicodedata.category(letter) not in {"Cc", "Cf"} else " " for letter in text)
    return " ".join(kept.split())[:LONGEST_TITLE]


def _html_body(notice: Notice, context: dict[str, Any], body: str) -> str:
    try:
        return _rendered(f"{notice.words}.html", context, escape=True)
    except TemplateDoesNotExist:
        return mark_safe(linebreaks(body, autoescape=True))  # noqa: S308 - linebreaks has escaped it


def _plain(name: str, context: dict[str, Any]) -> str:
    return _rendered(name, context, escape=False)


def _rendered(name: str, context: dict[str, Any], *, escape: bool) -> str:
    return Engine.get_default().get_template(name).render(Context(context, autoescape=escape))


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
