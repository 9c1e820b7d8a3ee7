"""Who in an organisation is told of something; asked by notices, which run as the role job."""

from collections.abc import Iterable, Iterator

from ledger.registry import Recipient
from organisations.models import Membership
from organisations.visibility import RANK, Role


def people_of(
    organisation_ids: Iterable[int], *, at_least: Role = Role.EDITOR, site_id: int | None = None
) -> Iterator[Recipient]:
    """Give the active members of organisations who can act on something.

    Args:
        organisation_ids: the organisations to be told.
        at_least: the lowest role that is told.
        site_id: when given, members limited to other sites are left out.
    """
    roles = [role.value for role in Role if RANK[role] >= RANK[at_least]]
    rows = Membership.objects.active().filter(organisation_id__in=list(organisation_ids), role__in=roles)
    for row in rows.order_by("organisation_id", "pk"):
        if site_id is None or row.site_ids is None or site_id in row.site_ids:
            yield Recipient(person=row.person_id, organisation=row.organisation_id)
