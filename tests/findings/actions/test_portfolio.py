"""Kept views, what people are told about them, and lists as files."""

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from documents.models import Rendering
from documents.renderings import work
from documents.storage import open_bytes
from findings.actions.portfolio import TABLE, follow, keep_view, remove_view, take_list, tell_digest, unfollow
from findings.models import SavedView, Standing, Subscription, TableExport
from findings.queries.portfolio import Wanted, portfolio, totals_of
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence, Outbox
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.models import Membership, Organisation
from organisations.visibility import Capability, Role, Viewer
from sourcing.models import Site
from tests.conftest import job_role, owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@dataclass
class Scene:
    """A buyer with two suppliers, of which one has an audited site."""

    buyer: Viewer
    supplier: Organisation
    quiet: Organisation
    firm: Organisation
    site: Site


@pytest.fixture
def scene() -> Scene:
    """Return the scene, with nothing published yet."""
    buyer = people.organisation("Buyer", Capability.BUYER)
    supplier, quiet = people.organisation("Loud Mill"), people.organisation("Quiet Mill")
    firm = people.organisation("", Capability.AUDIT_FIRM)
    site = places.site(supplier)
    places.link(buyer, supplier), places.link(buyer, quiet)
    return Scene(people.viewer(buyer), supplier, quiet, firm, site)


@pytest.fixture
def acts(scene: Scene) -> Iterator[Viewer]:
    """Act as the buyer's admin."""
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        yield scene.buyer


def found(scene: Scene, *severities: str, car: bool = False) -> None:
    """Publish an audit that found these, and a CAR if asked."""
    audit = audits.audit(scene.site, scene.firm, kind="initial")
    for severity in severities:
        audits.finding(audit, severity=severity)
    if car:
        audits.car(audit)
    audits.publish(audit)


def kept(viewer: Viewer, **asked: str) -> SavedView:
    return keep_view(viewer=viewer, name="Bangladesh", asked=asked, at=AT)


def test_portfolio_counts_non_compliances_and_cars_apart(scene: Scene) -> None:
    found(scene, "critical", "minor", "minor", car=True)
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        rows = portfolio(scene.buyer, Wanted(), on=dt.date(2026, 5, 4)).order_by("supplier_name")
        loud, quiet = rows
        assert (loud.supplier_name, loud.nc_critical, loud.nc_minor, loud.open_ncs) == ("Loud Mill", 1, 2, 3)
        assert (loud.car_open, loud.cars, loud.sites) == (1, 1, 1)
        assert (quiet.supplier_name, quiet.open_ncs, quiet.sites, quiet.last_audit_on) == (
            "Quiet Mill",
            0,
            0,
            None,
        )
        totals = totals_of(rows, on=dt.date(2026, 5, 4))
        assert (totals.suppliers, totals.open_ncs, totals.car_open, totals.overdue) == (2, 3, 1, 3)


def test_overdue_is_counted_on_the_day_and_never_stored(scene: Scene) -> None:
    found(scene, "major")  # due on 3 May 2026
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        for day, count in ((dt.date(2026, 5, 3), 0), (dt.date(2026, 5, 4), 1)):
            row = portfolio(scene.buyer, Wanted(), on=day).get(supplier=scene.supplier)
            assert (row.overdue, row.overdue_on(day)) == (count, count)  # type: ignore[attr-defined]
            assert portfolio(scene.buyer, Wanted(is_overdue=True), on=day).count() == count


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(q="loud"), ["Loud Mill"]),
        (Wanted(q="%"), []),
        (Wanted(country="GB"), ["Loud Mill", "Quiet Mill"]),
        (Wanted(country="BD"), []),
        (Wanted(severity="critical"), ["Loud Mill"]),
        (Wanted(severity="business_critical"), []),
        (Wanted(without_plan=True), ["Loud Mill"]),
        (Wanted(audited="never"), ["Quiet Mill"]),
        (Wanted(audited="long_ago"), []),
    ],
)
def test_filters_narrow(scene: Scene, wanted: Wanted, names: list[str]) -> None:
    found(scene, "critical", car=True)
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        rows = portfolio(scene.buyer, wanted, on=dt.date(2026, 5, 4)).order_by("supplier_name")
        assert [row.supplier_name for row in rows] == names


