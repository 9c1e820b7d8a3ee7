"""The adversarial world: one supplier in the middle, everyone who might want to know, and who must not.

Organisations and people are invented. The customer's trade link covers the north site alone, the rival's both;
neither may learn of the other. Everything that exists once for the supplier exists once far away, too.
"""

import datetime as dt
import hashlib
import io
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models
from django.utils import timezone

from documents.models import Document, Rendering
from documents.storage import put
from findings.models import (
    ActionPlan,
    Auditor,
    ClosurePolicy,
    Finding,
    PlanDraft,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Reassessment,
    Understanding,
)
from ledger.codes import new_code
from ledger.models import Channel, Delivery, DeliveryState, Entry, Outbox
from organisations.models import ApiToken, Invitation, Membership, Organisation, Person
from organisations.models.secrets import hash_secret, invitation_secret, new_token
from organisations.visibility import SCOPES, Capability, Role
from sourcing.lifecycle import EngagementState, ImportState, LinkState
from sourcing.models import ExternalId, ImportRow, MatchDecision, RegisterEntry, SiteImport, TradeLink
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.factories.shares import past_share, share
from tests.matrices import slices

ORGANISATIONS = {
    "supplier": (Capability.SUPPLIER,),
    "customer": (Capability.BUYER,),
    "rival": (Capability.BUYER,),
    "unlinked": (Capability.BUYER,),
    "asking": (Capability.BUYER,),
    "ended": (Capability.BUYER,),
    "firm": (Capability.AUDIT_FIRM,),
    "former_firm": (Capability.AUDIT_FIRM,),
    "other_firm": (Capability.AUDIT_FIRM,),
    "stakeholder": (Capability.STAKEHOLDER,),
    "operator": (Capability.OPERATOR,),
    "far_supplier": (Capability.SUPPLIER, Capability.BUYER),
}
SUMMARY = ("created", "match", "decided_same", "decided_different", "new", "possible", "repeat", "error")
READ = {"name": "x", "address": "x", "country": "BD", "sector": "", "latitude": None, "longitude": None}
LISTED = {"firm", "other_firm"}


