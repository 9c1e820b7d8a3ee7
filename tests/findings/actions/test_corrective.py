"""Putting a non-compliance right keeps its promises: the site says, the firm verifies, nobody judges themselves."""

import datetime as dt
from typing import Any

import pytest

from findings.actions.corrective import save_action_draft, submit_action, verify
from findings.lifecycle import AuditState
from findings.models import CorrectiveAction, CorrectiveActionDraft, Finding, Verification
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.models import Organisation
from organisations.queries import viewer_from
from organisations.visibility import Role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories.corrections import action, said
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def nc(house: House) -> Finding:
    """An open non-compliance of a published audit that can be checked from documents."""
    audit = house.audit()
    found = make.finding(audit, title="Blocked exit", verification="desktop")
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def send(house: House, finding: Finding, **fields: Any) -> CorrectiveAction:
    with house.as_(house.supplier) as viewer:
        return submit_action(viewer=viewer, finding=finding, said=said(**fields), at=AT)


def judge(house: House, finding: Finding, result: str = "closed", **fields: Any) -> Verification:
    who = fields.pop("who", house.firm)
    with house.as_(who) as viewer:
        return verify(
            viewer=viewer, finding=finding, at=AT, result=result, **({"method": "desktop"} | fields)
        )


def state(finding: Finding) -> str:
    finding.refresh_from_db()
    return finding.state


def visit(house: House, parent: Finding, *, publish: bool = True, firm: Organisation | None = None) -> Any:
    """A follow-up audit of the finding's audit."""
    made = house.audit(
        kind="follow_up_partial",
        parent=parent.audit,
        ends_on=dt.date(2026, 4, 4),
        **({"firm": firm} if firm else {}),  # type: ignore[arg-type]
    )
    if publish:
        house.to(made, AuditState.SUBMITTED)
        house.to(made, AuditState.PUBLISHED)
    return made


def test_sending_moves_on_and_the_firm_closes(house: House, nc: Finding) -> None:
    sent = send(house, nc)
    with house.as_(house.supplier):
        assert (sent.number, sent.organisation_id, state(nc)) == (1, house.supplier.pk, "action_submitted")
        assert nc.root_cause == said().whys[-1]
    answer = judge(house, nc)
    with house.as_(house.firm):
        assert (answer.action_id, answer.organisation_name) == (sent.pk, house.firm.name)
        assert (state(nc), nc.closed_at) == ("verified_closed", AT)
    with house.as_(house.supplier):
        verbs = Entry.objects.filter(subject_id=nc.pk, owner_id=house.supplier.pk).order_by("pk")
        assert [one.verb for one in verbs] == [
            "findings.action_submitted",
            "findings.non_compliance_verified",
        ]


def test_more_needed_opens_it_again_and_the_next_version_follows(house: House, nc: Finding) -> None:
    send(house, nc)
    judge(house, nc, "more_needed", reason="Send a photo of the exit")
    with house.as_(house.supplier):
        assert (state(nc), nc.closed_at) == ("open", None)
    assert send(house, nc, correction="Here is the photo.").number == 2
    with house.as_(house.buyer):
        texts = CorrectiveAction.objects.order_by("number").values_list("correction", flat=True)
        assert list(texts) == [said().correction, "Here is the photo."]


def test_better_version_replaces_one_that_nobody_answered(house: House, nc: Finding) -> None:
    send(house, nc)
    assert send(house, nc, correction="With a photo.").number == 2
    with pytest.raises(Refusal, match="newer-version"):
        judge(house, nc, number=1)
    newest = judge(house, nc, number=2)
    with house.as_(house.firm):
        assert newest.action.number == 2


