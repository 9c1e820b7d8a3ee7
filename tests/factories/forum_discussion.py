"""Threads and posts, as the owner of the tables may make them."""

from typing import Any

from django.utils import timezone

from forum.models import Group, Post, Thread
from organisations.visibility import Viewer
from tests.conftest import owner_role


def thread(
    of: Group, by: Viewer, *, title: str = "How we check fees", posts: int = 1, **fields: Any
) -> Thread:
    """Make a thread with that many posts by one person."""
    now = timezone.now()
    given: dict[str, Any] = {"language": "en", "started_at": now, "last_at": now} | fields
    with owner_role():
        made = Thread.objects.create(
            group=of, title=title, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
    for number in range(posts):
        post(made, by, body=f"Words number {number + 1}")
    with owner_role():
        made.refresh_from_db()
    return made


def post(of: Thread, by: Viewer, *, body: str = "We ask **each** worker.", **fields: Any) -> Post:
    """Write a post at the end of a thread."""
    given: dict[str, Any] = {"language": "en", "posted_at": timezone.now()} | fields
    with owner_role():
        made = Post.objects.create(
            thread=of, body=body, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        made.refresh_from_db()
        return made
