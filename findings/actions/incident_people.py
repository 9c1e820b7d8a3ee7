"""Who is named in a case: colleagues, customers that the supplier chose, helpers; ended at any time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from findings.actions.incident import locked, log_step, name
from findings.models import Incident, IncidentAccess, IncidentMember, IncidentSide, IncidentStep
from findings.permissions.incident import can_answer, can_end_naming, can_inform_customers, can_name_people
from findings.queries.incident import customers_of_site, my_place_in
from ledger.refusals import Refusal
from organisations.models import Membership
from organisations.visibility import Viewer
from sourcing.queries.organisation import organisation_with_code


def name_colleague(
    *, viewer: Viewer, incident: Incident, colleague: Membership, role: str, at: datetime
) -> IncidentMember:
    """Name a member of one's own organisation.

    Raises:
        Forbidden: see `can_name_people`.
        Refusal: `named-already`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_name_people(mine).require()
        role = role if mine.is_site else IncidentMember.Role.MEMBER
        return _named(viewer, incident, viewer.organisation_id, role, at, colleague=colleague)


def name_helper(
    *, viewer: Viewer, incident: Incident, organisation_code: str, email: str, role: str, at: datetime
) -> IncidentMember:
    """Name somebody of another organisation, such as a union, an NGO or the audit firm, by their address there.

    Raises:
        Forbidden: see `can_name_people`.
        Refusal: `unknown-code`, `customers-apart`, `named-already`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_inform_customers(mine).require()
        found = organisation_with_code(organisation_code.strip().upper())
        if found is None:
            raise _refused(
                "unknown-code",
                _("No organisation has this code. Please ask them for it."),
                "organisation_code",
            )
        role = (
            IncidentMember.Role.READER if role == IncidentMember.Role.READER else IncidentMember.Role.MEMBER
        )
        return _named(viewer, incident, found.id, role, at, email=email)


def inform_customers(
    *, viewer: Viewer, incident: Incident, addresses: Mapping[str, Iterable[str]], at: datetime
) -> list[IncidentMember]:
    """Tell the customers that the supplier chose, all at once: who is named at each, by address.

    Promises: whoever is a member there and reads mail at the address may open the case within seven days; the
    letter says nothing of what it is about; no customer learns that another was told.

    Args:
        addresses: code of the customer → addresses there. An address that is named already is passed over.

    Raises:
        Forbidden: see `can_inform_customers`.
        Refusal: `not-a-customer`, `nobody-named`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_inform_customers(mine).require()
        customers = {one.code: one for one in customers_of_site(incident)}
        if unknown := set(addresses) - set(customers):
            raise _refused("not-a-customer", _("This is not a customer of the site."), min(unknown))
        made = []
        for code, emails in addresses.items():
            for email in dict.fromkeys(one.strip().lower() for one in emails if one.strip()):
                if not _is_named(incident, customers[code].pk, email):
                    made.append(name(mine, organisation_id=customers[code].pk, email=email, at=at))
        if not made:
            raise Refusal("nobody-named", _("Write at least one new address."), status=422)
        for customer in {one.organisation_name for one in made}:
            text = _("%(customer)s was informed.") % {"customer": customer}
            log_step(mine, kind=IncidentStep.Kind.PEOPLE, text=text, audience="site", at=at)
    return made


def join_case(*, viewer: Viewer, incident: Incident, at: datetime) -> IncidentMember:
    """Open a case for the first time: the person's name now stands with the others.

    Promises: whoever opens it for the supplier as its lead takes the lead over from the audit firm.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        member = IncidentMember.objects.select_for_update(of=("self",)).get(pk=mine.member_id)
        if member.joined_at is not None:
            return member
        member.person_id, member.joined_at = viewer.person_id, at
        member.save(update_fields=["person", "joined_at"])
        member.refresh_from_db()
        if mine.is_lead and mine.is_site:
            held = (
                incident.members.in_force()
                .filter(role=IncidentMember.Role.LEAD)
                .exclude(side=IncidentSide.SITE)
            )
            for other in held:
                other.role = IncidentMember.Role.MEMBER
                other.save(update_fields=["role"])
    return member


def hand_lead(*, viewer: Viewer, incident: Incident, member: IncidentMember, at: datetime) -> IncidentMember:
    """Let another named person of the supplier lead the case, too.

    Raises:
        Forbidden: see `can_inform_customers`.
        Refusal: `not-the-suppliers`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_inform_customers(mine).require()
        if member.side != IncidentSide.SITE or member.ended_at is not None:
            raise Refusal(
                "not-the-suppliers", _("The supplier leads a case: choose somebody who works there.")
            )
        member.role = IncidentMember.Role.LEAD
        member.save(update_fields=["role"])
        text = _("%(who)s leads the case, too.") % {"who": member.called}
        log_step(mine, kind=IncidentStep.Kind.PEOPLE, text=text, audience="site", at=at)
    return member


