"""The demo world: what is in it, that it keeps the house's rules, and that its accounts get in."""

import csv
import datetime as dt
from collections.abc import Iterator
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from config.demo import content
from config.demo.cast import DOMAIN, PASSWORD, code_of
from config.demo.register import LISTS
from config.demo.world import demo_addresses
from config.todos import todos_of
from documents.models import Rendering
from findings.models import (
    ActionPlan,
    Audit,
    AuditRevision,
    Call,
    Commitment,
    CorrectiveAction,
    EvidenceRequest,
    EvidenceUse,
    Extension,
    Finding,
    FindingDraft,
    FollowUpItem,
    Incident,
    IncidentAccess,
    Introduction,
    ManagementRating,
    Photo,
    PlanDraft,
    PlanResponse,
    PlanUpdate,
    Position,
    RefundGroup,
    RefundPayment,
    RhythmRequest,
    SavedView,
    SiteReply,
    Subscription,
    Understanding,
    Variance,
    Verification,
    WageReview,
)
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence, Outbox
from ledger.registry import handler_of
from organisations.models import Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Evidence, RegisterEntry, Site, SiteImport, TradeLink
from sourcing.queries.drift import drift
from sourcing.queries.normalising import normal_name
from tests.conftest import owner_role


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the world once for all tests here; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        settings.DEMO = True
        try:
            with owner_role():
                call_command("load_demo", stdout=StringIO())
            yield
        finally:
            settings.DEMO = False
            transaction.set_rollback(True)


@pytest.fixture
def seen_by_owner(world: None, db: None) -> Iterator[None]:
    """Look at every row."""
    with owner_role():
        yield


def counts(rows: object, field: str) -> dict[str, int]:
    """Count rows by the value of a field."""
    return dict(rows.order_by().values_list(field).annotate(Count("pk")))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("seen_by_owner")
