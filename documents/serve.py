"""Handing a document out: as a download, or as a picture; never as something that runs on our own address.

Whoever calls this has fetched the parent for the viewer first (`organisations.queries.door.fetch`); this
module knows nothing of rights.
"""

from django.http import FileResponse

from documents.formats import JPEG, PNG, WEBP
from documents.models import Document
from documents.storage import open_bytes

PICTURES = frozenset(one.media_type for one in (JPEG, PNG, WEBP))
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def serve(document: Document) -> FileResponse:
    """Stream the document as an attachment under its own name (RFC 5987 for what ASCII cannot say)."""
    response = FileResponse(
        open_bytes(document), as_attachment=True, filename=document.name, content_type=document.media_type
    )
    response["Content-Length"] = str(document.size)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def serve_picture(document: Document) -> FileResponse:
    """Show a picture in the page: only one that we drew anew ourselves, sandboxed, and never as another type.

    Raises:
        ValueError: it is no picture; everything else goes out by `serve`.
    """
    if document.media_type not in PICTURES:
        raise ValueError(document.media_type)
    response = FileResponse(
        open_bytes(document), as_attachment=False, filename=document.name, content_type=document.media_type
    )
    response["Content-Length"] = str(document.size)
    for name, value in HEADERS.items():
        response[name] = value
    return response
