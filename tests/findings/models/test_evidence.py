"""Attached evidence against raw SQL: whose it is, who sees it, and what stays as it was."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from documents.models import Document
from findings.models import EvidenceRequest, EvidenceUse, Finding
from findings.visibility import Audience
from ledger.acting import acting
from organisations.visibility import Viewer
from sourcing.models import Evidence, EvidenceSite
from tests.conftest import owner_role
from tests.factories import evidence as made
from tests.factories import findings as audits
from tests.factories import sourcing as places
from tests.factories.world import World, world
from tests.matrices.world import _document

pytestmark = pytest.mark.django_db


def see(viewer: Viewer) -> AbstractContextManager[None]:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


@pytest.fixture
def w() -> World:
    return world()


def stored(w: World, **fields: Any) -> Document:
    with owner_role():
        return _document(w.supplier.organisation, w.supplier.person, Document.Kind.EVIDENCE, **fields)


def raw_attach(viewer: Viewer, piece: Evidence, w: World, **changes: Any) -> None:
    """Attach past every action, as the role app."""
    values: dict[str, Any] = {
        "code": "RAW1",
        "evidence_id": piece.pk,
        "audit_id": w.car.audit_id,
        "finding_id": w.car.pk,
        "subject_kind": "findings.finding",
        "subject_id": w.car.pk,
        "audience": "audit",
        "owner_id": viewer.organisation_id,
        "owner_name": "",
        "kind": "photo",
        "title": "Forged",
        "url": "",
        "supplied_by": "",
        "language": "",
        "person_id": viewer.person_id,
        "attached_at": timezone.now(),
    } | changes
    columns = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO findings_evidenceuse ({columns}) VALUES ({marks})",  # noqa: S608
            list(values.values()),
        )


def test_attaching_copies_what_the_evidence_says_whatever_is_sent(w: World) -> None:
    document = stored(w)
    piece = made.evidence(w.supplier.organisation, document=document, title="Pay policy")
    with see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w)
        use = EvidenceUse.objects.get()
    assert (use.title, use.kind, use.document_id) == ("Pay policy", "policy", document.pk)
    assert (use.owner_id, use.owner_name) == (w.supplier.organisation_id, "Surma Shoes")


@pytest.mark.parametrize("who", ["as_buyer", "as_firm", "as_stranger"])
def test_nobody_attaches_the_evidence_of_another(w: World, who: str) -> None:
    piece = made.evidence(w.supplier.organisation)
    viewer = getattr(w, who)
    with pytest.raises(DatabaseError), see(viewer):
        raw_attach(viewer, piece, w)
    with see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w)


def test_nobody_makes_a_piece_out_of_the_file_of_another(w: World) -> None:
    document = stored(w)
    fields = {
        "kind": "policy",
        "title": "Stolen",
        "sha256": "0" * 64,
        "shows_workers": False,
        "added_at": timezone.now(),
        "document_id": document.pk,
    }
    viewer = w.as_firm
    with pytest.raises(DatabaseError), see(viewer):
        Evidence.objects.create(organisation_id=viewer.organisation_id, person_id=viewer.person_id, **fields)
    with see(w.as_supplier):
        viewer = w.as_supplier
        Evidence.objects.create(organisation_id=viewer.organisation_id, person_id=viewer.person_id, **fields)


def test_nobody_adds_evidence_for_another(w: World) -> None:
    with pytest.raises(DatabaseError), see(w.as_buyer):
        Evidence.objects.create(
            organisation_id=w.supplier.organisation_id,
            person_id=w.buyer.person_id,
            kind="policy",
            title="Slander",
            url="https://example.org/",
            shows_workers=False,
            added_at=timezone.now(),
        )


@pytest.mark.parametrize(
    "fields", [{"shows_workers": True}, {"confidentiality": "internal"}, {"retired_at": timezone.now()}]
)
def test_what_stays_at_home_is_attached_to_nothing_that_others_see(
    w: World, fields: dict[str, object]
) -> None:
    piece = made.evidence(w.supplier.organisation, **fields)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError), see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w)
    fine = made.evidence(w.supplier.organisation)
    with see(w.as_supplier):
        raw_attach(w.as_supplier, fine, w)


def test_what_shows_workers_may_be_kept_by_its_owner_with_a_finding(w: World) -> None:
    piece = made.evidence(w.supplier.organisation, shows_workers=True)
    with see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w, audience="owner")
        assert EvidenceUse.objects.count() == 1
    for other in (w.as_buyer, w.as_firm):
        with see(other):
            assert EvidenceUse.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_kind": "organisations.person"},
        {"subject_kind": "findings.nothing"},
        {"subject_kind": "findings.finding; DROP TABLE x"},
        {"subject_id": 999_999},
    ],
)
def test_a_subject_outside_the_audit_is_refused(w: World, changes: dict[str, object]) -> None:
    piece = made.evidence(w.supplier.organisation)
    with pytest.raises(DatabaseError), see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w, **changes)


def test_an_audit_that_the_owner_does_not_see_is_refused(w: World) -> None:
    far = places.site(w.stranger.organisation)
    places.engagement(far, w.firm.organisation)
    audit = audits.audit(far, w.firm.organisation)
    nc = audits.finding(audit)
    audits.publish(audit)
    piece = made.evidence(w.supplier.organisation)
    with pytest.raises(DatabaseError), see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w, audit_id=audit.pk, finding_id=nc.pk, subject_id=nc.pk)


def test_a_customer_shows_its_evidence_to_the_other_side_only(w: World) -> None:
    piece = made.evidence(w.buyer.organisation)
    with pytest.raises(DatabaseError), see(w.as_buyer):
        raw_attach(w.as_buyer, piece, w)
    with see(w.as_buyer):
        raw_attach(w.as_buyer, piece, w, audience="pair", counterpart_id=w.supplier.organisation_id)
    for viewer, count in ((w.as_supplier, 1), (w.as_buyer, 1), (w.as_other_buyer, 0), (w.as_firm, 0)):
        with see(viewer):
            assert EvidenceUse.objects.count() == count
            assert EvidenceUse.objects.visible_to(viewer).count() == count


def test_the_bytes_follow_the_uses(w: World) -> None:
    document = stored(w)
    piece = made.evidence(w.supplier.organisation, document=document)
    for viewer in (w.as_buyer, w.as_firm, w.as_stranger):
        with see(viewer):
            assert not Document.objects.filter(pk=document.pk).exists()
    made.attached(piece, w.car)
    for viewer, sees in ((w.as_buyer, True), (w.as_firm, True), (w.as_stranger, False)):
        with see(viewer):
            assert Document.objects.filter(pk=document.pk).exists() == sees
            assert EvidenceUse.objects.visible_to(viewer).exists() == sees
            assert not Evidence.objects.exists(), "the piece itself stays with its owner"


def test_the_bytes_for_two_are_seen_by_two(w: World) -> None:
    document = stored(w)
    piece = made.evidence(w.supplier.organisation, document=document)
    made.attached(piece, w.car, audience=Audience.PAIR, counterpart=w.buyer.organisation)
    for viewer, sees in ((w.as_buyer, True), (w.as_other_buyer, False), (w.as_firm, False)):
        with see(viewer):
            assert Document.objects.filter(pk=document.pk).exists() == sees


def test_ending_the_link_closes_what_was_attached(w: World) -> None:
    from sourcing.models import TradeLink

    piece = made.evidence(w.supplier.organisation, document=stored(w))
    made.attached(piece, w.car)
    with owner_role():
        TradeLink.objects.filter(buyer=w.buyer.organisation).update(state="ended", ended_at=timezone.now())
    with see(w.as_buyer):
        assert EvidenceUse.objects.count() == 0
        assert Document.objects.count() == 0
    with see(w.as_other_buyer):
        assert EvidenceUse.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE findings_evidenceuse SET title = 'Better'",
        "UPDATE findings_evidenceuse SET audience = 'owner'",
        "UPDATE findings_evidenceuse SET retired_at = now()",
        "DELETE FROM findings_evidenceuse",
        "TRUNCATE findings_evidenceuse",
        "UPDATE sourcing_evidence SET shows_workers = NOT shows_workers",
        "UPDATE sourcing_evidence SET url = 'https://example.org/other'",
        "UPDATE sourcing_evidence SET organisation_id = organisation_id + 1",
        "DELETE FROM sourcing_evidence",
    ],
)
def test_what_was_shown_stays_even_for_the_owner_of_the_tables(w: World, sql: str) -> None:
    made.attached(made.evidence(w.supplier.organisation), w.car)
    with owner_role(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_readers_learn_that_a_piece_was_put_away(w: World) -> None:
    piece = made.evidence(w.supplier.organisation)
    made.attached(piece, w.car)
    with see(w.as_supplier):
        Evidence.objects.filter(pk=piece.pk).update(retired_at=timezone.now(), retired_because="Old")
    with see(w.as_buyer):
        assert EvidenceUse.objects.get().state_on(dt.date(2026, 1, 1)) == "retired"
    with pytest.raises(DatabaseError), see(w.as_supplier):
        Evidence.objects.filter(pk=piece.pk).update(title="Changed")


def test_a_finding_struck_out_leaves_what_the_site_said_between_the_two() -> None:
    w = world(publish=False)
    with owner_role():
        w.car.audit.state, w.car.audit.submitted_at = "submitted", timezone.now()
        w.car.audit.save(update_fields=["state", "submitted_at"])
    reply = made.attached(made.evidence(w.supplier.organisation), w.car, subject=w.car.audit)
    photo = made.attached(made.evidence(w.firm.organisation), w.car)
    with see(w.as_firm):
        Finding.objects.filter(pk=w.car.pk)._raw_delete("default")
    with owner_role():
        assert not EvidenceUse.objects.filter(pk=photo.pk).exists()
        reply.refresh_from_db()
        assert (reply.audience, reply.counterpart_id, reply.finding_id) == (
            "pair",
            w.firm.organisation_id,
            None,
        )


def test_a_site_limit_hides_what_is_about_other_sites(w: World) -> None:
    from organisations.visibility import Role
    from tests.factories.organisations import viewer as member

    other = places.site(w.supplier.organisation)
    here, there, everywhere = (
        made.evidence(w.supplier.organisation, *sites) for sites in ((w.site,), (other,), ())
    )
    made.attached(here, w.car)
    limited = member(w.supplier.organisation, Role.EDITOR, [other.pk])
    with see(limited):
        assert set(Evidence.objects.visible_to(limited)) == {there, everywhere}
        assert not EvidenceUse.objects.visible_to(limited).exists()
    with see(w.as_supplier):
        assert set(Evidence.objects.visible_to(w.as_supplier)) == {here, there, everywhere}
        assert EvidenceUse.objects.visible_to(w.as_supplier).exists()


def test_evidence_names_only_sites_that_its_owner_sees(w: World) -> None:
    far = places.site(w.stranger.organisation)
    piece = made.evidence(w.supplier.organisation)
    with owner_role(), pytest.raises(DatabaseError), transaction.atomic():
        EvidenceSite.objects.create(evidence=piece, site=far, organisation=w.supplier.organisation)
    made.evidence(w.firm.organisation, w.site)


# ---------------------------------------------------------------- requests


def ask(viewer: Viewer, w: World, **changes: Any) -> EvidenceRequest:
    fields = {
        "finding_id": w.car.pk,
        "audit_id": w.car.audit_id,
        "supplier_id": w.supplier.organisation_id,
        "asker_id": viewer.organisation_id,
        "kind": "policy",
        "message": "Please",
        "person_id": viewer.person_id,
        "asked_at": timezone.now(),
    }
    return EvidenceRequest.objects.create(**(fields | changes))


def test_a_request_is_between_the_two(w: World) -> None:
    with see(w.as_buyer):
        ask(w.as_buyer, w)
    for viewer, count in ((w.as_supplier, 1), (w.as_buyer, 1), (w.as_other_buyer, 0), (w.as_firm, 0)):
        with see(viewer):
            assert EvidenceRequest.objects.count() == count
            assert EvidenceRequest.objects.visible_to(viewer).count() == count


@pytest.mark.parametrize("who", ["as_firm", "as_stranger", "as_supplier"])
def test_only_a_customer_asks_about_a_car(w: World, who: str) -> None:
    with pytest.raises(DatabaseError), see(getattr(w, who)):
        ask(getattr(w, who), w)


def test_the_firm_of_record_asks_about_what_it_verifies() -> None:
    w = world(publish=False)
    nc = audits.finding(w.car.audit)
    audits.publish(w.car.audit)
    with see(w.as_firm):
        ask(w.as_firm, w, finding_id=nc.pk)


def test_nobody_asks_in_the_name_of_another(w: World) -> None:
    with pytest.raises(DatabaseError), see(w.as_buyer):
        ask(w.as_buyer, w, asker_id=w.other_buyer.organisation_id)


@pytest.mark.parametrize(
    ("who", "state", "is_fine"),
    [
        ("as_supplier", "declined", True),
        ("as_buyer", "declined", False),
        ("as_buyer", "withdrawn", True),
        ("as_supplier", "withdrawn", False),
        ("as_supplier", "answered", False),  # nothing is attached
        ("as_other_buyer", "declined", None),
    ],
)
def test_each_side_does_its_own_part(w: World, who: str, state: str, is_fine: bool | None) -> None:
    request = made.request(w.car, w.buyer.organisation)

    def change() -> int:
        with see(getattr(w, who)):
            rows = EvidenceRequest.objects.filter(pk=request.pk)
            return rows.update(state=state, answer="No", answered_at=timezone.now())

    if is_fine is False:
        with pytest.raises(DatabaseError):
            change()
    else:
        assert change() == (1 if is_fine else 0)


def test_an_answer_goes_to_the_one_who_asks(w: World) -> None:
    request = made.request(w.car, w.buyer.organisation)
    piece = made.evidence(w.supplier.organisation)
    about = {"subject_kind": "findings.evidencerequest", "subject_id": request.pk}
    for wrong in (
        {"audience": "audit"},
        {"audience": "pair", "counterpart_id": w.other_buyer.organisation_id},
    ):
        with pytest.raises(DatabaseError), see(w.as_supplier):
            raw_attach(w.as_supplier, piece, w, **about, **wrong)
    with see(w.as_supplier):
        raw_attach(w.as_supplier, piece, w, **about, audience="pair", counterpart_id=w.buyer.organisation_id)
        rows = EvidenceRequest.objects.filter(pk=request.pk)
        assert rows.update(state="answered", answered_at=timezone.now()) == 1


def test_a_share_opens_what_is_attached_to_plans_and_reports(
    w: World, as_owner: Callable[[], object]
) -> None:
    from findings.models import PlanVersion
    from tests.factories.organisations import organisation, viewer
    from tests.factories.shares import share

    plan = audits.plan(w.car)
    with owner_role():
        version = PlanVersion.objects.get(plan=plan)
    document = stored(w)
    made.attached(made.evidence(w.supplier.organisation, document=document), w.car, subject=version)
    made.attached(made.evidence(w.supplier.organisation), w.car)  # on the finding: not part of a share
    friend = organisation("Helping Hands")
    reader = viewer(friend)
    with see(reader):
        assert EvidenceUse.objects.count() == 0
    share(w.car, friend)
    with see(reader):
        assert [use.subject_kind for use in EvidenceUse.objects.all()] == ["findings.planversion"]
        assert Document.objects.filter(pk=document.pk).exists()
        assert not EvidenceUse.objects.visible_to(reader).exists(), "pages of shares start from the share"