class TestWorld:
    def test_has_its_cast(self) -> None:
        capabilities = {one for said in Organisation.objects.all() for one in said.capabilities}
        assert Organisation.objects.count() == 21
        assert capabilities == {one.value for one in Capability}
        assert Person.objects.count() >= 40
        assert Site.objects.count() == 60
        assert Site.objects.values("country").distinct().count() >= 6
        assert counts(Membership.objects.all(), "role").keys() == {"admin", "editor", "viewer"}
        assert Membership.objects.filter(site_ids__isnull=False).exists()

    def test_has_links_and_engagements_in_every_state(self) -> None:
        links = counts(TradeLink.objects.all(), "state")
        engagements = counts(Engagement.objects.all(), "state")
        assert links.keys() == {one.value for one in LinkState}
        assert engagements.keys() == {one.value for one in EngagementState}
        accepted = TradeLink.objects.accepted()
        assert accepted.filter(covers_all_sites=True).exists()
        assert accepted.filter(covers_all_sites=False, named_sites__isnull=False).exists()
        assert all(count > 1 for count in counts(accepted, "supplier").values())

    def test_has_audits_of_four_years_in_every_state(self) -> None:
        states = counts(Audit.objects.all(), "state")
        assert states.keys() == {"scheduled", "in_progress", "submitted", "published", "superseded"}
        assert counts(Audit.objects.all(), "version__key").keys() == {"smeta-6.1", "smeta-7.0"}
        assert Audit.objects.values("audit_firm").distinct().count() == 2
        days = Audit.objects.order_by("ends_on").values_list("ends_on", flat=True)
        assert (timezone.now().date() - days[0]).days > 3.5 * 365

    def test_has_non_compliances_of_every_kind(self) -> None:
        rows = Finding.objects.non_compliances()
        assert counts(rows, "severity").keys() == set(Finding.Severity.values)
        assert counts(rows, "state").keys() == {"open", "action_submitted", "verified_closed", "superseded"}
        overdue = rows.filter(
            state="open", due_on__lt=timezone.now().date(), audit__published_at__isnull=False
        )
        assert overdue.count() >= 5
        assert Finding.objects.filter(kind=Finding.Kind.GOOD_EXAMPLE).count() >= 20
        assert Finding.objects.filter(kind=Finding.Kind.OBSERVATION).exists()

    def test_has_cars_in_every_state_of_their_life(self) -> None:
        cars = Finding.objects.cars().of_published_audits()
        assert counts(cars, "state").keys() == {"open", "in_progress", "closed"}
        plain = cars.filter(state="open", understanding=None)
        understood = cars.filter(state="open", understanding__isnull=False, plan_draft=None)
        assert plain.exists()
        assert understood.exists()
        assert PlanDraft.objects.exists()
        assert Understanding.objects.filter(is_urgent=True).exists()
        assert ActionPlan.objects.filter(versions__number=2).exists()
        said = {one["progress"] for update in PlanUpdate.objects.all() for one in update.actions}
        assert said == set(PlanUpdate.Progress.values)
        assert counts(PlanResponse.objects.all(), "kind").keys() == set(PlanResponse.Kind.values)
        assert cars.filter(reassessments__result="met", state="closed").exists()
        assert cars.filter(predecessor__predecessor__isnull=False).exists(), "a chain of three audits"

    def test_has_reports_that_are_soon_due_and_late(self) -> None:
        today = timezone.now().date()
        running = ActionPlan.objects.filter(finding__state="in_progress")
        assert running.filter(next_update_on__range=(today, today + dt.timedelta(days=7))).exists()
        assert running.filter(next_update_on__lt=today).exists()
        assert running.filter(next_update_on__gt=today + dt.timedelta(days=14)).exists()

    def test_has_reviews_answers_and_a_correction(self) -> None:
        replies = counts(SiteReply.objects.all(), "kind")
        disputes = counts(SiteReply.objects.filter(kind=SiteReply.Kind.DISPUTE), "state")
        assert replies.keys() == set(SiteReply.Kind.values)
        assert disputes.keys() >= {"open", "kept", "accepted"}
        assert AuditRevision.objects.filter(settles__isnull=False).exists()

    def test_has_corrections_told_by_whys_verified_from_the_desk_and_on_visits(self) -> None:
        answers = Verification.objects.all()
        assert counts(answers, "method").keys() == set(Verification.Method.values)
        assert counts(answers, "result").keys() == set(Verification.Result.values)
        assert CorrectiveAction.objects.filter(whys__len__gte=3).exists()
        assert FollowUpItem.objects.filter(result="closed").exists()
        assert FollowUpItem.objects.filter(audit__state="scheduled").exists(), "a follow-up that is to come"

    def test_has_more_time_granted_refused_and_asked_for(self) -> None:
        answered = Extension.objects.exclude(answer=None)
        assert counts(answered, "answer__is_granted").keys() == {True, False}
        assert Extension.objects.unanswered().count() >= 2
        assert Finding.objects.filter(due_by__gt=F("due_on")).exists()

    def test_has_an_evidence_library_that_is_used(self) -> None:
        today = timezone.now().date()
        pieces = Evidence.objects.in_force()
        assert pieces.count() >= 10
        assert pieces.filter(expires_on__range=(today, today + dt.timedelta(days=30))).exists()
        assert pieces.filter(expires_on__lt=today).exists()
        assert pieces.filter(shows_workers=True).exists()
        assert EvidenceUse.objects.filter(audience="audit").exists()
        assert EvidenceUse.objects.filter(audience="pair").exists()
        assert counts(EvidenceRequest.objects.all(), "state").keys() == {"open", "answered", "declined"}

    def test_has_work_together_on_every_side(self) -> None:
        assert counts(Call.objects.all(), "state").keys() >= {"proposed", "agreed"}
        assert counts(Commitment.objects.all(), "state").keys() == {"offered", "confirmed"}
        assert Position.objects.filter(versions__number=2).exists()
        assert counts(Introduction.objects.all(), "state").keys() >= {"asking", "made"}
        assert RhythmRequest.objects.filter(answer=None).exists()
        assert RhythmRequest.objects.exclude(answer=None).exists()
        assert ActionPlan.objects.filter(rhythm=ActionPlan.Rhythm.NAMED_DATES).exists()
        assert PlanDraft.objects.filter(revision__gte=2).exists(), "one that two people write"
        assert counts(Variance.objects.all(), "state").keys() == {"open", "answered", "closed"}

    def test_has_ledgers_of_refunds_and_wages(self) -> None:
        assert counts(RefundPayment.objects.all(), "payer").keys() >= {"employer", "customer"}
        assert RefundPayment.objects.filter(takes_back__isnull=False).exists()
        assert RefundGroup.objects.filter(carried_from__isnull=False).exists()
        assert 2 in counts(WageReview.objects.all(), "plan").values()

    def test_has_an_auditor_at_work_and_buyers_who_watch(self) -> None:
        assert Photo.objects.count() >= 3
        assert FindingDraft.objects.filter(audit__state="in_progress").exists()
        assert Finding.objects.filter(repeats__isnull=False).exists()
        assert ManagementRating.objects.exists()
        assert SavedView.objects.count() >= 3
        assert Subscription.objects.exists()

    def test_has_one_open_case_for_people_of_four_organisations(self) -> None:
        case = Incident.objects.get()
        assert case.state == "acting"
        assert not case.members.filter(joined_at=None).exclude(person=case.opened_by).exists()
        named = IncidentAccess.objects.values_list("organisation__code", flat=True)
        assert set(named) == {code_of(one) for one in ("jolrekha", "northfield", "morningshift")}

    def test_counts_no_car_as_a_non_compliance(self) -> None:
        cars = Finding.objects.cars()
        assert not cars.exclude(severity=None, due_on=None, verification=None).exists()
        assert not cars.filter(requirement__is_car=False).exists()
        assert not Finding.objects.non_compliances().filter(requirement__is_car=True).exists()

    def test_lets_nobody_see_more_than_the_rules_give(self) -> None:
        assert not [one for one in drift() if one]

    def test_leaves_nothing_for_the_worker_to_send_or_catch_up_with(self) -> None:
        assert not Delivery.objects.to_send().exists()
        assert not Outbox.objects.exists()
        due = Occurrence.objects.open()
        assert due.exists()
        assert not due.filter(due_at__lte=timezone.now()).exists()
        assert all(handler_of(one.kind) for one in due)
        assert 2 <= Rendering.objects.count() <= 3

    def test_happened_in_the_past(self) -> None:
        now = timezone.now()
        assert not Entry.objects.filter(at__gt=now).exists()
        assert not Delivery.objects.filter(happened_at__gt=now).exists()

    def test_has_the_public_lists_in_one_register_only(self) -> None:
        assert SiteImport.objects.count() == 8
        assert RegisterEntry.objects.filter(organisation__code=code_of("northfield")).count() > 400

    def test_puts_no_real_factory_into_a_site_audit_or_finding(self) -> None:
        real = {
            normal_name(row["name"])
            for path in LISTS.glob("*.csv")
            for row in csv.DictReader(path.read_text("utf-8").splitlines())
        }
        assert len(real) > 300
        used = [
            *Site.objects.values_list("name", flat=True),
            *Audit.objects.values_list("site_name", flat=True),
            *Organisation.objects.values_list("name", flat=True),
        ]
        assert not {normal_name(one) for one in used} & real
        said = " ".join(
            normal_name(f"{one.title} {one.description}") for one in Finding.objects.all().distinct()
        )
        assert not [one for one in real if len(one) > 6 and one in said]

    def test_is_the_same_world_when_loaded_again(self) -> None:
        before = Entry.objects.count(), Organisation.objects.count()
        said = StringIO()
        call_command("load_demo", stdout=said)
        assert "here already" in said.getvalue()
        assert (Entry.objects.count(), Organisation.objects.count()) == before

    def test_shows_the_switcher_to_somebody(self) -> None:
        several = Person.objects.annotate(of=Count("memberships")).filter(of__gt=1)
        assert several.filter(email__in=demo_addresses()).exists()

    @pytest.mark.parametrize("address", demo_addresses())
    def test_gives_each_account_news_and_older_news(self, address: str) -> None:
        inbox = Delivery.objects.filter(person__email=address, channel="inbox")
        assert 1 <= inbox.unread().count() <= 6
        assert inbox.exclude(read_at=None).exists()
        assert EmailAddress.objects.filter(email=address, verified=True, primary=True).exists()


