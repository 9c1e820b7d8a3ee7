"""One busy group, as large at every scale: what its pages cost must not come from what stands behind them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import models

from bench.copying import code_of, copy
from bench.trade import Trade
from forum.models import (
    CompetitionNotice,
    Group,
    NoticeAcceptance,
    Participant,
    Post,
    Reaction,
    Thread,
)

KEY = "busy"
POSTS = 50_000
OF_A_THREAD = 20  # but of the busiest, which has a fifth of all posts
EVERY_THIRD = 3
WORDS = "Workers paid recruitment fees before they came, and nobody had asked them for a receipt. " * 7
FILL_GROUP_ACCESS = """INSERT INTO forum_groupaccess (group_id, person_id, organisation_id, is_co_lead, is_guest)
SELECT group_id, person_id, organisation_id, is_co_lead, is_guest FROM forum_group_access_rule"""
TALKED: list[type[models.Model]] = [
    *(Group, CompetitionNotice, NoticeAcceptance, Participant),
    *(Thread, Post, Reaction),
]


def load_talking(cursor: psycopg.Cursor[Any], trade: Trade) -> None:
    """Write the group, its people, who are those of the largest buyers and of the firm, and what they said."""
    now = dt.datetime.combine(trade.on, dt.time(), dt.UTC)
    people = sorted({trade.big_buyer, trade.mid_buyer, trade.big_firm})
    about = {
        "key": KEY,
        "title": "Busy",
        "summary": "Talks.",
        "kind": "network",
        "entry": "open",
        "language": "en",
    }
    names = ("id", "code", "operator_id", "created_at", *about)
    copy(cursor, Group, names, [(1, code_of("G", 1), trade.big_buyer, now, *about.values())])
    notice = (1, code_of("N", 1), trade.big_buyer, 1, "We do not talk about prices.", now)
    copy(cursor, CompetitionNotice, ("id", "code", "operator_id", "number", "body", "published_at"), [notice])
    accepted = ((one, 1, one, one, now) for one in people)
    copy(
        cursor, NoticeAcceptance, ("id", "notice_id", "person_id", "organisation_id", "accepted_at"), accepted
    )
    _load_people(cursor, trade, people, now)
    sizes = _sizes(min(POSTS, trade.scale.findings * 5))
    _load_threads(cursor, trade, sizes, now)
    _load_posts(cursor, trade, people, sizes, now)
    cursor.execute(FILL_GROUP_ACCESS.encode())


def _load_people(cursor: psycopg.Cursor[Any], trade: Trade, people: list[int], now: dt.datetime) -> None:
    names = ("id", "code", "group_id", "person_id", "person_name", "organisation_id", "organisation_name")
    rows = (
        (one, code_of("P", one), 1, one, f"Person {one}", one, trade.name(one), "member", "active", now, now)
        for one in people
    )
    copy(cursor, Participant, (*names, "role", "state", "since_at", "joined_at"), rows)


def _sizes(posts: int) -> list[int]:
    busiest = posts // 5
    return [busiest, *([OF_A_THREAD] * ((posts - busiest) // OF_A_THREAD))]


def _load_threads(cursor: psycopg.Cursor[Any], trade: Trade, sizes: list[int], now: dt.datetime) -> None:
    names = ("id", "code", "group_id", "title", "started_at", "last_at", "posts_count")
    rows = (
        (
            number,
            code_of("T", number),
            1,
            f"Thread {number}",
            now,
            now - dt.timedelta(minutes=number),
            size,
            "en",
            trade.big_buyer,
            trade.big_buyer,
            trade.name(trade.big_buyer),
        )
        for number, size in enumerate(sizes, 1)
    )
    copy(cursor, Thread, (*names, "language", "person_id", "organisation_id", "organisation_name"), rows)


def _load_posts(
    cursor: psycopg.Cursor[Any], trade: Trade, people: list[int], sizes: list[int], now: dt.datetime
) -> None:
    written = list(_posts(sizes))
    names = ("id", "code", "group_id", "thread_id", "number", "body", "posted_at", "state", "language")
    who = [(one, f"Person {one}", one, trade.name(one)) for one in people]
    rows = (
        (
            *(post, code_of("Q", post), 1, thread, number, f"{WORDS} {number}."),
            *(now - dt.timedelta(minutes=thread), "shown", "en", *who[post % len(who)]),
        )
        for post, thread, number in written
    )
    author = ("person_id", "person_name", "organisation_id", "organisation_name")
    copy(cursor, Post, (*names, *author), rows)
    thanks = (
        (post, 1, post, "thanks", *who[(post + 1) % len(who)])
        for post, _thread, number in written
        if number % EVERY_THIRD == 0
    )
    copy(cursor, Reaction, ("id", "group_id", "post_id", "kind", *author), thanks)


def _posts(sizes: list[int]) -> Iterator[tuple[int, int, int]]:
    post = 0
    for thread, size in enumerate(sizes, 1):
        for number in range(1, size + 1):
            post += 1
            yield post, thread, number
