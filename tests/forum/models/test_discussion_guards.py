"""What the database refuses in a discussion, whoever asks by SQL."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from forum.models import Mention, ModerationStep, Post, PostFile, Thread, ThreadReading
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_discussion as talk


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _do(sql: str, *params: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


@pytest.fixture
def thread(room: make.Room) -> Thread:
    return talk.thread(room.group, room.buyer, posts=2)


@pytest.fixture
def post(thread: Thread) -> Post:
    with owner_role():
        return thread.posts.get(number=1)


def _refuses(sql: str, *params: Any) -> None:
    with pytest.raises(DatabaseError):
        _do(sql, *params)


def test_numbers_and_counts_are_kept_by_the_database(room: make.Room, thread: Thread) -> None:
    assert thread.posts_count == 2
    with _as(room.guest):
        for number in (3, 4):
            made = Post.objects.create(
                thread=thread,
                body="x",
                posted_at=thread.last_at,
                group=room.group,
                number=99,
                state="hidden",
                organisation_id=room.buyer.organisation_id,
            )
            made.refresh_from_db()
            assert (made.number, made.state, made.person_id) == (number, "shown", room.guest.person_id)
            assert made.organisation_id == room.guest.organisation_id
    with _as(room.guest):
        assert Thread.objects.get().posts_count == 4
        _refuses("UPDATE forum_thread SET posts_count = 1")


def test_a_post_stays_where_it_is_and_is_never_removed(room: make.Room, post: Post) -> None:
    with owner_role():
        _refuses("UPDATE forum_post SET posted_at = now() WHERE id = %s", post.pk)
        _refuses("UPDATE forum_post SET number = 9 WHERE id = %s", post.pk)
        _refuses("DELETE FROM forum_post WHERE id = %s", post.pk)
        _refuses("DELETE FROM forum_thread")


def test_only_its_author_changes_words_and_only_co_leads_hide(room: make.Room, post: Post) -> None:
    hide = "UPDATE forum_post SET state = 'hidden' WHERE id = %s"
    edit = "UPDATE forum_post SET body = 'y' WHERE id = %s"
    delete = "UPDATE forum_post SET state = 'deleted' WHERE id = %s"
    for outside in (room.outsider, room.stranger, room.supplier):
        with _as(outside):
            assert [_do(sql, post.pk) for sql in (hide, edit, delete)] == [0, 0, 0]
    with _as(room.buyer):
        _refuses(hide, post.pk)
        assert _do(edit, post.pk) == 1
    with _as(room.lead):
        _refuses("UPDATE forum_post SET body = 'z' WHERE id = %s", post.pk)
        _refuses(delete, post.pk)
        assert _do(hide, post.pk) == 1
        assert _do("UPDATE forum_post SET state = 'shown' WHERE id = %s", post.pk) == 1
    with _as(room.buyer):
        assert _do(delete, post.pk) == 1
        _refuses("UPDATE forum_post SET state = 'shown' WHERE id = %s", post.pk)


def test_words_that_are_hidden_are_nowhere_in_the_post(room: make.Room, post: Post) -> None:
    with _as(room.lead):
        _do("UPDATE forum_post SET state = 'hidden', body = 'kept' WHERE id = %s", post.pk)
    with _as(room.supplier), connection.cursor() as cursor:
        cursor.execute("SELECT body, words::text FROM forum_post WHERE id = %s", [post.pk])
        assert cursor.fetchone() == ("", "")


def test_a_locked_thread_takes_posts_of_co_leads_alone(room: make.Room, thread: Thread, post: Post) -> None:
    with _as(room.buyer):
        _refuses("UPDATE forum_thread SET is_locked = true")
        _refuses("UPDATE forum_thread SET is_pinned = true")
    with _as(room.lead):
        assert _do("UPDATE forum_thread SET is_locked = true") == 1
    fresh: dict[str, Any] = {"thread": thread, "group": room.group, "body": "x", "posted_at": thread.last_at}
    with _as(room.buyer):
        with pytest.raises(DatabaseError), transaction.atomic():
            Post.objects.create(**fresh, organisation_id=room.buyer.organisation_id)
        _refuses("UPDATE forum_post SET body = 'y' WHERE id = %s", post.pk)
    with _as(room.staff):
        Post.objects.create(**fresh, organisation_id=room.staff.organisation_id)


def test_the_author_alone_mentions_and_attaches_and_only_people_and_files_of_the_group(
    room: make.Room, post: Post
) -> None:
    given: dict[str, Any] = {"post": post, "group": room.group}
    with _as(room.supplier), pytest.raises(DatabaseError), transaction.atomic():
        Mention.objects.create(**given, person_id=room.guest.person_id)
    with _as(room.buyer):
        with pytest.raises(DatabaseError), transaction.atomic():
            Mention.objects.create(**given, person_id=room.stranger.person_id)
        made = Mention.objects.create(**given, person_id=room.guest.person_id)
        made.refresh_from_db()
        assert made.person_name
        with pytest.raises(DatabaseError), transaction.atomic():
            PostFile.objects.create(**given, document_id=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            made.delete()


def test_the_log_and_earlier_words_stay_as_they_are(room: make.Room, post: Post) -> None:
    with _as(room.buyer):
        _do("UPDATE forum_post SET body = 'y' WHERE id = %s", post.pk)
        _refuses("INSERT INTO forum_postversion (body) VALUES ('x')")
    with _as(room.supplier), pytest.raises(DatabaseError), transaction.atomic():
        ModerationStep.objects.create(
            thread=post.thread,
            group=room.group,
            kind="pin",
            at=post.posted_at,
            organisation_id=room.supplier.organisation_id,
        )
    with owner_role():
        _refuses("UPDATE forum_postversion SET body = 'z'")
        _refuses("DELETE FROM forum_postversion")


def test_how_far_somebody_has_read_is_their_own(room: make.Room, thread: Thread) -> None:
    given: dict[str, Any] = {"thread": thread, "group": room.group, "read_to": 1}
    with _as(room.guest):
        ThreadReading.objects.create(
            **given, person_id=room.guest.person_id, organisation_id=room.guest.organisation_id
        )
    with _as(room.supplier):
        assert not ThreadReading.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            ThreadReading.objects.create(
                **given, person_id=room.buyer.person_id, organisation_id=room.buyer.organisation_id
            )
    with _as(room.outsider), pytest.raises(DatabaseError), transaction.atomic():
        ThreadReading.objects.create(
            **given, person_id=room.outsider.person_id, organisation_id=room.outsider.organisation_id
        )


def test_a_report_is_closed_once_and_by_co_leads(room: make.Room, post: Post) -> None:
    with _as(room.guest):
        _do(
            """INSERT INTO forum_postreport (code, group_id, post_id, organisation_id, person_name, organisation_name,
                 reason, language, state, reported_at)
               VALUES ('R1', %s, %s, %s, '', '', 'x', '', 'open', now())""",
            room.group.pk,
            post.pk,
            room.guest.organisation_id,
        )
        assert _do("UPDATE forum_postreport SET state = 'dismissed', closed_at = now()") == 0
    with _as(room.lead):
        assert _do("UPDATE forum_postreport SET state = 'dismissed', closed_at = now()") == 1
        _refuses("UPDATE forum_postreport SET state = 'open', closed_at = NULL")
        _refuses("UPDATE forum_postreport SET reason = 'y'")