def test_more_needed_says_what(house: House, nc: Finding) -> None:
    send(house, nc)
    with pytest.raises(Refusal, match="reason-missing"):
        judge(house, nc, "more_needed", reason=" ")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"whys": ()}, "no-cause"),
        ({"whys": ("a",) * 6}, "too-many-whys"),
        ({"done_on": dt.date(2026, 6, 2)}, "not-done-yet"),
        ({"prevention": " "}, "says-too-little"),
        ({"responsible": ""}, "says-too-little"),
    ],
)
def test_half_an_action_is_refused(house: House, nc: Finding, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        send(house, nc, **fields)
    with house.as_(house.supplier):
        assert state(nc) == "open"


def test_only_the_site_says_what_it_did(house: House, nc: Finding) -> None:
    for who in (house.firm, house.buyer):
        with house.as_(who) as viewer, pytest.raises(Forbidden, match="not-your-site"):
            submit_action(viewer=viewer, finding=nc, said=said(), at=AT)
    onlooker = house.member(house.supplier, Role.VIEWER)
    with house.as_(onlooker), pytest.raises(Forbidden, match="read-only-role"):
        submit_action(viewer=onlooker, finding=nc, said=said(), at=AT)


def test_neither_site_nor_customer_verifies(house: House, nc: Finding) -> None:
    send(house, nc)
    with pytest.raises(Forbidden, match="own-action"):
        judge(house, nc, who=house.supplier)
    with pytest.raises(Forbidden, match="not-your-audit"):
        judge(house, nc, who=house.buyer)


def test_firm_engaged_to_follow_up_verifies(house: House, nc: Finding) -> None:
    send(house, nc)
    assert judge(house, nc, who=house.other_firm).organisation_id == house.other_firm.pk


def test_nobody_in_two_organisations_verifies_their_own_action(house: House, nc: Finding) -> None:
    both = people.membership(house.firm)
    at_site = people.membership(house.supplier, both.person)
    site_side, firm_side = viewer_from(at_site), viewer_from(both)
    with house.as_(site_side):
        submit_action(viewer=site_side, finding=nc, said=said(), at=AT)
    with pytest.raises(Forbidden, match="own-action"):
        judge(house, nc, who=firm_side)
    with house.as_(house.supplier):  # even when they have left the supplier meanwhile
        type(at_site).objects.filter(pk=at_site.pk).update(is_active=False)
    with pytest.raises(Forbidden, match="own-action"):
        judge(house, nc, who=firm_side)
    assert judge(house, nc).result == "closed"


def test_what_needs_a_visit_is_not_closed_from_a_desk(house: House) -> None:
    audit = house.audit(ends_on=dt.date(2026, 3, 10))
    on_site = make.finding(audit, verification="follow_up")
    unsaid = make.finding(audit)
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    for one in (on_site, unsaid):
        send(house, one)
        with pytest.raises(Forbidden, match="needs-a-visit"):
            judge(house, one)


def test_visit_closes_what_was_sent(house: House, nc: Finding) -> None:
    send(house, nc)
    answer = judge(house, nc, method="follow_up", audit=visit(house, nc))
    with house.as_(house.firm):
        assert (answer.method, state(nc)) == ("follow_up", "verified_closed")


def test_visit_writes_down_what_it_saw_where_the_site_sent_nothing(house: House, nc: Finding) -> None:
    follow_up = visit(house, nc)
    answer = judge(house, nc, method="follow_up", audit=follow_up, seen="The exit is free.")
    with house.as_(house.firm):
        seen = CorrectiveAction.objects.get()
        assert (seen.recorded_by_firm, seen.correction, seen.organisation_id) == (
            True,
            "The exit is free.",
            house.firm.pk,
        )
        assert (answer.action_id, state(nc)) == (seen.pk, "verified_closed")


def test_visit_that_finds_nothing_done_leaves_it_open(house: House, nc: Finding) -> None:
    judge(
        house,
        nc,
        "more_needed",
        method="follow_up",
        audit=visit(house, nc),
        reason="Boxes still stand there",
    )
    with house.as_(house.supplier):
        assert state(nc) == "open"
        assert Verification.objects.get().reason == "Boxes still stand there"


def test_visit_has_to_be_the_firms_own_published_follow_up(house: House, nc: Finding) -> None:
    send(house, nc)
    unpublished = visit(house, nc, publish=False)
    others = visit(house, nc, firm=house.other_firm)
    for wrong in (None, nc.audit, unpublished, others):
        with pytest.raises(Refusal, match="not-this-visit"):
            judge(house, nc, method="follow_up", audit=wrong)


def test_desk_has_nothing_to_verify_while_it_is_open(house: House, nc: Finding) -> None:
    with pytest.raises(Forbidden, match="nothing-to-verify"):
        judge(house, nc)


def test_closed_takes_no_further_action(house: House, nc: Finding) -> None:
    send(house, nc)
    judge(house, nc)
    with pytest.raises(Forbidden, match="nc-ended"):
        send(house, nc)


def test_car_has_no_corrective_action_and_no_check(house: House, car: Finding) -> None:
    with house.as_(house.supplier) as viewer, pytest.raises(Forbidden, match="not-a-non-compliance"):
        submit_action(viewer=viewer, finding=car, said=said(), at=AT)
    with pytest.raises(Forbidden, match="not-a-non-compliance"):
        judge(house, car, method="follow_up")


def test_draft_is_the_sites_own_and_is_used_up(house: House, nc: Finding) -> None:
    with house.as_(house.supplier) as viewer:
        for text in ("B", "Boxes"):
            save_action_draft(viewer=viewer, finding=nc, typed={"why_1": [text]}, at=AT)
        kept = CorrectiveActionDraft.objects.get()
        assert (kept.revision, kept.content) == (2, {"typed": {"why_1": ["Boxes"]}})
    with house.as_(house.firm):
        assert not CorrectiveActionDraft.objects.exists()
    send(house, nc)
    with house.as_(house.supplier):
        assert not CorrectiveActionDraft.objects.exists()


def test_strangers_see_none_of_it(house: House, nc: Finding) -> None:
    action(nc)
    for who, count in ((house.rival, 1), (house.firm, 1), (house.stranger, 0)):
        with house.as_(who):
            assert CorrectiveAction.objects.count() == count