@pytest.mark.usefixtures("world", "db")
@pytest.mark.parametrize("address", demo_addresses())
def test_account_signs_in_and_finds_something_to_do(address: str) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": address, "password": PASSWORD})
    answer = client.get("/")
    assert answer.status_code == 200
    home = answer.context["home"]
    assert home.todos or home.first_steps
    assert len(home.todos) <= 8
    assert sum(todo.is_primary for todo in home.todos) == (1 if home.todos else 0)


TODOS = {
    "supplier": {
        "case",
        "review",
        "sent_back",
        "overdue",
        "due",
        "call",
        "evidence_asked",
        "report",
        "no_plan",
        "customer",
        "commitment",
        "rhythm",
        "variance",
        "expiring",
        "more_time",
    },
    "buyer": {"case", "grave", "plan", "call", "variance_answered", "introduction"},
    "auditor": {"to_verify", "extension", "dispute", "at_work", "follow_up", "with_site", "engagement"},
    "forum": {"case"},
}


@pytest.mark.usefixtures("world", "db")
@pytest.mark.parametrize("account", TODOS)
def test_account_waits_for_every_kind_of_thing(account: str) -> None:
    with owner_role():
        rows = Membership.objects.select_related("organisation", "person")
        viewer = viewer_from(rows.filter(person__email=f"{account}@{DOMAIN}").order_by("pk")[0])
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        now = timezone.now()
        with CaptureQueriesContext(connection) as asked:
            found = {one.kind for one in todos_of(viewer, at=now, on=now.date())}
    assert len(asked) == 1
    assert found >= TODOS[account]


