"""The badge of a certificate: a small picture that says what the certificate is worth today."""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from schemes.models import CertificateStatus
from schemes.queries.verify import PublicCertificate
from web.dates import day_text

WIDTH, HEIGHT = 320, 100
# Inks and grounds are the light tokens of `static/css/tokens.css`: pages of others know neither them nor our fonts.
GOOD, BAD = ("#175f2f", "#e3f6e6"), ("#a32226", "#ffebe9")
WARN, CALM = ("#7b4c00", "#fcf0d7"), ("#485463", "#eceff2")
INKS = {
    CertificateStatus.VALID: GOOD,
    CertificateStatus.EXPIRED: WARN,
    CertificateStatus.SUPERSEDED: CALM,
    CertificateStatus.WITHDRAWN: BAD,
}
# One shape for each, so that nobody has to tell colours apart: a tick, an hourglass, an arrow on, a cross, a mark.
SHAPES = {
    CertificateStatus.VALID: "M-11 0l7 8 15-17",
    CertificateStatus.EXPIRED: "M-8-11h16M-8 11h16M-6-11c0 8 12 14 12 22M6-11c0 8-12 14-12 22",
    CertificateStatus.SUPERSEDED: "M-10 0h20M3-7l7 7-7 7",
    CertificateStatus.WITHDRAWN: "M-8-8l16 16M8-8l-16 16",
    None: "M-5-4a5 5 0 1 1 6 5q-1.5 1-1.5 4M-.5 10v.5",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says, line by line."""

    scheme: str
    level: str
    line: str
    holder: str
    status: CertificateStatus | None


def badge_of(found: PublicCertificate | None, day: dt.date) -> Badge:
    """Return what the badge of a certificate says on a day; of none, that there is none."""
    if found is None:
        return Badge(
            _("No certificate"), _("Unknown"), _("There is no certificate with this code."), "", None
        )
    status = found.status_on(day)
    said = {"on": day_text(found.expires_on)}
    lines = {
        CertificateStatus.VALID: _("Valid until %(on)s") % said,
        CertificateStatus.EXPIRED: _("Expired on %(on)s") % said,
        CertificateStatus.SUPERSEDED: _("Followed by a newer one"),
        CertificateStatus.WITHDRAWN: _("Withdrawn"),
    }
    is_valid = status == CertificateStatus.VALID
    # A level that does not count any more is not shown large.
    shown = found.level_title if is_valid else str(status.label)
    return Badge(found.scheme_title, shown, lines[status], found.member_name, status)


def drawn(badge: Badge) -> SafeString:
    """Draw a badge as a whole SVG document, with a title and a description for whoever does not see it."""
    ink, ground = INKS.get(badge.status, CALM) if badge.status else CALM
    title = pgettext("badge: scheme, level or status", "%(scheme)s: %(level)s") % {
        "scheme": badge.scheme,
        "level": badge.level,
    }
    words = ". ".join(part for part in (badge.holder, badge.line) if part)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img"'
        ' aria-labelledby="title words"><title id="title">{title}</title><desc id="words">{words}</desc>'
        '<rect x=".5" y=".5" width="{rw}" height="{rh}" rx="10" fill="#ffffff" stroke="{ink}"/>'
        '<path d="M10.5.5h69.5v99h-69.5a10 10 0 0 1-10-10v-79a10 10 0 0 1 10-10z" fill="{ground}"/>'
        '<circle cx="40" cy="50" r="24" fill="none" stroke="{ink}" stroke-width="2.5"/>'
        '<path d="{shape}" transform="translate(40 50)" fill="none" stroke="{ink}" stroke-width="3.5"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
        "<g font-family=\"Inter, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif\" fill=\"#17202b\">"
        '<text x="94" y="26" font-size="12.5" fill="#48515c">{scheme}</text>'
        '<text x="94" y="50" font-size="19" font-weight="700" fill="{ink}">{level}</text>'
        '<text x="94" y="69" font-size="12">{line}</text>'
        '<text x="94" y="88" font-size="12" fill="#48515c">{holder}</text></g></svg>',
        w=WIDTH,
        h=HEIGHT,
        rw=WIDTH - 1,
        rh=HEIGHT - 1,
        ink=ink,
        ground=ground,
        shape=SHAPES[badge.status],
        title=title,
        words=words,
        scheme=cut(badge.scheme, 30),
        level=cut(badge.level, 20),
        line=cut(badge.line, 34),
        holder=cut(badge.holder, 30),
    )


def cut(text: str, most: int) -> str:
    """Return a text that fits into `most` narrow letters; wide ones, as of Chinese, count as two."""
    if sum(map(_width, text)) <= most:
        return text
    kept, room = "", most - 1
    for letter in text:
        room -= _width(letter)
        if room < 0:
            break
        kept += letter
    return f"{kept.rstrip()}…"


def _width(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
