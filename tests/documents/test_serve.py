"""What leaves the house is a download, whatever it is called."""

from typing import Any

import pytest
from django.utils import timezone

from documents.models import Document
from documents.serve import serve
from documents.uploads import store_bytes
from ledger.acting import acting
from organisations.visibility import Viewer


def served(viewer: Viewer, name: str = "plan.pdf") -> Any:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        document = store_bytes(
            by=viewer,
            name="plan.pdf",
            media_type="application/pdf",
            data=b"%PDF-1.7 body",
            kind=Document.Kind.PLAN_PDF,
            at=timezone.now(),
        )
    document.name = name
    return serve(document)


def test_a_document_leaves_as_a_sandboxed_download(viewer: Viewer) -> None:
    response = served(viewer)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 body"
    assert dict(response.items()) == {
        "Content-Type": "application/pdf",
        "Content-Length": "13",
        "Content-Disposition": 'attachment; filename="plan.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store, private",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("plan of action.pdf", 'attachment; filename="plan of action.pdf"'),
        ('pl"an.pdf', 'attachment; filename="pl\\"an.pdf"'),
        ("étude.pdf", "attachment; filename*=utf-8''%C3%A9tude.pdf"),
        ("কর্ম.pdf", "attachment; filename*=utf-8''%E0%A6%95%E0%A6%B0%E0%A7%8D%E0%A6%AE.pdf"),
    ],
)
def test_a_name_keeps_its_letters(name: str, disposition: str, viewer: Viewer) -> None:
    assert served(viewer, name)["Content-Disposition"] == disposition
