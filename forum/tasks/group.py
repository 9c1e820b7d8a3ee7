"""What the night looks at: whether the doors of groups stand as they should."""

from datetime import datetime

from forum.queries.drift import drift
from ledger.registry import nightly


class GroupAccessDrifted(RuntimeError):
    """The table that says who enters a group differs from its rule."""


@nightly("forum.access")
def check_access(at: datetime) -> None:
    """Raise the alarm when somebody enters more or less than the rule gives."""
    found = drift()
    if found:
        raise GroupAccessDrifted(str(found))
