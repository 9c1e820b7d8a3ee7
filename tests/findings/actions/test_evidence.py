"""Adding evidence once, attaching it, asking for it, and being reminded before it expires."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import Document
from findings.actions.evidence import (
    answer_with_evidence,
    ask_for_evidence,
    attach,
    audience_of,
    decline_request,
    gather,
    take_back_request,
)
from findings.models import EvidenceRequest, EvidenceUse, PlanVersion
from findings.queries.evidence import already_there, evidence_of, readers_of_evidence, reusable_for, uses_of
from findings.visibility import Audience
from ledger.acting import acting
from ledger.models import Delivery, Entry, Occurrence
from ledger.occurrences import tick
from ledger.reads import log_read
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.visibility import Role, Viewer
from sourcing.actions.evidence import (
    EXPIRING,
    SameFile,
    add_evidence,
    change_evidence,
    retire_evidence,
)
from sourcing.models import Evidence
from sourcing.models.evidence_facts import EvidenceFacts
from tests.conftest import job_role, owner_role
from tests.documents import nasty
from tests.factories import evidence as made
from tests.factories import findings as audits
from tests.factories import sourcing as places
from tests.factories.organisations import viewer as member
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


@contextmanager
def see(viewer: Viewer) -> Iterator[Viewer]:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        yield viewer


@pytest.fixture
def w() -> World:
    return world()


def upload(name: str = "photo.jpg", data: bytes | None = None) -> Any:
    return SimpleUploadedFile(name, nasty.picture() if data is None else data)


def facts(**changes: Any) -> EvidenceFacts:
    return EvidenceFacts(**({"kind": "policy", "title": "Pay policy"} | changes))


def add(viewer: Viewer, **changes: Any) -> Evidence:
    given: dict[str, Any] = {"facts": facts(), "file": upload(), "shows_workers": False, "at": AT}
    return add_evidence(viewer=viewer, **(given | changes))


def test_a_file_is_kept_once_however_often_it_is_sent(w: World) -> None:
    with see(w.as_supplier) as viewer:
        first = add(viewer, facts=facts(kind="photo", title="Exit"))
        with pytest.raises(SameFile) as refused:
            add(viewer, facts=facts(title="Again"))
        assert refused.value.existing == first
        assert "Exit" in refused.value.sentence
        assert Evidence.objects.count() == 1
        assert Document.objects.count() == 1
        assert (first.pages, len(first.sha256)) == (1, 64)
        retire_evidence(viewer=viewer, evidence=first, because="Old", at=AT)
        assert add(viewer, facts=facts(title="Again")).title == "Again"


def test_somebody_limited_to_sites_is_not_told_what_is_about_others(w: World) -> None:
    other = places.site(w.supplier.organisation)
    with see(w.as_supplier) as viewer:
        add(viewer, sites=[w.site], facts=facts(title="Secret title"))
    limited = member(w.supplier.organisation, Role.EDITOR, [other.pk])
    with see(limited) as viewer, pytest.raises(SameFile) as refused:
        add(viewer, sites=[other])
    assert refused.value.existing is None
    assert "Secret" not in refused.value.sentence


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"file": None}, "file-or-link"),
        ({"url": "https://example.org/"}, "file-or-link"),
        ({"facts": facts(kind="horoscope")}, "unknown-kind"),
        ({"facts": facts(answers={"approved": "perhaps"})}, "unknown-answer"),
        ({"facts": facts(answers={"nonsense": "yes"})}, "unknown-answer"),
        (
            {"facts": facts(issued_on=dt.date(2026, 5, 1), expires_on=dt.date(2026, 4, 1))},
            "dates-out-of-order",
        ),
        ({"file": upload("photo.svg", b"<svg onload='x()'/>")}, "file-unknown-type"),
        ({"file": upload("photo.jpg", b"not a picture")}, "file-wrong-content"),
        ({"file": upload("a.docx", nasty.office(parts={"word/vbaProject.bin": b"x"}))}, "file-active"),
        ({"file": upload("a.txt", b"")}, "file-empty"),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(w: World, changes: dict[str, Any], code: str) -> None:
    with see(w.as_supplier) as viewer:
        with pytest.raises(Refusal) as refused:
            add(viewer, **changes)
        assert refused.value.code == code
        assert refused.value.sentence
        assert (Evidence.objects.count(), Document.objects.count()) == (0, 0)
        add(viewer)


def test_readers_add_nothing_and_editors_of_every_organisation_do(w: World) -> None:
    onlooker = member(w.supplier.organisation, Role.VIEWER)
    with see(onlooker), pytest.raises(Forbidden):
        add(onlooker)
    for viewer in (w.as_firm, w.as_buyer):
        with see(viewer):
            assert add(viewer).owner_id == viewer.organisation_id


def test_reminders_come_once_each_move_with_the_date_and_stop(w: World) -> None:
    def due() -> list[dt.date | None]:
        rows = Occurrence.objects.filter(kind=EXPIRING, cancelled_at=None, done_at=None)
        return [row.due_on for row in rows.order_by("due_at")]

    with see(w.as_supplier) as viewer:
        piece = add(viewer, facts=facts(expires_on=dt.date(2026, 9, 1)), sites=[w.site])
        assert due() == [dt.date(2026, 7, 3), dt.date(2026, 8, 2), dt.date(2026, 8, 25)]
        moved = facts(expires_on=dt.date(2026, 6, 20))
        change_evidence(viewer=viewer, evidence=piece, facts=moved, sites=[w.site], at=AT)
        assert due() == [dt.date(2026, 6, 13)], "only what is still to come"
    with job_role():
        assert tick(AT + dt.timedelta(days=12, hours=2)) == 1
        assert tick(AT + dt.timedelta(days=13)) == 0
        relay(timezone.now())
        told = Delivery.objects.filter(verb=EXPIRING, channel="inbox")
        assert [one.person_id for one in told] == [w.supplier.person_id]
        assert "20 Jun 2026" in told[0].title
    with see(w.as_supplier) as viewer:
        change_evidence(
            viewer=viewer,
            evidence=piece,
            facts=facts(expires_on=dt.date(2027, 6, 1)),
            sites=[w.site],
            at=AT,
        )
        assert len(due()) == 3
        retire_evidence(viewer=viewer, evidence=piece, because="", at=AT)
        assert due() == []


def test_a_reminder_for_an_older_date_says_nothing(w: World) -> None:
    from sourcing.actions.evidence import tell_of_expiry

    with see(w.as_supplier) as viewer:
        piece = add(viewer, facts=facts(expires_on=dt.date(2026, 9, 1)))
    with job_role():
        assert not tell_of_expiry(evidence_id=piece.pk, expires_on="2026-08-01", at=AT)
        assert tell_of_expiry(evidence_id=piece.pk, expires_on="2026-09-01", at=AT)


def test_a_correction_leaves_what_was_shown_as_it_was(w: World) -> None:
    with see(w.as_supplier) as viewer:
        piece = add(viewer)
        attach(viewer=viewer, finding=w.car, evidence=[piece], subject=w.car, at=AT)
        change_evidence(
            viewer=viewer, evidence=piece, facts=facts(title="Other words"), sites=[w.site], at=AT
        )
        assert [one.title for one in evidence_of(viewer, w.car)] == ["Pay policy"]
        entry = Entry.objects.get(verb="sourcing.evidence_changed")
        assert entry.data["before"]["title"] == "Pay policy"
        assert entry.data["after"]["title"] == "Other words"
        before = Entry.objects.count()
        change_evidence(
            viewer=viewer, evidence=piece, facts=facts(title="Other words"), sites=[w.site], at=AT
        )
        assert Entry.objects.count() == before


def test_a_better_copy_puts_the_old_one_away(w: World) -> None:
    with see(w.as_supplier) as viewer:
        old = add(viewer, shows_workers=True)
        with pytest.raises(Forbidden) as refused:
            attach(viewer=viewer, finding=w.car, evidence=[old], subject=w.car, at=AT)
        assert refused.value.code == "shows-workers"
        assert "Cover" in refused.value.sentence
        new = add(viewer, file=upload(data=nasty.picture(size=(50, 50))), replaces=old)
        old.refresh_from_db()
        assert old.is_retired
        attach(viewer=viewer, finding=w.car, evidence=[new], subject=w.car, at=AT)
        with pytest.raises(Forbidden):
            attach(viewer=viewer, finding=w.car, evidence=[old], subject=w.car, at=AT)


def test_internal_evidence_stays_inside(w: World) -> None:
    with see(w.as_supplier) as viewer:
        piece = add(viewer, facts=facts(confidentiality="internal"))
        with pytest.raises(Forbidden) as refused:
            attach(viewer=viewer, finding=w.car, evidence=[piece], subject=w.car, at=AT)
        assert refused.value.code == "evidence-internal"


def test_attaching_twice_is_attaching_once(w: World) -> None:
    with see(w.as_supplier) as viewer:
        piece = add(viewer)
        for _time in range(2):
            attach(viewer=viewer, finding=w.car, evidence=[piece], subject=w.car, at=AT)
        assert EvidenceUse.objects.count() == 1
        assert Entry.objects.filter(verb="findings.evidence_attached").count() == 1


def test_a_thing_that_says_nothing_shows_it_to_nobody(w: World) -> None:
    plan = audits.plan(w.car)
    assert audience_of(plan) == (Audience.OWNER, None)
    with owner_role():
        version = PlanVersion.objects.get(plan=plan)
    assert audience_of(version) == (Audience.AUDIT, None)
    with see(w.as_supplier) as viewer:
        piece = add(viewer)
        attach(viewer=viewer, finding=w.car, evidence=[piece], subject=plan, at=AT)
    with see(w.as_buyer) as viewer:
        assert evidence_of(viewer, plan) == []
    with see(w.as_supplier) as viewer:
        attach(viewer=viewer, finding=w.car, evidence=[piece], subject=version, at=AT)
    with see(w.as_buyer) as viewer:
        assert [one.title for one in evidence_of(viewer, version)] == ["Pay policy"]


def test_a_new_file_counts_as_chosen_and_is_about_its_finding(w: World) -> None:
    with see(w.as_supplier) as viewer:
        found = gather(viewer=viewer, finding=w.car, file=upload(), kind="photo", shows_workers=False, at=AT)
        again = gather(
            viewer=viewer,
            finding=w.car,
            chosen=found,
            file=upload(),
            kind="photo",
            shows_workers=False,
            at=AT,
        )
        assert again == found
        assert found[0].title == "photo"
        assert found[0].requirements == ["1A.C"]
        assert [site.pk for site in found[0].sites.all()] == [w.site.pk]


@pytest.mark.parametrize(("answer", "code"), [(None, "say-if-it-shows-workers"), (True, "shows-workers")])
def test_a_new_file_is_not_attached_before_it_is_known_to_be_safe(
    w: World, answer: bool | None, code: str
) -> None:
    with see(w.as_supplier) as viewer:
        with pytest.raises(Refusal) as refused:
            gather(viewer=viewer, finding=w.car, file=upload(), shows_workers=answer, at=AT)
        assert refused.value.code == code
        assert Evidence.objects.count() == 0


def test_what_served_before_is_offered_first(w: World) -> None:
    with see(w.as_supplier):
        pass
    of, other = w.supplier.organisation, places.site(w.supplier.organisation)
    plain = made.evidence(of, title="plain")
    proves = made.evidence(of, title="proves", requirements=["1A.C"])
    used = made.evidence(of, title="used")
    expired = made.evidence(of, title="expired", requirements=["1A.C"], expires_on=dt.date(2026, 1, 1))
    made.evidence(of, other, title="elsewhere")
    made.evidence(of, title="away", retired_at=AT)
    of_kind = made.evidence(of, title="of kind", kind="certificate")
    made.attached(used, w.car)
    with see(w.as_supplier) as viewer:
        offers = reusable_for(viewer, w.car, on=AT.date(), kind="certificate")
        assert [one.evidence for one in offers] == [used, proves, of_kind, plain, expired]
        assert [use.place for use in offers[0].uses] == [w.car]  # type: ignore[attr-defined]


def test_who_asks_sees_first_what_is_there(w: World) -> None:
    shown = made.evidence(w.supplier.organisation, title="shown")
    private = made.evidence(w.supplier.organisation, title="private")
    made.attached(shown, w.car)
    made.attached(private, w.car, audience=Audience.PAIR, counterpart=w.other_buyer.organisation)
    with see(w.as_buyer) as viewer:
        assert [use.title for use in already_there(viewer, w.car)] == ["shown"]


def test_a_request_is_answered_to_the_one_who_asked(w: World) -> None:
    with see(w.as_buyer) as viewer:
        request = ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Please", at=AT)
        with pytest.raises(Refusal) as refused:
            ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Again", at=AT)
        assert refused.value.code == "asked-already"
    with see(w.as_other_buyer) as viewer:
        ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Mine", at=AT)
    with see(w.as_supplier) as viewer:
        piece = add(viewer)
        with pytest.raises(Refusal):
            answer_with_evidence(viewer=viewer, request=request, evidence=[], at=AT)
        answered = answer_with_evidence(viewer=viewer, request=request, evidence=[piece], at=AT)
        assert answered.state == "answered"
        with pytest.raises(Forbidden) as closed:
            answer_with_evidence(viewer=viewer, request=request, evidence=[piece], at=AT)
        assert closed.value.code == "request-answered"
    with see(w.as_buyer) as viewer:
        assert [use.title for use in evidence_of(viewer, request)] == ["Pay policy"]
    for other in (w.as_other_buyer, w.as_firm, w.as_stranger):
        with see(other) as viewer:
            assert evidence_of(viewer, request) == []
            assert not EvidenceRequest.objects.visible_to(viewer).filter(pk=request.pk).exists()
    with job_role():
        relay(timezone.now())
        told = Delivery.objects.filter(verb__startswith="findings.evidence", channel="inbox")
        people = sorted((one.verb, one.person_id) for one in told)
    assert people == sorted(
        [
            ("findings.evidence_asked", w.supplier.person_id),  # the other one still waits
            ("findings.evidence_request_answered", w.buyer.person_id),
        ]
    )


def test_declining_needs_a_reason_and_taking_back_is_for_the_asker(w: World) -> None:
    with see(w.as_buyer) as viewer:
        request = ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Please", at=AT)
    with see(w.as_supplier) as viewer:
        with pytest.raises(Refusal) as refused:
            decline_request(viewer=viewer, request=request, answer="  ", at=AT)
        assert refused.value.code == "reason-missing"
        with pytest.raises(Forbidden):
            take_back_request(viewer=viewer, request=request, at=AT)
        assert decline_request(viewer=viewer, request=request, answer="None", at=AT).state == "declined"
    with see(w.as_buyer) as viewer:
        again = ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Please", at=AT)
        with pytest.raises(Forbidden):
            decline_request(viewer=viewer, request=again, answer="No", at=AT)
        assert take_back_request(viewer=viewer, request=again, at=AT).state == "withdrawn"


def test_the_firm_asks_about_what_it_verifies_and_never_about_a_car() -> None:
    w = world(publish=False)
    nc = audits.finding(w.car.audit)
    audits.publish(w.car.audit)
    with see(w.as_firm) as viewer:
        with pytest.raises(Forbidden) as refused:
            ask_for_evidence(viewer=viewer, finding=w.car, kind="policy", message="Please", at=AT)
        assert refused.value.code == "not-yours-to-ask"
        nc.audit.refresh_from_db()
        assert ask_for_evidence(viewer=viewer, finding=nc, kind="policy", message="Please", at=AT)
    with see(w.as_supplier) as viewer, pytest.raises(Forbidden):
        ask_for_evidence(viewer=viewer, finding=nc, kind="policy", message="Please", at=AT)


def test_the_owner_sees_who_has_looked(w: World) -> None:
    piece = made.evidence(w.supplier.organisation)
    use = made.attached(piece, w.car)
    with see(w.as_buyer) as viewer:
        log_read(by=viewer, subject=use, owner_id=use.owner_id, at=AT)
    with see(w.as_supplier) as viewer:
        reads = readers_of_evidence(viewer, piece, list(uses_of(viewer, piece)))
        assert [one.organisation_id for one in reads] == [w.buyer.organisation_id]
