"""Questions about people and organisations."""

from organisations.queries.activity import history_of
from organisations.queries.countries import country_name, country_names
from organisations.queries.door import fetch
from organisations.queries.inbox import unread_count
from organisations.queries.recipients import people_of
from organisations.queries.viewers import memberships_of, viewer_for, viewer_from

__all__ = [
    "country_name",
    "country_names",
    "fetch",
    "history_of",
    "memberships_of",
    "people_of",
    "unread_count",
    "viewer_for",
    "viewer_from",
]
