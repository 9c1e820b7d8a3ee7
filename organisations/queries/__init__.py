"""Questions about people and organisations."""

from organisations.queries.door import fetch
from organisations.queries.recipients import people_of
from organisations.queries.viewers import memberships_of, viewer_for, viewer_from

__all__ = ["fetch", "memberships_of", "people_of", "viewer_for", "viewer_from"]
