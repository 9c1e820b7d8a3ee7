"""What a person finds in the inbox."""

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q

from ledger.models import Delivery
from ledger.models.delivery import DeliveryQuerySet
from ledger.refusals import NotVisible
from organisations.models import Membership

ORDER = ("-is_unread", "-happened_at", "-id")


def inbox_of(person_id: int, memberships: Iterable[Membership]) -> DeliveryQuerySet:
    """Return what `person_id` was told as themselves or as a member of an organisation they still belong to.

    Rows carry `is_unread`; order them by `ORDER`: unread first, newest first.
    """
    of_now = [one.organisation_id for one in memberships]
    mine = Q(organisation_id=None) | Q(organisation_id__in=of_now)
    is_unread = ExpressionWrapper(Q(read_at__isnull=True), output_field=BooleanField())
    return Delivery.objects.inbox(person_id).filter(mine).annotate(is_unread=is_unread)


def unread_count(person_id: int, memberships: Iterable[Membership]) -> int:
    """Return how many things in the inbox have not been opened."""
    return inbox_of(person_id, memberships).unread().order_by().count()


def delivery_of(person_id: int, memberships: Iterable[Membership], code: str) -> Delivery:
    """Return one thing of the person's own inbox.

    Raises:
        NotVisible: there is none with this code, or it is somebody else's.
    """
    found = inbox_of(person_id, memberships).filter(code=code).first()
    if found is None:
        raise NotVisible
    return found
