"""Papers of assessments for the two sides; certificates for whoever holds a code; the register for everybody."""

from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from ledger.models.subjects import about
from schemes.queries.papers import KINDS
from tests.matrices.cases import Case, api, done, everyone, page, sent
from tests.matrices.principals import SCHEME_BODY, SUPPLIER

BETWEEN = SUPPLIER | SCHEME_BODY
REPORT = ("assessment_decided", "report")
SCHEME = ("fair-work",)


def build(world: Any) -> None:
    """A report and a certificate, made for the member."""
    from tests.matrices.world import _document  # the world imports the slices

    supplier, person = world.organisations["supplier"], world.people["supplier"]
    for key, subject in (("report", world["assessment_decided"]), ("certificate", world["decision"])):
        Rendering.objects.create(
            kind=KINDS[key],
            **about(subject),
            organisation=supplier,
            person=person,
            state=Rendering.State.DONE,
            document=_document(supplier, person, Document.Kind.REPORT),
            requested_at=timezone.now(),
            finished_at=timezone.now(),
        )


PAGES: dict[str, dict[str, Case]] = {
    "schemes:papers": {"get": page(BETWEEN, of="membership")},
    "schemes:assessment_papers": {"get": page(BETWEEN, of="assessment_decided")},
    "schemes:assessment_paper": {
        "get": done(BETWEEN, of=REPORT),
        "post": done(BETWEEN, of=REPORT),
    },
    "schemes:assessment_paper_file": {"get": page(SUPPLIER, of=REPORT)},
    "schemes:verify_door": {"get": everyone()},
    "schemes:verify": {"get": everyone(of=("certificate",))},
    "schemes:verify_json": {"get": everyone(of=("certificate",))},
    "schemes:verify_badge": {"get": everyone(of=("certificate",))},
    "schemes:verify_snippet": {"get": everyone(of=("certificate",))},
    "schemes:registers": {"get": everyone()},
    "schemes:register": {"get": everyone(of=SCHEME)},
    "schemes:register_csv": {"get": everyone(of=SCHEME)},
    "schemes:register_json": {"get": everyone(of=SCHEME)},
    "api-scheme-register": {"get": api(of=SCHEME)},
    "api-certificate": {"get": api(of=("certificate",))},
    "api-assessment-papers": {"get": api(BETWEEN, of="assessment_decided")},
    "api-assessment-paper": {
        "get": api(BETWEEN, of=REPORT),
        "post": sent(BETWEEN, of=REPORT, status=202),
    },
    "api-assessment-paper-file": {"get": api(SUPPLIER, of=REPORT)},
}
# What stands on the paper itself: everybody reads it who holds the code.
_ON_PAPER = ("member_name", "body_name", "scheme_title", "level_title")
KEPT = {f"schemes.Certificate.{column}": "read by whoever holds the code" for column in _ON_PAPER}
NO_LISTS = {"schemes:verify_door": "holds no rows", "schemes:registers": "one line for each scheme"}