def test_supplier_is_in_nobody_elses_portfolio(scene: Scene) -> None:
    found(scene, "critical")
    stranger = people.viewer(people.organisation("", Capability.BUYER))
    with acting(person_id=stranger.person_id, organisation_id=stranger.organisation_id):
        assert Standing.objects.count() == 0
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        assert Standing.objects.count() == 2


def test_view_is_kept_once_under_a_name(acts: Viewer) -> None:
    view = kept(acts, severity="critical")
    assert (view.name, view.asked, view.person_id) == ("Bangladesh", {"severity": "critical"}, acts.person_id)
    with pytest.raises(Refusal) as refusal:
        kept(acts)
    assert refusal.value.code == "name-taken"


def test_viewer_keeps_nothing_but_follows(scene: Scene, acts: Viewer) -> None:
    view = kept(acts)
    looker = dataclasses.replace(acts, role=Role.VIEWER)
    with pytest.raises(Forbidden):
        keep_view(viewer=looker, name="Mine", asked={}, at=AT)
    assert follow(viewer=looker, view=view, events=["car"], rhythm="daily", at=AT).events == ["car"]


def test_only_its_keeper_or_an_admin_removes_a_view(scene: Scene) -> None:
    own = scene.buyer
    with owner_role():
        organisation = Organisation.objects.get(pk=own.organisation_id)
    editor, other = people.viewer(organisation, Role.EDITOR), people.viewer(organisation, Role.EDITOR)
    with acting(person_id=editor.person_id, organisation_id=own.organisation_id):
        view = kept(editor)
    with acting(person_id=other.person_id, organisation_id=own.organisation_id), pytest.raises(Forbidden):
        remove_view(viewer=other, view=view, at=AT)
    with acting(person_id=own.person_id, organisation_id=own.organisation_id):
        remove_view(viewer=own, view=view, at=AT)
        assert SavedView.objects.count() == 0


def test_view_that_a_colleague_follows_can_be_removed(scene: Scene) -> None:
    own = scene.buyer
    with owner_role():
        organisation = Organisation.objects.get(pk=own.organisation_id)
    colleague = people.viewer(organisation, Role.EDITOR)
    with acting(person_id=own.person_id, organisation_id=own.organisation_id):
        view = kept(own)
    with acting(person_id=colleague.person_id, organisation_id=own.organisation_id):
        follow(viewer=colleague, view=view, events=["car"], rhythm="daily", at=AT)
    with acting(person_id=own.person_id, organisation_id=own.organisation_id):
        assert not Subscription.objects.exists()  # whom else it serves is nobody's business
        remove_view(viewer=own, view=view, at=AT)
        connection.check_constraints()
    with owner_role():
        assert not Subscription.objects.exists()
        connection.check_constraints()


def test_digest_tells_once_what_is_new(scene: Scene) -> None:
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        view = kept(scene.buyer)
        mine = follow(
            viewer=scene.buyer,
            view=view,
            events=["business_critical", "audit"],
            rhythm="daily",
            at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        )
        due = Occurrence.objects.get(kind="findings.digest", subject_id=mine.pk)
        assert due.due_at == dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
    found(scene, "business_critical", "minor")
    with job_role():
        assert tell_digest(subscription_id=mine.pk, at=AT)
        Outbox.objects.update(next_try_at=AT)
        relay(AT)
        entry = Entry.objects.get(verb="findings.digest_told")
        assert [one["event"] for one in entry.data["news"]] == ["business_critical", "audit"]
        assert {one["supplier"] for one in entry.data["news"]} == {"Loud Mill"}
        assert set(Delivery.objects.filter(entry=entry).values_list("person_id", flat=True)) == {
            scene.buyer.person_id
        }
        assert not tell_digest(subscription_id=mine.pk, at=AT + dt.timedelta(days=1))


