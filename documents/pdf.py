"""Making PDFs: HTML in, bytes out, in a process with limits on time and memory and without a network."""

import tempfile

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents import confined
from ledger.refusals import Refusal

SENTENCES: dict[str, Promise] = {
    "too-slow": _("This report is too long for a PDF. Choose fewer rows, or download the table as CSV."),
    "too-large": _("This report is too large for a PDF. Choose fewer rows, or download the table as CSV."),
    "too-deep": _("This text is nested too deeply for a PDF. Please simplify it and try again."),
    "unreadable": _(
        "We could not make this PDF. Please try again; if it fails again, tell us the code of the page."
    ),
}


def render_pdf(html: str, *, timeout: float = 30, memory_mb: int = 512) -> bytes:
    """Return `html` as a tagged PDF with embedded fonts.

    Templates extend `documents/pdf/base.html`, which brings the style sheets, language, title and foot. The
    HTML may hold what people typed: nothing in it reaches the network or a file (`documents.press`).

    Args:
        html: a whole page.
        timeout: seconds on the wall; the processor gets as many.
        memory_mb: address space of the child in MiB.

    Raises:
        Refusal: "pdf-too-slow", "pdf-too-large", "pdf-too-deep" or "pdf-unreadable", never anything else,
            whatever the HTML holds.
    """
    with tempfile.TemporaryFile(prefix="page-") as source:
        source.write(html.encode(errors="replace"))
        source.flush()
        try:
            return confined.run(
                "documents.press:render",
                options={},
                source=source,
                timeout=timeout,
                memory_mb=memory_mb,
            )
        except confined.Unfit as unfit:
            code = unfit.code if unfit.code in SENTENCES else "unreadable"
            raise Refusal(f"pdf-{code}", SENTENCES[code], status=422) from unfit
