"""A certificate on paper, with an address at which everybody can check it."""

import base64
import io

import segno
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from ledger.refusals import NotVisible
from organisations.queries import viewer_for
from schemes.models import Certificate
from schemes.queries.papers import KINDS
from schemes.queries.verify import grouped
from schemes.reports.verify import address_of, today

# A quarter of the squares may be stained or torn, and it still reads.
CORRECTION = "q"
# From so many letters on a name is written smaller, so that the longest that there can be still fits its sheet.
SMALLER = ((90, "longest"), (34, "long"))
# Inks of `static/css/tokens.css`, which do not reach into a picture.
INK, FAINT, WASH = "#006a60", "#b9d8d3", "#e1f5f2"


@rendering(KINDS["certificate"], stored_as=Document.Kind.REPORT)
def certificate_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write the certificate that a decision gave, marked where it does not count any more."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = Certificate.objects.visible_to(viewer).select_related(
        "scheme", "decision__edition_after", "decision__assessment__edition"
    )
    found = rows.filter(decision=wanted.subject_id).first()
    if viewer is None or found is None:
        raise NotVisible
    now = timezone.now()
    edition = found.decision.edition_after or found.decision.assessment.edition
    address = address_of(found.code)
    ladder = [one.key for one in edition.content.levels]
    rank, of = (ladder.index(found.level) + 1 if found.level in ladder else 1), max(len(ladder), 1)
    context = {
        "medal": medal(rank, of),
        "medal_words": _("Level %(rank)s of %(of)s") % {"rank": rank, "of": of},
        "size": next((size for least, size in SMALLER if len(found.member_name) >= least), ""),
        "short_address": address.partition("://")[2],
        "certificate": found,
        "status": found.status_on(today()),
        "edition": edition,
        "about": next((one.about for one in edition.content.levels if one.key == found.level), ""),
        "notice": edition.content.notice,
        "address": address,
        "printed_code": grouped(found.code),
        "qr": qr_code(address),
        "cover": _("Certificate"),
        "title": found.member_name,
        "code": found.code,
        "made_at": now,
        "description": _("A certificate that everybody can check by its code."),
    }
    name = "-".join(
        filter(None, (str(_("certificate")), slugify(found.member_name)[:60], slugify(found.level)))
    )
    return f"{name}.pdf", render_to_string("schemes/pdf/certificate.html", context)


def qr_code(text: str) -> str:
    """Return a QR code as the address of a picture that holds all of it (`data:`)."""
    drawn = io.BytesIO()
    segno.make(text, error=CORRECTION, micro=False).save(
        drawn, kind="svg", border=4, scale=8, dark="#111111", light="#ffffff", xmldecl=False
    )
    return _picture(drawn.getvalue())


def medal(rank: int, of: int) -> str:
    """Return a picture of a ladder's rungs as rings, from the inside out: those that are reached are drawn full."""
    rings = []
    for place in range(of, 0, -1):
        radius = round(44 + 52 * place / of - 10, 1)
        ink, width = (INK, 5) if place <= rank else (FAINT, 1.5)
        dashes = "" if place <= rank else ' stroke-dasharray="1.5 5"'
        rings.append(
            f'<circle cx="100" cy="100" r="{radius}" fill="none" stroke="{ink}" stroke-width="{width}"{dashes}/>'
        )
    knot = (
        f'<circle cx="100" cy="100" r="31" fill="{WASH}"/>'
        f'<g fill="none" stroke="{INK}" stroke-width="4.5" stroke-linecap="round">'
        '<path d="M82 86c14 0 22 28 36 28"/><path d="M82 114c14 0 22-28 36-28" opacity=".55"/></g>'
    )
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">{"".join(rings)}{knot}</svg>'
    return _picture(drawing.encode())


def _picture(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
