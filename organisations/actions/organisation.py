"""Founding an organisation and keeping its facts right."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ledger.acting import become
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.models import Membership, Organisation, Person
from organisations.permissions import can_administer
from organisations.queries import viewer_from
from organisations.visibility import FREE_CAPABILITIES, Capability, Role, Viewer


def found_organisation(
    *, person: Person, name: str, country: str, capabilities: Collection[Capability], at: datetime
) -> Membership:
    """Found an organisation with `person` as its first admin; from here on the transaction acts for it.

    Promises: the organisation, the founder's membership and one ledger entry, or nothing at all. The number is
    taken from the sequence first, since the database lets an organisation be written only by itself.

    Args:
        capabilities: any of the free ones; the operator of the installation gives the others.

    Raises:
        Refusal: code `capability-not-free` or `no-capability`.
    """
    if not capabilities:
        raise Refusal("no-capability", _("Choose at least one thing that your organisation is."), status=422)
    if not set(capabilities) <= FREE_CAPABILITIES:
        raise Refusal(
            "capability-not-free",
            _("Audit firms, scheme bodies and operators are confirmed by those who run this installation."),
            status=403,
        )
    with transaction.atomic():
        number = _next_number()
        become(organisation_id=number)
        organisation = Organisation.objects.create(
            pk=number, name=name, country=country, capabilities=sorted(one.value for one in capabilities)
        )
        founder = Membership.objects.create(organisation=organisation, person=person, role=Role.ADMIN)
        record(
            verb="organisations.founded",
            by=viewer_from(founder),
            subject=organisation,
            owner_id=organisation.pk,
            at=at,
            data={"name": name, "country": country, "capabilities": organisation.capabilities},
        )
    return founder


def edit_organisation(
    *, viewer: Viewer, organisation: Organisation, name: str, country: str, at: datetime
) -> None:
    """Correct the organisation's own name and country; what it is stays with the operator.

    Promises: a ledger entry with both, before and after; none when nothing changed.
    Raises: Forbidden, unless the viewer is one of its admins.
    """
    can_administer(viewer).require()
    with transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=viewer.organisation_id)
        before = {"name": locked.name, "country": locked.country}
        after = {"name": name, "country": country}
        if before == after:
            return
        locked.name, locked.country = name, country
        locked.save(update_fields=["name", "country"])
        record(
            verb="organisations.edited",
            by=viewer,
            subject=locked,
            owner_id=locked.pk,
            at=at,
            data={"before": before, "after": after},
        )
    organisation.name, organisation.country = name, country


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organisations_organisation', 'id'))")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