@pytest.mark.usefixtures("world", "db")
@pytest.mark.parametrize("account", ["assessor", "operator"])
def test_a_case_waits_for_nobody_who_is_not_named(account: str) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": f"{account}@{DOMAIN}", "password": PASSWORD})
    assert "/incidents/" not in client.get("/").content.decode()


def test_addresses_are_the_eight_that_bin_run_prints() -> None:
    names = {address.partition("@")[0] for address in demo_addresses()}
    schemes = {"assessor", "decider", "coordinator"}
    assert names == {"supplier", "buyer", "auditor", "forum", "operator"} | schemes


def test_words_name_only_what_is_there() -> None:
    sites = {one["key"] for one in content.sites()}
    programmes = content.words("audits")
    raised = [key for one in programmes for said in one["audits"] for key in said.get("cars", [])]
    continued = [
        key
        for one in programmes
        for said in one["audits"]
        for key in said.get("looks", {}).values()
        if key != "met"
    ]
    assert {one["site"] for one in programmes} <= sites
    assert sorted(raised + continued) == sorted(content.words("cars"))


@pytest.mark.django_db
@pytest.mark.parametrize("is_demo", [False, True])
def test_refuses_without_demo_and_without_the_owner(is_demo: bool, settings: Settings) -> None:
    settings.DEMO = is_demo
    with pytest.raises(CommandError, match="DEMO=1" if not is_demo else "role"):
        call_command("load_demo")


@pytest.mark.django_db
def test_refuses_in_production(settings: Settings) -> None:
    settings.DEMO = settings.IS_PRODUCTION = True
    with owner_role(), pytest.raises(CommandError, match="never in production"):
        call_command("load_demo")
