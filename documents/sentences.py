"""Why a file was not taken, in words that say what to do instead; one per code that a check can give."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.refusals import Refusal

SENTENCES: dict[str, Promise] = {
    "active": _(
        "This file contains a script, a macro or an action that runs by itself. Save a copy without it,"
        " for example by printing the document to PDF, and upload that."
    ),
    "carries-files": _("This file has other files inside it. Please upload each of them by itself."),
    "empty": _("This file is empty. Check that it was saved, and choose it again."),
    "encrypted": _("This file is locked with a password. Please upload a copy without one."),
    "no-organisation": _("Choose the organisation you are acting for, then upload the file again."),
    "not-a-picture": _("This is not a picture we can show. Choose a JPG, PNG or WebP picture."),
    "not-text": _("We could not read this file as text. Save it as UTF-8 text or CSV and upload it again."),
    "too-big": _("This file is larger than 25 MB. Make it smaller or split it, and upload it again."),
    "too-deep": _("This file is built in a way we cannot read safely. Save a fresh copy and upload that."),
    "too-large": _("This file becomes too large when it is opened. Save a smaller copy and upload that."),
    "too-many-pixels": _(
        "This picture has more than 50 million pixels. Save a smaller copy and upload that."
    ),
    "too-slow": _("This file takes too long to read. Save a simpler copy and upload that."),
    "unknown-type": _(
        "We cannot take this type of file. Upload a PDF, Word, Excel, CSV or text file,"
        " or a JPG, PNG or WebP picture."
    ),
    "unreadable": _("We could not open this file; it may be damaged. Save a fresh copy and upload that."),
    "wrong-content": _(
        "The name of this file does not fit what is inside. Open it, save it in the type its name says,"
        " and upload it again."
    ),
}
STATUSES = {
    "not-a-picture": 415,
    "too-big": 413,
    "too-large": 413,
    "too-many-pixels": 413,
    "unknown-type": 415,
    "wrong-content": 415,
}


def refuse(code: str) -> Refusal:
    """Return the refusal for `code`; one that no check should give reads as an unreadable file."""
    known = code if code in SENTENCES else "unreadable"
    return Refusal(f"file-{known}", SENTENCES[known], status=STATUSES.get(known, 422))
