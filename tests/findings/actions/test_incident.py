"""A case from its opening to its report, through the actions, as each side lives it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from documents.models import Document, Rendering
from documents.renderings import ViewerIds
from documents.uploads import store_bytes
from findings.actions.incident import close_incident, open_incident, reopen_incident
from findings.actions.incident_people import (
    agree_to_meet,
    end_naming,
    hand_lead,
    inform_customers,
    introduce,
    join_case,
    name_colleague,
    name_helper,
    take_lead,
)
from findings.actions.incident_work import (
    add_step,
    answer_demand,
    ask_for,
    do_first_step,
    finish_task,
    set_task,
)
from findings.models import Incident, IncidentMember, IncidentStep, IncidentTask
from findings.queries.incident import incident_drift
from findings.reports.incident import case_pdf
from ledger.acting import acting
from ledger.delivery import send
from ledger.models import Delivery, Entry, Occurrence, Outbox, ReadLog
from ledger.occurrences import tick
from ledger.refusals import Forbidden, NotVisible, Refusal
from ledger.relay import relay
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from sourcing.models import TradeLink
from tests.conftest import job_role, owner_role
from tests.factories import incidents as cases
from tests.factories.organisations import membership, organisation
from tests.factories.world import World, world

SUBJECT = "There is news in a case you are named in"


@dataclass
class Scene:
    """The small world, a second customer, and more people of the supplier."""

    world: World
    colleague: Membership
    union: Membership

    @property
    def lead(self) -> Viewer:
        return self.world.as_supplier

    @contextmanager
    def as_(self, viewer: Viewer) -> Iterator[Viewer]:
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            yield viewer

    def open(self, **fields: Any) -> Incident:
        given = {
            "site": self.world.site,
            "kind": "fees",
            "what_happened": "Twelve people paid an agent.",
        } | fields
        with self.as_(self.lead) as viewer:
            return open_incident(viewer=viewer, at=timezone.now(), **given)  # type: ignore[arg-type]

    def inform(self, incident: Incident, *customers: Membership) -> list[IncidentMember]:
        wanted = {one.organisation.code: [one.person.email] for one in customers}
        with self.as_(self.lead) as viewer:
            return inform_customers(viewer=viewer, incident=incident, addresses=wanted, at=timezone.now())

    def join(self, incident: Incident, who: Membership) -> IncidentMember:
        with self.as_(viewer_from(who)) as viewer:
            return join_case(viewer=viewer, incident=incident, at=timezone.now())


@pytest.fixture
def scene(db: None) -> Scene:
    made = world()
    union = membership(organisation("Workers First", Capability.STAKEHOLDER))
    return Scene(made, membership(made.supplier.organisation, role=Role.EDITOR), union)


def _deliver(later: dt.timedelta = dt.timedelta()) -> None:
    mail.outbox.clear()
    with job_role():
        relay(timezone.now() + later)
        send(timezone.now() + later, pause_seconds=0)


def _cases_of(scene: Scene, who: Membership) -> int:
    """How many cases the database shows, whatever the query asks for."""
    with scene.as_(viewer_from(who)):
        return Incident.objects.count()


# ---------------------------------------------------------------- opening
def test_a_case_exists_for_its_opener_alone_when_it_is_opened(scene: Scene) -> None:
    incident = scene.open()
    assert incident.state == "reported"
    assert _cases_of(scene, scene.world.supplier) == 1
    for other in (scene.colleague, scene.world.buyer, scene.world.other_buyer, scene.world.firm, scene.union):
        assert _cases_of(scene, other) == 0


def test_an_auditor_names_the_supplier_who_takes_the_lead_by_opening_the_case(scene: Scene) -> None:
    made = scene.world
    with scene.as_(made.as_firm) as viewer:
        with pytest.raises(Refusal) as refused:
            open_incident(
                viewer=viewer, site=made.site, kind="child", what_happened="A child.", at=timezone.now()
            )
        assert refused.value.code == "whom-to-tell"
    with scene.as_(made.as_firm) as viewer:
        incident = open_incident(
            viewer=viewer,
            site=made.site,
            kind="child",
            what_happened="A child.",
            supplier_email=made.supplier.person.email.upper(),
            at=timezone.now(),
        )
        assert [one.role for one in incident.members.order_by("pk")] == ["lead", "lead"]
    scene.join(incident, made.supplier)
    with scene.as_(made.as_supplier):
        roles = dict(incident.members.values_list("side", "role"))
    assert roles == {"firm": "member", "site": "lead"}


def test_a_customer_does_not_open_a_case(scene: Scene) -> None:
    with scene.as_(scene.world.as_buyer) as viewer, pytest.raises(Forbidden) as refused:
        open_incident(
            viewer=viewer, site=scene.world.site, kind="abuse", what_happened="x", at=timezone.now()
        )
    assert refused.value.code == "not-at-the-site"


# ---------------------------------------------------------------- who is named
def test_customers_are_informed_at_once_and_never_see_each_other(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer, scene.world.other_buyer)
    for who in (scene.world.buyer, scene.world.other_buyer):
        scene.join(incident, who)
        with scene.as_(viewer_from(who)):
            names = {one.organisation_name for one in IncidentMember.objects.all()}
            told = list(IncidentStep.objects.filter(kind="people"))
        assert names == {"Surma Shoes", who.organisation.name}
        assert told == []
    with scene.as_(scene.lead):
        assert IncidentMember.objects.count() == 3


def test_a_known_and_an_unknown_address_look_alike_until_the_case_is_opened(scene: Scene) -> None:
    incident = scene.open()
    wanted = {scene.world.buyer.organisation.code: [scene.world.buyer.person.email, "nobody@example.net"]}
    with scene.as_(scene.lead) as viewer:
        inform_customers(viewer=viewer, incident=incident, addresses=wanted, at=timezone.now())
        rows = list(incident.members.filter(side="customer").values("person_id", "person_name", "joined_at"))
    assert rows == [{"person_id": None, "person_name": "", "joined_at": None}] * 2  # type: ignore[comparison-overlap]
    _deliver()
    assert {one.to[0] for one in mail.outbox} == {scene.world.buyer.person.email, "nobody@example.net"}


def test_an_address_is_opened_only_by_a_member_of_that_organisation(scene: Scene) -> None:
    incident = scene.open()
    elsewhere = scene.world.stranger.person.email
    with scene.as_(scene.lead) as viewer:
        code = scene.world.buyer.organisation.code
        inform_customers(viewer=viewer, incident=incident, addresses={code: [elsewhere]}, at=timezone.now())
    assert _cases_of(scene, scene.world.stranger) == 0
    new = membership(scene.world.buyer.organisation, scene.world.stranger.person)
    assert _cases_of(scene, scene.world.stranger) == 0  # acting for another organisation still
    assert _cases_of(scene, new) == 1


def test_an_address_that_nobody_opened_is_over_after_a_week(scene: Scene) -> None:
    incident = scene.open()
    past = timezone.now() - dt.timedelta(days=8)
    buyer = scene.world.buyer
    cases.called(
        incident,
        buyer.person.email,
        buyer.organisation_id,
        named_at=past,
        expires_at=past + dt.timedelta(days=7),
    )
    assert _cases_of(scene, buyer) == 0


def test_a_customer_loses_the_case_with_its_trade_link(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer)
    scene.join(incident, scene.world.buyer)
    assert _cases_of(scene, scene.world.buyer) == 1
    with owner_role():
        link = TradeLink.objects.get(buyer=scene.world.buyer.organisation)
        link.state, link.ended_at = "ended", timezone.now()
        link.save(update_fields=["state", "ended_at"])
    assert _cases_of(scene, scene.world.buyer) == 0
    with owner_role():
        assert incident_drift() == {}


@pytest.mark.parametrize("how", ["ended", "left", "shut_out"])
def test_a_case_is_gone_at_once_when_naming_or_membership_ends(scene: Scene, how: str) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        member = name_colleague(
            viewer=viewer, incident=incident, colleague=scene.colleague, role="member", at=timezone.now()
        )
    scene.join(incident, scene.colleague)
    assert _cases_of(scene, scene.colleague) == 1
    if how == "ended":
        with scene.as_(scene.lead) as viewer:
            member.refresh_from_db()
            end_naming(viewer=viewer, incident=incident, member=member, at=timezone.now())
    with owner_role():
        if how == "left":
            Membership.objects.filter(pk=scene.colleague.pk).update(is_active=False)
        if how == "shut_out":
            scene.colleague.person.is_active = False
            scene.colleague.person.save(update_fields=["is_active"])
    assert _cases_of(scene, scene.colleague) == 0
    with scene.as_(viewer_from(scene.colleague)):
        for model in (
            IncidentMember,
            IncidentStep,
            IncidentTask,
            Entry,
            Occurrence,
            ReadLog,
            Rendering,
            Document,
        ):
            rows = model._default_manager.all()
            if model is Entry:
                rows = rows.exclude(  # type: ignore[misc]
                    verb__startswith="findings.case_moved", actor_id=scene.colleague.person_id
                )
            assert not [one for one in rows if incident.code in str(one) or "incident" in str(vars(one))]


def test_the_last_lead_cannot_leave(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        mine = incident.members.get()
        with pytest.raises(Refusal) as refused:
            end_naming(viewer=viewer, incident=incident, member=mine, at=timezone.now())
        assert refused.value.code == "last-lead"
    with scene.as_(scene.lead) as viewer:
        other = name_colleague(
            viewer=viewer, incident=incident, colleague=scene.colleague, role="member", at=timezone.now()
        )
    scene.join(incident, scene.colleague)
    with scene.as_(scene.lead) as viewer:
        other.refresh_from_db()
        hand_lead(viewer=viewer, incident=incident, member=other, at=timezone.now())
        end_naming(
            viewer=viewer, incident=incident, member=incident.members.get(pk=mine.pk), at=timezone.now()
        )
    assert _cases_of(scene, scene.world.supplier) == 0
    assert _cases_of(scene, scene.colleague) == 1


def test_somebody_who_works_on_it_takes_the_lead_only_when_the_lead_has_left(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        name_colleague(
            viewer=viewer, incident=incident, colleague=scene.colleague, role="member", at=timezone.now()
        )
    scene.inform(incident, scene.world.buyer)
    for who in (scene.colleague, scene.world.buyer):
        scene.join(incident, who)
    with scene.as_(viewer_from(scene.colleague)) as viewer, pytest.raises(Refusal) as refused:
        take_lead(viewer=viewer, incident=incident, at=timezone.now())
    assert refused.value.code == "there-is-a-lead"
    with owner_role():
        Membership.objects.filter(pk=scene.world.supplier.pk).update(is_active=False)
    with scene.as_(scene.world.as_buyer) as viewer, pytest.raises(Forbidden):
        take_lead(viewer=viewer, incident=incident, at=timezone.now())
    with scene.as_(viewer_from(scene.colleague)) as viewer:
        assert take_lead(viewer=viewer, incident=incident, at=timezone.now()).role == "lead"


def test_only_the_lead_names_and_a_reader_only_reads(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        name_colleague(
            viewer=viewer, incident=incident, colleague=scene.colleague, role="reader", at=timezone.now()
        )
    scene.join(incident, scene.colleague)
    with scene.as_(viewer_from(scene.colleague)) as viewer, pytest.raises(Forbidden):
        add_step(viewer=viewer, incident=incident, text="x", at=timezone.now())
    with scene.as_(viewer_from(scene.colleague)) as viewer, pytest.raises(Forbidden):
        inform_customers(viewer=viewer, incident=incident, addresses={}, at=timezone.now())


def test_a_helper_from_outside_is_named_by_code_and_address(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        with pytest.raises(Refusal) as refused:
            name_helper(
                viewer=viewer,
                incident=incident,
                organisation_code="NOSUCH",
                email="a@b.example",
                role="member",
                at=timezone.now(),
            )
        assert refused.value.code == "unknown-code"
    with scene.as_(scene.lead) as viewer:
        made = name_helper(
            viewer=viewer,
            incident=incident,
            organisation_code=scene.union.organisation.code,
            email=scene.union.person.email,
            role="member",
            at=timezone.now(),
        )
    assert made.side == "outside"
    scene.join(incident, scene.union)
    assert _cases_of(scene, scene.union) == 1


def test_customers_meet_only_when_each_agreed_and_the_supplier_introduced_them(scene: Scene) -> None:
    incident = scene.open()
    buyers = (scene.world.buyer, scene.world.other_buyer)
    scene.inform(incident, *buyers)
    members = [scene.join(incident, one) for one in buyers]

    def seen_by_first() -> int:
        with scene.as_(viewer_from(buyers[0])):
            return IncidentMember.objects.filter(side="customer").count()

    with scene.as_(scene.lead) as viewer, pytest.raises(Refusal):
        introduce(viewer=viewer, incident=incident, member=members[0], at=timezone.now())
    for who in buyers:
        with scene.as_(viewer_from(who)) as viewer:
            agree_to_meet(viewer=viewer, incident=incident, agrees=True, at=timezone.now())
        assert seen_by_first() == 1
    for member in members:
        with scene.as_(scene.lead) as viewer:
            member.refresh_from_db()
            introduce(viewer=viewer, incident=incident, member=member, at=timezone.now())
    assert seen_by_first() == 2
    with scene.as_(viewer_from(buyers[1])) as viewer:
        agree_to_meet(viewer=viewer, incident=incident, agrees=False, at=timezone.now())
    assert seen_by_first() == 1


# ---------------------------------------------------------------- the work
def test_first_steps_are_noted_once_and_begin_the_acting(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        do_first_step(viewer=viewer, incident=incident, key="safe_now", at=timezone.now())
        incident.refresh_from_db()
        assert incident.state == "acting"
        with pytest.raises(Refusal) as refused:
            do_first_step(viewer=viewer, incident=incident, key="safe_now", at=timezone.now())
        assert refused.value.code == "done-already"
        with pytest.raises(Refusal):
            do_first_step(
                viewer=viewer, incident=incident, key="child_kept", at=timezone.now()
            )  # another kind


def test_words_reach_only_those_they_are_for(scene: Scene) -> None:
    incident = scene.open()
    buyers = (scene.world.buyer, scene.world.other_buyer)
    scene.inform(incident, *buyers)
    for who in buyers:
        scene.join(incident, who)
    with scene.as_(scene.lead) as viewer:
        add_step(viewer=viewer, incident=incident, text="to all", at=timezone.now())
        add_step(viewer=viewer, incident=incident, text="to us", audience="site", at=timezone.now())
        add_step(
            viewer=viewer,
            incident=incident,
            text="to one",
            audience="one",
            organisation=buyers[0].organisation,
            at=timezone.now(),
        )
    with scene.as_(viewer_from(buyers[0])) as viewer:
        add_step(viewer=viewer, incident=incident, text="from one", audience="all", at=timezone.now())

    def read_by(who: Membership) -> set[str]:
        with scene.as_(viewer_from(who)):
            return set(IncidentStep.objects.filter(kind__in=["done", "word"]).values_list("text", flat=True))

    assert read_by(scene.world.supplier) == {"to all", "to us", "to one", "from one"}
    assert read_by(buyers[0]) == {"to all", "to one", "from one"}
    assert read_by(buyers[1]) == {"to all"}
    with owner_role():  # everything so far has been told
        Outbox.objects.all().delete()
    with scene.as_(viewer_from(buyers[0])) as viewer:
        add_step(viewer=viewer, incident=incident, text="once more", at=timezone.now())
    _deliver()
    assert [one.to[0] for one in mail.outbox] == [scene.world.supplier.person.email]


def test_two_customers_ask_and_one_shared_task_answers_both(scene: Scene) -> None:
    incident = scene.open()
    buyers = (scene.world.buyer, scene.world.other_buyer)
    scene.inform(incident, *buyers)
    asked = []
    for who in buyers:
        scene.join(incident, who)
        with scene.as_(viewer_from(who)) as viewer:
            asked.append(ask_for(viewer=viewer, incident=incident, text="Repay the fees", at=timezone.now()))
            assert incident.demands.count() == 1
    with scene.as_(scene.lead) as viewer:
        own, theirs = incident.members.get(side="site"), incident.members.filter(side="customer").first()
        assert theirs is not None
        due = timezone.now().date() + dt.timedelta(days=30)
        shared = set_task(
            viewer=viewer, incident=incident, what="Repay", owner=own, due_on=due, at=timezone.now()
        )
        private = set_task(
            viewer=viewer, incident=incident, what="Pay half", owner=theirs, due_on=due, at=timezone.now()
        )
        with pytest.raises(Refusal) as refused:
            answer_demand(viewer=viewer, demand=asked[1], task=private, at=timezone.now())
        assert refused.value.code == "not-shared"
        for one in asked:
            answer_demand(viewer=viewer, demand=one, task=shared, at=timezone.now())
        finish_task(viewer=viewer, task=shared, outcome="Repaid.", at=timezone.now())
    for who, tasks in zip(buyers, (2, 1), strict=True):
        with scene.as_(viewer_from(who)):
            assert [one.state for one in incident.demands.select_related("task")] == ["done"]
            assert incident.tasks.count() == tasks


def test_a_task_is_reminded_of_without_a_trace_for_colleagues(scene: Scene) -> None:
    incident = scene.open()
    with scene.as_(scene.lead) as viewer:
        own, due = incident.members.get(), timezone.now().date() + dt.timedelta(days=3)
        set_task(viewer=viewer, incident=incident, what="Repay", owner=own, due_on=due, at=timezone.now())
    _deliver()
    with scene.as_(viewer_from(scene.colleague)):
        assert Occurrence.objects.filter(kind__startswith="findings.case").count() == 0
    with job_role():
        assert Occurrence.objects.get(kind="findings.case_task_due").organisation_id is None
        tick(timezone.now() + dt.timedelta(days=4))
    _deliver(dt.timedelta(days=5))
    assert [one.to[0] for one in mail.outbox] == [scene.world.supplier.person.email]
    assert mail.outbox[0].subject == SUBJECT


def test_files_follow_the_line_that_brings_them_and_leave_no_trace(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer, scene.world.other_buyer)
    for who in (scene.world.buyer, scene.world.other_buyer):
        scene.join(incident, who)
    with scene.as_(scene.lead) as viewer:
        kept = store_bytes(
            by=viewer,
            name="receipts.txt",
            media_type="text/plain",
            data=b"paid",
            kind=Document.Kind.EVIDENCE,
            incident=incident,
            at=timezone.now(),
        )
        add_step(
            viewer=viewer,
            incident=incident,
            text="Receipts",
            audience="one",
            organisation=scene.world.buyer.organisation,
            document=kept,
            at=timezone.now(),
        )
    expected = {scene.world.buyer: 1, scene.world.other_buyer: 0, scene.colleague: 0, scene.world.supplier: 1}
    for who, count in expected.items():
        with scene.as_(viewer_from(who)):
            assert Document.objects.filter(pk=kept.pk).count() == count, who
            if count == 0:
                assert (
                    Entry.objects.filter(subject_kind="documents.document", subject_id=kept.pk).count() == 0
                )


# ---------------------------------------------------------------- the end
def test_a_case_closes_with_a_report_and_opens_again(scene: Scene) -> None:
    incident = scene.open()
    said = {"what_was_done": "All repaid.", "what_changes": "No agents."}
    with scene.as_(scene.lead) as viewer:
        close_incident(viewer=viewer, incident=incident, at=timezone.now(), **said)
        incident.refresh_from_db()
        assert incident.state == "closed"
        with pytest.raises(Forbidden) as refused:
            add_step(viewer=viewer, incident=incident, text="late", at=timezone.now())
        assert refused.value.code == "case-closed"
        reopen_incident(viewer=viewer, incident=incident, reason="Two more.", at=timezone.now())
        report = close_incident(viewer=viewer, incident=incident, at=timezone.now(), **said)
        assert report.number == 2
    with scene.as_(viewer_from(scene.colleague)):
        assert Rendering.objects.count() == 0


def test_the_paper_is_for_named_people_and_names_no_customer(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer)
    scene.join(incident, scene.world.buyer)
    with scene.as_(scene.world.as_buyer) as viewer:
        ask_for(viewer=viewer, incident=incident, text="Secret wish", at=timezone.now())
    with scene.as_(scene.lead) as viewer:
        report = close_incident(
            viewer=viewer, incident=incident, what_was_done="Repaid.", what_changes="Less.", at=timezone.now()
        )
        name, html = case_pdf(  # type: ignore[misc]
            Rendering(subject_id=report.pk), ViewerIds(viewer.person_id, viewer.organisation_id)
        )
    assert incident.code in name
    assert "Surma" not in name
    assert "Repaid." in html
    assert "Northfield" not in html
    assert "Secret wish" not in html
    with scene.as_(viewer_from(scene.colleague)) as viewer, pytest.raises(NotVisible):
        case_pdf(Rendering(subject_id=report.pk), ViewerIds(viewer.person_id, viewer.organisation_id))


# ---------------------------------------------------------------- letters
def test_letters_say_nothing_of_the_case(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer)
    _deliver()
    (letter,) = mail.outbox
    text = letter.subject + str(letter.body) + "".join(str(one) for one in letter.alternatives)  # type: ignore[union-attr]
    assert letter.subject == SUBJECT
    for word in ("Surma", "Unit 2", "agent", "fee"):
        assert word not in text
    assert incident.code in text
    with owner_role():
        assert set(Delivery.objects.values_list("title", flat=True)) == {SUBJECT}
        assert set(Entry.objects.filter(verb__contains="case").values_list("organisation", "owner")) == {  # type: ignore[comparison-overlap]
            (None, None)
        }


def test_a_letter_is_withheld_from_whoever_is_named_no_longer(scene: Scene) -> None:
    incident = scene.open()
    scene.inform(incident, scene.world.buyer)
    with job_role():
        relay(timezone.now())
    with scene.as_(scene.lead) as viewer:
        member = incident.members.get(side="customer")
        end_naming(viewer=viewer, incident=incident, member=member, at=timezone.now())
    mail.outbox.clear()
    with job_role():
        send(timezone.now(), pause_seconds=0)
    assert mail.outbox == []
