"""Plans as files, reports of audits and histories of sites: taken away by whoever sees what they are about."""

from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from findings.actions.papers import CAPR, SITE_HISTORY
from ledger.models.subjects import about
from tests.matrices.cases import NO_ONE, api, done, page, sent
from tests.matrices.principals import EDITORS, READERS
from tests.matrices.slices.plan_draft import OTHERS_HERE


def build(world: Any) -> None:
    """A report of the audit and a history of its site, made for the customer."""
    from tests.matrices.world import _document  # the world imports the slices

    customer, person = world.organisations["customer"], world.people["customer"]
    for kind, subject in ((CAPR["pdf"], world["audit"]), (SITE_HISTORY["pdf"], world["north"])):
        Rendering.objects.create(
            kind=kind,
            **about(subject),
            organisation=customer,
            person=person,
            state=Rendering.State.DONE,
            document=_document(customer, person, Document.Kind.REPORT),
            requested_at=timezone.now(),
            finished_at=timezone.now(),
        )


CAPR_OF, HISTORY_OF = ("audit", "pdf"), ("north", "pdf")
PAGES: dict[str, Any] = {
    "findings:plan_offline": {
        "get": page(EDITORS, forbidden=OTHERS_HERE, of="car"),
        "post": page(NO_ONE, forbidden=OTHERS_HERE, of="car", otherwise=dict.fromkeys(EDITORS, 422)),
    },
    "findings:plan_file": {"get": page(EDITORS, forbidden=OTHERS_HERE, of=("car", "docx"))},
    "api-plan-file": {"get": api(EDITORS, forbidden=OTHERS_HERE, of=("car", "docx"))},
    "api-plan-read-back": {
        "post": sent(NO_ONE, forbidden=OTHERS_HERE, of="car", otherwise=dict.fromkeys(EDITORS, 415))
    },
    "findings:capr": {"get": page(READERS, of="audit")},
    "findings:capr_paper": {"get": done(READERS, of=CAPR_OF), "post": done(READERS, of=CAPR_OF)},
    "findings:capr_paper_file": {"get": page({"customer"}, of=CAPR_OF)},
    "findings:site_history": {"get": page(READERS, of="north")},
    "findings:site_history_paper": {
        "get": done(READERS, of=HISTORY_OF),
        "post": done(READERS, of=HISTORY_OF),
    },
    "findings:site_history_paper_file": {"get": page({"customer"}, of=HISTORY_OF)},
    "api-capr": {"get": api(READERS, of=CAPR_OF), "post": sent(READERS, of=CAPR_OF, status=202)},
    "api-capr-file": {"get": api({"customer"}, of=CAPR_OF)},
    "api-site-history": {
        "get": api(READERS, of=HISTORY_OF),
        "post": sent(READERS, of=HISTORY_OF, status=202),
    },
    "api-site-history-file": {"get": api({"customer"}, of=HISTORY_OF)},
}
