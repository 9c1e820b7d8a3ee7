"""The portfolio: counts written by the database, kept views, what a person follows, and lists as files."""

from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from findings.actions.portfolio import TABLE
from findings.models import SavedView, Subscription, TableExport
from ledger.models.subjects import about
from tests.matrices.cases import api, done, nothing, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, sees
from tests.matrices.principals import BUYERS, MEMBERS
from tests.matrices.world import World
from tests.matrices.world import _document as keep_document

OF_SUPPLIER = {"customer", "rival"}


def build(world: World) -> None:
    """Keep a view of the customer's with a subscription, and a list as a file; the same far away."""
    now = timezone.now()
    for name, prefix in (("customer", ""), ("far_supplier", "far_")):
        owner, person = world.organisations[name], world.people[name]
        view = SavedView.objects.create(
            organisation=owner, name="x", asked={"q": "x"}, person=person, saved_at=now
        )
        Subscription.objects.create(saved_view=view, person=person, events=["car"], told_until=now)
        wish = TableExport.objects.create(
            organisation=owner, person=person, kind="portfolio", format="csv", asked={"q": "x"}, asked_at=now
        )
        world.things |= {f"{prefix}saved_view": view, f"{prefix}list_file": wish}
        Rendering.objects.create(
            kind=TABLE,
            **about(wish),
            organisation=owner,
            person=person,
            state=Rendering.State.DONE,
            document=keep_document(owner, person, Document.Kind.REPORT),
            requested_at=now,
            finished_at=now,
        )


def grow(small: Any) -> None:
    """Keep one more view."""
    count = SavedView.objects.count()
    SavedView.objects.create(
        organisation=small.buyer.organisation,
        name=f"A view that somebody kept for colleagues, number {count}",
        person=small.buyer.person,
        saved_at=timezone.now(),
    )


def _site_standing(known: Facts, reader: Reader, row: Row) -> bool:
    return sees(known, reader, "sourcing.Site", row["site_id"])


def _own(_known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and row["organisation_id"] == reader.organisation


def _mine(_known: Facts, reader: Reader, row: Row) -> bool:
    return reader.person is not None and (row["organisation_id"], row["person_id"]) == (
        reader.organisation,
        reader.person,
    )


RULES = {
    "findings.SiteStanding": _site_standing,
    "findings.Standing": _own,
    "findings.SavedView": _own,
    "findings.Subscription": _mine,
    "findings.TableExport": _mine,
}
KEPT = {"supplier_country": "as country", "findings.Standing.supplier_code": "a copy of a code"}
SHAPES = {
    "findings.SavedView.asked": lambda word, _old: {"q": word},
    "findings.TableExport.asked": lambda word, _old: {"q": word},
}
FOLLOW = {"events": ["business_critical"], "rhythm": "daily"}
PAGES = {
    "findings:portfolio": {"get": page(BUYERS)},
    "findings:supplier_status": {"get": page(OF_SUPPLIER, of="@supplier")},
    "findings:portfolio_keep": {"get": page(BUYERS), "post": done(BUYERS, body=says(name="Kept"))},
    "findings:portfolio_view": {
        "get": page({"customer"}, of="saved_view"),
        "post": done({"customer"}, of="saved_view", body=says(**FOLLOW)),
    },
    "findings:portfolio_unfollow": {"post": done({"customer"}, of="saved_view")},
    "findings:portfolio_remove": {
        "get": page({"customer"}, of="saved_view"),
        "post": done({"customer"}, of="saved_view"),
    },
    "findings:list_take": {
        "post": done(MEMBERS, body=says(kind="non_compliances", format="csv")),
    },
    "findings:list_file": {
        "get": page({"customer"}, of="list_file"),
        "post": done({"customer"}, of="list_file"),
    },
    "findings:list_file_download": {"get": page({"customer"}, of="list_file")},
    "api-portfolio": {"get": api(BUYERS)},
    "api-supplier-status": {"get": api(OF_SUPPLIER, of="@supplier")},
    "api-portfolio-views": {
        "get": api(),
        "post": sent(BUYERS, status=201, body=says(name="Kept")),
    },
    "api-portfolio-view": {"delete": sent({"customer"}, of="saved_view", status=204, body=nothing)},
    "api-portfolio-follow": {
        "put": sent({"customer"}, of="saved_view", body=says(**FOLLOW)),
        "delete": sent({"customer"}, of="saved_view", status=204, body=nothing),
    },
    "api-lists": {
        "post": sent(MEMBERS, status=201, body=says(kind="non_compliances", format="csv")),
    },
    "api-list": {"get": api({"customer"}, of="list_file")},
    "api-list-file": {"get": api({"customer"}, of="list_file")},
}
LISTS = {"findings:portfolio": "buyer", "api-portfolio": "buyer", "api-portfolio-views": "buyer"}
NO_LISTS = {"findings:portfolio_keep": "a form"}
