"""What happens without anyone asking: registers follow accepted links, and a check each night."""

from datetime import datetime

from ledger.models import Entry
from ledger.registry import nightly, reaction
from sourcing.actions.link import connect_register
from sourcing.models import TradeLink
from sourcing.queries.drift import drift


class AccessDrifted(RuntimeError):
    """A table that says who sees what differs from its rule."""


@reaction("sourcing.link_accepted")
def point_register_at_sites(entry: Entry) -> None:
    """Connect the customer's register entries with the sites that the supplier said they are."""
    connect_register(link=TradeLink.objects.get(pk=entry.subject_id))


@nightly("sourcing.access")
def check_access(at: datetime) -> None:
    """Raise the alarm when somebody sees more or less than the rules give."""
    found = [one for one in drift() if one]
    if found:
        raise AccessDrifted("; ".join(map(str, found)))