def take_lead(*, viewer: Viewer, incident: Incident, at: datetime) -> IncidentMember:
    """Lead a case whose lead has left: somebody of the supplier who works on it, when nobody leads it any more.

    Raises:
        Forbidden: see `can_answer`.
        Refusal: `there-is-a-lead`; only the database knows, since nobody sees who may still read a case.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_answer(incident, mine).require()
        member = mine.member
        member.role = IncidentMember.Role.LEAD
        try:
            with transaction.atomic():
                member.save(update_fields=["role"])
        except IntegrityError as error:
            sentence = _("Somebody leads this case. Please ask them.")
            raise Refusal("there-is-a-lead", sentence) from error
        text = _("%(who)s took the lead.") % {"who": member.called}
        log_step(mine, kind=IncidentStep.Kind.PEOPLE, text=text, audience="site", at=at)
    return member


def end_naming(*, viewer: Viewer, incident: Incident, member: IncidentMember, at: datetime) -> IncidentMember:
    """End somebody's naming, or one's own: with this transaction the case is gone for them.

    Raises:
        Forbidden: see `can_end_naming`.
        Refusal: `last-lead`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_end_naming(mine, member).require()
        leads = incident.members.in_force().filter(role=IncidentMember.Role.LEAD, joined_at__isnull=False)
        if member.role == IncidentMember.Role.LEAD and not leads.exclude(pk=member.pk).exists():
            sentence = _("Somebody has to lead this case. Let another person lead it first.")
            raise Refusal("last-lead", sentence)
        if mine.may_write:
            text = _("%(who)s is not named any more.") % {"who": member.called}
            audience = "one" if member.side != IncidentSide.SITE and not mine.is_site else "site"
            log_step(mine, kind=IncidentStep.Kind.PEOPLE, text=text, audience=audience, at=at)
        member.ended_at = at
        member.save(update_fields=["ended_at"])
    return member


def agree_to_meet(*, viewer: Viewer, incident: Incident, agrees: bool, at: datetime) -> IncidentMember:
    """Say whether the supplier may introduce one to other organisations in the case, if there are any."""
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        member = IncidentMember.objects.select_for_update(of=("self",)).get(pk=mine.member_id)
        member.agreed_at = at if agrees else None
        member.save(update_fields=["agreed_at"])
    return member


def introduce(*, viewer: Viewer, incident: Incident, member: IncidentMember, at: datetime) -> IncidentMember:
    """Introduce somebody who agreed to the others who agreed and were introduced.

    Raises:
        Forbidden: see `can_inform_customers`.
        Refusal: `not-agreed`.
    """
    with transaction.atomic():
        incident, mine = _held(viewer, incident)
        can_inform_customers(mine).require()
        if member.agreed_at is None or member.ended_at is not None:
            raise Refusal("not-agreed", _("This person has not agreed to be introduced."))
        member.introduced_at = at
        member.save(update_fields=["introduced_at"])
    return member


def _held(viewer: Viewer, incident: Incident) -> tuple[Incident, IncidentAccess]:
    return locked(viewer, incident), my_place_in(viewer, incident)


def _is_named(incident: Incident, organisation_id: int, email: str) -> bool:
    return incident.members.in_force().filter(organisation_id=organisation_id, email=email).exists()


def _named(
    viewer: Viewer,
    incident: Incident,
    organisation_id: int,
    role: str,
    at: datetime,
    *,
    colleague: Membership | None = None,
    email: str = "",
) -> IncidentMember:
    mine, email = my_place_in(viewer, incident), email.strip().lower()
    rows = incident.members.in_force().filter(organisation_id=organisation_id)
    is_there = rows.filter(person_id=colleague.person_id) if colleague else rows.filter(email=email)
    if is_there.exists():
        raise _refused(
            "named-already", _("This person is named already."), "colleague" if colleague else "email"
        )
    person_id = colleague.person_id if colleague else None
    member = name(mine, organisation_id=organisation_id, person_id=person_id, email=email, role=role, at=at)
    text = _("%(who)s (%(organisation)s) was named.") % {
        "who": member.called,
        "organisation": member.organisation_name,
    }
    log_step(mine, kind=IncidentStep.Kind.PEOPLE, text=text, audience="site", at=at)
    return member


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
