"""What is new in a person's groups since they were last told, and the link that ends such letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import reverse

from forum.models import NewsChoice
from ledger.acting import present_secret
from ledger.refusals import NotVisible
from organisations.models.secrets import hash_secret, link_secret, link_secret_kept_as
from organisations.visibility import Viewer

PURPOSE = "forum.news_stop"
# Posts of others that are shown, not seen yet and not muted, in groups that the person may enter now.
NEWS = """
SELECT w.choice_id, g.id, g.key, g.title, g.language, count(*), count(DISTINCT p.thread_id)
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS w(choice_id, since, until)
  JOIN forum_newschoice c ON c.id = w.choice_id
  JOIN forum_groupaccess a ON a.person_id = c.person_id AND a.organisation_id = c.organisation_id
  JOIN forum_group g ON g.id = a.group_id
  JOIN forum_post p ON p.group_id = a.group_id AND p.posted_at > w.since AND p.posted_at <= w.until
   AND p.state = 'shown' AND p.person_id IS DISTINCT FROM c.person_id
  LEFT JOIN forum_threadreading r
    ON r.thread_id = p.thread_id AND r.person_id = c.person_id AND r.organisation_id = c.organisation_id
  LEFT JOIN forum_grouplistening l
    ON l.group_id = p.group_id AND l.person_id = c.person_id AND l.organisation_id = c.organisation_id
 WHERE p.number > coalesce(r.read_to, 0)
   AND coalesce(nullif(r.attention, ''), l.attention, '') <> 'mute'
 GROUP BY 1, 2, 3, 4, 5 ORDER BY g.title, g.id
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A choice, and from when until when something may be new for it."""

    choice_id: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class GroupNews:
    """How much is new in a group."""

    group_id: int
    key: str
    title: str
    language: str
    posts: int
    threads: int


def news_of(spans: Iterable[Span]) -> dict[int, list[GroupNews]]:
    """Return what is new by choice, as each person may read it at this moment; one statement for any number.

    Runs as the role job, which sees every group; access is asked in the statement.
    """
    asked = list(spans)
    if not asked:
        return {}
    found: dict[int, list[GroupNews]] = {}
    with connection.cursor() as cursor:
        columns = [[getattr(one, name) for one in asked] for name in ("choice_id", "since", "until")]
        cursor.execute(NEWS, columns)
        for choice_id, *about in cursor.fetchall():
            found.setdefault(choice_id, []).append(GroupNews(*about))
    return found


def own_choice(viewer: Viewer) -> NewsChoice | None:
    """Return what the viewer has chosen; None for the ordinary way, once a day."""
    return NewsChoice.objects.visible_to(viewer).first()


def sealed(choice: NewsChoice) -> NewsChoice:
    """Give a choice the hash of the link that ends its letters."""
    choice.stop_hash = hash_secret(link_secret(PURPOSE, _seed(choice)))
    return choice


def stop_path(choice: NewsChoice) -> str:
    """Return the address that ends the letters of a choice without signing in; empty once that link is void."""
    secret = link_secret_kept_as(PURPOSE, _seed(choice), choice.stop_hash)
    return reverse("forum:news_stop", args=[secret]) if secret else ""


def choice_with(secret: str) -> NewsChoice:
    """Return the choice whose letters hold this link.

    Raises: NotVisible: no letter has it, or none any more.
    """
    digest = hash_secret(secret)
    present_secret(digest)
    found = NewsChoice.objects.filter(stop_hash=digest).first()
    if found is None:
        raise NotVisible
    return found


def _seed(choice: NewsChoice) -> str:
    return f"{choice.code}:{choice.stop_seed}"