@dataclass
class World:
    """Who is there, and what can be asked for by which name."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    secret: str = ""

    def reload(self) -> None:
        """Read every row again: its words were planted behind our backs."""
        with owner_role():
            for each in (*self.organisations.values(), *self.people.values(), *self.things.values()):
                if isinstance(each, models.Model):
                    each.refresh_from_db()

    def __getitem__(self, name: str) -> Any:
        return self.things[name]


def build() -> World:
    """Make every row of the world; the words are planted afterwards."""
    world = World()
    with owner_role():
        for name, capabilities in ORGANISATIONS.items():
            world.organisations[name] = people.organisation(name, *capabilities, is_listed=name in LISTED)
        _people(world)
        _places(world)
        _audits(world)
        _far_away(world)
        _plans(world)
        _registers(world)
        _doors(world)
        _letter(world)
        _shares(world)
        for more in slices.all_of("build"):
            more(world)
    return world


def _people(world: World) -> None:
    of, supplier = world.people, world.organisations["supplier"]
    for name in ORGANISATIONS:
        of[name] = people.person(name)
        people.membership(world.organisations[name], of[name], Role.ADMIN)
    for name, role in (("editor", Role.EDITOR), ("onlooker", Role.VIEWER), ("limited", Role.EDITOR)):
        of[name] = people.person(name)
        world.things[f"member_{name}"] = people.membership(supplier, of[name], role)
    of["ex_member"], of["nobody"] = people.person("ex"), people.person("nobody")
    gone = people.membership(supplier, of["ex_member"], Role.ADMIN)
    Membership.objects.filter(pk=gone.pk).update(is_active=False, ended_at=timezone.now())
    world.things["member_far"] = Membership.objects.get(person=of["far_supplier"])


def _places(world: World) -> None:
    organisations, things = world.organisations, world.things
    supplier = organisations["supplier"]
    north, south = places.site(supplier, "North"), places.site(supplier, "South")
    things |= {"north": north, "south": south}
    Membership.objects.filter(person=world.people["limited"]).update(site_ids=[south.pk])
    things["link"] = places.link(organisations["customer"], supplier, north)
    things["link_rival"] = places.link(organisations["rival"], supplier)
    things["link_asked"] = places.link(organisations["asking"], supplier, state=LinkState.PROPOSED)
    things["link_ended"] = places.link(organisations["ended"], supplier, state=LinkState.ENDED)
    offered = TradeLink.objects.create(
        buyer=organisations["unlinked"],
        supplier=organisations["far_supplier"],
        proposed_by=organisations["far_supplier"],
        covers_all_sites=True,
        proposed_at=timezone.now(),
    )
    things["link_offered"] = offered
    things["engagement"] = places.engagement(north, organisations["firm"])
    asked = places.engagement(south, organisations["firm"], EngagementState.PROPOSED)
    things["engagement_asked"] = asked
    things["engagement_ended"] = places.engagement(north, organisations["former_firm"], EngagementState.ENDED)
    things["engagement_refused"] = places.engagement(
        north, organisations["other_firm"], EngagementState.DECLINED
    )


def _audits(world: World) -> None:
    north, organisations, things = world["north"], world.organisations, world.things
    old = audits.audit(north, organisations["former_firm"], kind="initial", ends_on=dt.date(2024, 3, 1))
    things["old_audit"], things["old_car"] = old, audits.car(old)
    audits.publish(old)
    audit = audits.audit(north, organisations["firm"], ends_on=dt.date(2025, 3, 1))
    things |= {"audit": audit, "car": audits.car(audit), "nc": audits.finding(audit)}
    things["example"] = audits.finding(audit, Finding.Kind.GOOD_EXAMPLE)
    _auditor(audit)
    audits.reassessment(things["old_car"], audit, Reassessment.Result.STILL_SHORT, successor=things["car"])
    audits.publish(audit)
    submitted = audits.audit(north, organisations["firm"], kind="initial", ends_on=dt.date(2026, 1, 1))
    things["submitted"], things["submitted_nc"] = submitted, audits.finding(submitted)
    _auditor(submitted)
    submitted.state, submitted.submitted_at = "submitted", timezone.now()
    submitted.save(update_fields=["state", "submitted_at"])
    ClosurePolicy.objects.bulk_create(
        ClosurePolicy(version=audit.version, severity=one, days=60) for one in Finding.Severity.values
    )
    draft = audits.audit(north, organisations["firm"], ends_on=dt.date(2026, 3, 1))
    things["draft"], things["draft_nc"] = draft, audits.finding(draft)
    _auditor(draft)
    day = dt.date(2026, 4, 1)
    things["scheduled"] = type(draft).objects.create(
        site=north, audit_firm=organisations["firm"], version=draft.version, starts_on=day, ends_on=day
    )


def _auditor(audit: Any) -> None:
    Auditor.objects.create(
        audit=audit, name="Lead", grade=Auditor.Grade.RA, apsca_number="21700001", is_lead=True
    )


def _far_away(world: World) -> None:
    organisations, things = world.organisations, world.things
    site = places.site(organisations["far_supplier"], "Far")
    places.engagement(site, organisations["other_firm"])
    audit = audits.audit(site, organisations["other_firm"], ends_on=dt.date(2025, 6, 1))
    things |= {"far_site": site, "far_audit": audit}
    things |= {"far_car": audits.car(audit), "far_nc": audits.finding(audit)}
    audits.publish(audit)
    things["far_plan"] = audits.plan(things["far_car"])
    draft = audits.audit(site, organisations["other_firm"], ends_on=dt.date(2026, 3, 1))
    things["far_draft"], things["far_draft_nc"] = draft, audits.finding(draft)


def _plans(world: World) -> None:
    now, organisations, things = timezone.now(), world.organisations, world.things
    car, supplier = things["car"], organisations["supplier"]
    Understanding.objects.create(
        finding=car,
        is_urgent=False,
        is_known_issue=True,
        known_initiative="x",
        engagement="all",
        answered_at=now,
    )
    plan = audits.plan(car)
    things["plan"] = plan
    uploaded = _document(supplier, world.people["supplier"], Document.Kind.PLAN, audit=car.audit)
    evidence = _document(supplier, world.people["supplier"], Document.Kind.EVIDENCE, audit=car.audit)
    things |= {"document": uploaded, "evidence": evidence}
    PlanVersion.objects.create(
        plan=plan,
        number=2,
        content={"root_causes": ["x"]},
        completed_by="x",
        document=uploaded,
        shared_at=now,
    )
    PlanUpdate.objects.create(
        plan=plan, number=1, version_number=2, summary="x", actions=[], document=evidence, shared_at=now
    )
    ActionPlan.objects.filter(pk=plan.pk).update(updates_shared=1)
    PlanDraft.objects.create(finding=car, content={"typed": {}}, saved_at=now)
    for name in ("customer", "rival"):
        PlanResponse.objects.create(
            plan=plan,
            organisation=organisations[name],
            version_number=1,
            kind=PlanResponse.Kind.CALL,
            message="x",
            proposed_times=[now.isoformat()],
            answered_at=now,
        )
    for name in ("supplier", "customer"):
        _pdf(world, name, PlanVersion.objects.get(plan=plan, number=1))


def _pdf(world: World, name: str, version: PlanVersion) -> None:
    """Give an organisation its own finished PDF of a version."""
    made = _document(world.organisations[name], world.people[name], Document.Kind.PLAN_PDF)
    Rendering.objects.create(
        kind="findings.plan_pdf",
        subject_kind="findings.planversion",
        subject_id=version.pk,
        organisation=world.organisations[name],
        person=world.people[name],
        state=Rendering.State.DONE,
        document=made,
        requested_at=timezone.now(),
        finished_at=timezone.now(),
    )


def _document(of: Organisation, by: Person, kind: str, **fields: Any) -> Document:
    code, now = new_code(), timezone.now()
    key = f"organisations/{of.pk}/{now:%Y%m}/{code}.txt"
    content = b"Nothing but plain words."
    put(key, io.BytesIO(content))
    return Document.objects.create(
        code=code,
        organisation=of,
        uploaded_by=by,
        kind=kind,
        name="x.txt",
        media_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=key,
        created_at=now,
        **fields,
    )


def _registers(world: World) -> None:
    """Give the customer and the rival a register and imports of their own."""
    now = timezone.now()
    for name, prefix in (("customer", ""), ("rival", "rival_")):
        owner, person = world.organisations[name], world.people[name]
        entry = RegisterEntry.objects.create(
            organisation=owner, name="x", address="x", country="BD", sector="x", match_key="x"
        )
        connected = RegisterEntry.objects.create(
            organisation=owner, name="x", country="BD", match_key="y", site=world["north"]
        )
        ExternalId.objects.create(organisation=owner, system="x", external_id="x", entry=entry)
        world.things |= {f"{prefix}entry": entry, f"{prefix}connected": connected}
        for state in (ImportState.PREVIEWED, ImportState.APPLIED):
            made = _import(owner, person, state, entry, now)
            world.things[f"{prefix}import_{state.value}"] = made
        MatchDecision.objects.create(
            organisation=owner, fingerprint="0" * 64, entry=entry, is_same=True, person=person, decided_at=now
        )


def _import(owner: Organisation, person: Person, state: str, entry: RegisterEntry, now: dt.datetime) -> Any:
    made = SiteImport.objects.create(
        organisation=owner,
        person=person,
        document=_document(owner, person, Document.Kind.IMPORT),
        file_name="x.csv",
        state=state,
        rows_total=4,
        rows_done=4,
        columns={"header": ["Name", "Address"], "meaning": {"name": 0, "address": 1}},
        summary=dict.fromkeys(SUMMARY, 1),
        uploaded_at=now,
        read_at=now,
        applied_at=now if state == ImportState.APPLIED else None,
    )
    for line, verdict in enumerate(("new", "match", "possible", "error"), start=2):
        ImportRow.objects.create(
            site_import=made,
            organisation=owner,
            line=line,
            raw={},
            values={**READ, "fingerprint": f"{line:064}"},
            verdict=verdict,
            reason="",
            candidate=entry if verdict in {"match", "possible"} else None,
        )
    return made


def _doors(world: World) -> None:
    """Make invitations and API tokens of the supplier, and one of each far away."""
    now = timezone.now()
    for name, prefix in (("supplier", ""), ("far_supplier", "far_")):
        owner, person = world.organisations[name], world.people[name]
        secret = invitation_secret(f"{prefix}invitation")
        world.things[f"{prefix}invitation"] = Invitation.objects.create(
            organisation=owner,
            email=f"{prefix}new@example.org",
            role=Role.VIEWER,
            token_hash=hash_secret(secret),
            invited_by=person,
            invited_at=now,
            expires_at=now + dt.timedelta(hours=72),
        )
        world.secret = world.secret or secret
        world.things[f"{prefix}api_token"] = _token(world, f"{prefix}full", owner, person, sorted(SCOPES))
    supplier, person = world.organisations["supplier"], world.people["supplier"]
    _token(world, "read_only", supplier, person, sorted(s for s in SCOPES if s.endswith(":read")))
    _token(world, "bare", supplier, person, [])
    revoked = _token(world, "revoked", supplier, person, sorted(SCOPES))
    ApiToken.objects.filter(pk=revoked.pk).update(revoked_at=now)


def _shares(world: World) -> None:
    """Share the audit with the stakeholder, its CAR alone with a person of the operator; and what is over."""
    stakeholder, operator = world.organisations["stakeholder"], world.people["operator"]
    world.things["share"] = share(world["audit"], stakeholder, granted_by=world.people["supplier"])
    world.things["share_car"] = share(world["car"], operator.email, granted_by=world.people["supplier"])
    world.things["share_over"] = past_share(world["audit"], world.organisations["unlinked"])
    world.things["far_share"] = share(world["far_audit"], world.organisations["asking"])


def _letter(world: World) -> None:
    """Put one thing into the customer's inbox."""
    now, customer = timezone.now(), world.organisations["customer"]
    entry = Entry.objects.create(
        at=now,
        verb="findings.plan_shared",
        organisation=world.organisations["supplier"],
        owner=world.organisations["supplier"],
        subject_kind="findings.finding",
        subject_id=world["car"].pk,
    )
    Outbox.objects.filter(entry=entry).delete()  # told already
    world.things["letter"] = Delivery.objects.create(
        entry=entry,
        person=world.people["customer"],
        organisation=customer,
        channel=Channel.INBOX,
        verb=entry.verb,
        title="A plan",
        path="/working-together/",
        happened_at=now,
        state=DeliveryState.SENT,
        sent_at=now,
        next_try_at=now,
    )


def _token(world: World, name: str, of: Organisation, person: Person, scopes: list[str]) -> ApiToken:
    secret = new_token()
    world.tokens[name] = secret
    return ApiToken.objects.create(
        organisation=of,
        person=person,
        name="x",
        token_hash=hash_secret(secret),
        scopes=scopes,
        expires_at=timezone.now() + dt.timedelta(days=1),
    )


def verify_addresses(world: World) -> None:
    """Let everyone have shown that they read their mail, as after signing up."""
    with owner_role():
        EmailAddress.objects.bulk_create(
            EmailAddress(user=one, email=one.email, verified=True, primary=True)
            for one in world.people.values()
        )