def test_digest_is_silent_about_suppliers_outside_the_view(scene: Scene) -> None:
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        view = kept(scene.buyer, q="quiet")
        mine = follow(
            viewer=scene.buyer,
            view=view,
            events=["audit"],
            rhythm="daily",
            at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
    found(scene, "business_critical")
    with job_role():
        assert not tell_digest(subscription_id=mine.pk, at=AT)


def test_digest_of_somebody_who_left_ends(scene: Scene) -> None:
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        mine = follow(
            viewer=scene.buyer,
            view=kept(scene.buyer),
            events=["audit"],
            rhythm="weekly",
            at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )
    found(scene, "business_critical")
    with owner_role():
        Membership.objects.filter(person_id=scene.buyer.person_id).update(is_active=False, ended_at=AT)
    with job_role():
        assert not tell_digest(subscription_id=mine.pk, at=AT)
        assert not Entry.objects.filter(verb="findings.digest_told").exists()


def test_going_past_its_date_is_told_in_the_digest_after(scene: Scene) -> None:
    with acting(person_id=scene.buyer.person_id, organisation_id=scene.buyer.organisation_id):
        mine = follow(
            viewer=scene.buyer,
            view=kept(scene.buyer),
            events=["overdue"],
            rhythm="daily",
            at=AT - dt.timedelta(days=60),
        )
    found(scene, "major")  # due on 3 May
    with job_role():
        assert not tell_digest(subscription_id=mine.pk, at=dt.datetime(2026, 5, 3, 7, tzinfo=dt.UTC))
        assert tell_digest(subscription_id=mine.pk, at=dt.datetime(2026, 5, 4, 7, tzinfo=dt.UTC))
        assert not tell_digest(subscription_id=mine.pk, at=dt.datetime(2026, 5, 5, 7, tzinfo=dt.UTC))


def test_whoever_stops_following_hears_no_more(acts: Viewer) -> None:
    view = kept(acts)
    follow(viewer=acts, view=view, events=["car"], rhythm="daily", at=AT)
    unfollow(viewer=acts, view=view)
    assert Subscription.objects.count() == 0
    assert Occurrence.objects.filter(kind="findings.digest", cancelled_at=None).count() == 0


def made(viewer: Viewer, kind: str, file_format: str, **asked: str) -> bytes:
    """Ask for a list, let the worker make it, and return the file."""
    at = timezone.now()
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        wish = take_list(viewer=viewer, kind=kind, file_format=file_format, asked=asked, at=at)
        row = Rendering.objects.get(kind=TABLE, subject_id=wish.pk)
    assert work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        document = Rendering.objects.select_related("document").get(pk=row.pk).document
        assert document is not None
        with open_bytes(document) as content:
            return content.read()


def test_list_as_csv_equals_the_screen(scene: Scene) -> None:
    found(scene, "critical", car=True)
    rows = list(
        csv.reader(io.StringIO(made(scene.buyer, "portfolio", "csv", sort="name").decode("utf-8-sig")))
    )
    header, *lines = rows
    named = [dict(zip(header, line, strict=True)) for line in lines]
    assert [(one["Supplier"], one["Critical"], one["Working together: no plan yet"]) for one in named] == [
        ("Loud Mill", "1", "1"),
        ("Quiet Mill", "0", "0"),
    ]


def test_list_as_xlsx_keeps_words_words(scene: Scene) -> None:
    with owner_role():
        Organisation.objects.filter(pk=scene.supplier.pk).update(name="=cmd|'/c calc'!A1")
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(scene.buyer, "portfolio", "xlsx", sort="name")))
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == [
        "Supplier",
        "=cmd|'/c calc'!A1",
        "Quiet Mill",
    ]


def test_list_of_non_compliances_holds_no_car(scene: Scene) -> None:
    found(scene, "critical", "minor", car=True)
    text = made(scene.buyer, "non_compliances", "csv", state="all").decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "1A.C" not in text
    together = made(scene.buyer, "cars", "csv").decode("utf-8-sig")
    assert [line.split(",")[2] for line in together.splitlines()] == ["Requirement", "1A.C"]


def test_supplier_without_customers_takes_no_portfolio(scene: Scene) -> None:
    supplier = people.viewer(scene.supplier)
    with acting(person_id=supplier.person_id, organisation_id=supplier.organisation_id):
        with pytest.raises(Forbidden):
            take_list(viewer=supplier, kind="portfolio", file_format="csv", asked={}, at=AT)
        take_list(viewer=supplier, kind="non_compliances", file_format="csv", asked={}, at=AT)
        assert TableExport.objects.count() == 1
