"""A group with fifty thousand posts: its pages ask few questions and cost little, whatever stands behind them."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forum.models import Thread
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_discussion as talk
from tests.schemes.tasks.test_scale import superuser

POSTS = int(os.environ.get("FORUM_POSTS", "2000"))
# Beyond the shell that every page has, which takes five: the newest posts and threads take eight in all.
MOST_STATEMENTS = 8
MOST_OF_THE_NEWEST = 3
NEWEST = ("the newest posts of the busiest thread", "the threads")
MOST_MILLISECONDS = 80
COPIES = """
WITH threads AS (
  INSERT INTO forum_thread
  SELECT (jsonb_populate_record(t, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('forum_thread', 'id')), 'code', 'T' || n, 'title', 'Thread ' || n,
    'posts_count', CASE WHEN n = 1 THEN %(posts)s / 5 ELSE 20 END,
    'last_at', now() - make_interval(mins => n)))).*
    FROM generate_series(1, 1 + (%(posts)s - %(posts)s / 5) / 20) n, forum_thread t WHERE t.id = %(thread)s
  RETURNING id, posts_count, last_at
)
INSERT INTO forum_post (code, group_id, thread_id, person_id, person_name, organisation_id, organisation_name, number,
                        body, language, posted_at, state)
SELECT 'P' || threads.id || 'N' || n, p.group_id, threads.id, p.person_id, p.person_name, p.organisation_id,
       p.organisation_name, n, repeat('Workers paid recruitment fees in year ' || n || '. ', 12), 'en',
       threads.last_at, 'shown'
  FROM threads, generate_series(1, threads.posts_count) n, forum_post p WHERE p.id = %(post)s
"""
MARKS = """
INSERT INTO forum_reaction (group_id, post_id, person_id, person_name, organisation_id, organisation_name, kind)
SELECT group_id, id, person_id, '', organisation_id, '', 'thanks' FROM forum_post WHERE number %% 3 = 0;
ANALYZE forum_post; ANALYZE forum_thread; ANALYZE forum_reaction
"""


@pytest.fixture
def room(db: Any) -> make.Room:
    made = make.group("busy")
    first = talk.thread(made.group, made.buyer)
    with owner_role():
        post = first.posts.get()
    with superuser(), connection.cursor() as cursor:
        cursor.execute(COPIES, {"posts": POSTS, "thread": first.pk, "post": post.pk})
        cursor.execute(MARKS.replace("%%", "%"))
    return made


def _measured(client: Client, url: str) -> tuple[int, float]:
    """Return the statements of a warm page beyond its shell, and the processor time of the best of five, in ms."""
    client.get(url)
    with CaptureQueriesContext(connection) as shell:
        client.get(reverse("organisations:new"))
    of_shell = len(shell)  # counted now: each request empties the log
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    statements = len(asked) - of_shell
    times = []
    for _ in range(5):
        begun = time.process_time()
        client.get(url)
        times.append((time.process_time() - begun) * 1000)
    return statements, min(times)


def test_pages_of_a_busy_group_cost_little(room: make.Room, client_for: Callable[..., Client]) -> None:
    client = client_for(make.membership_of(room.guest).person)
    busiest = Thread(code="T1")
    pages = {
        "the newest posts of the busiest thread": reverse("forum:thread", args=["busy", busiest.code]),
        "the threads": reverse("forum:group_discussion", args=["busy"]),
        "posts in the middle": reverse("forum:thread", args=["busy", busiest.code]) + f"?from={POSTS // 10}",
        "what is new in one's groups": reverse("forum:discussion"),
        "words that every post has": reverse("forum:discussion_search", args=["busy"]) + "?q=recruitment+fee",
    }
    for name, url in pages.items():
        statements, milliseconds = _measured(client, url)
        print(f"\n{POSTS} posts, {name}: {statements} statements beyond the shell, {milliseconds:.0f} ms")
        most = MOST_OF_THE_NEWEST if name in NEWEST else MOST_STATEMENTS
        assert statements <= most, name
        assert milliseconds <= MOST_MILLISECONDS, name
