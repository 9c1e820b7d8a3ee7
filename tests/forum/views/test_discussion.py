"""Pages of a discussion: what stands on them, what works without scripts, what comes back after a mistake."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum.models import Mention, Post, PostFile, Thread, ThreadReading
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_discussion as talk

Door = Callable[[Viewer], Client]


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality", title="Audit quality")


@pytest.fixture
def thread(room: make.Room) -> Thread:
    return talk.thread(room.group, room.buyer, posts=2)


@pytest.fixture
def enter(client_for: Callable[..., Client]) -> Door:
    return lambda who: client_for(make.membership_of(who).person)


def _url(name: str, *codes: str) -> str:
    return reverse(f"forum:{name}", args=["audit-quality", *codes])


def test_a_thread_with_mention_and_file_is_begun_on_the_page(room: make.Room, enter: Door) -> None:
    client = enter(room.supplier)
    assert b"Nobody has begun a thread yet" in client.get(_url("group_discussion")).content
    with owner_role():
        part = room.group.participants.get(person_id=room.buyer.person_id)
    file = SimpleUploadedFile("fees.txt", b"Nobody pays for work.", "text/plain")
    body = {
        "title": "Fees",
        "body": "**Who** pays?",
        "language": "en",
        "mentions": [part.pk],
        "files": [file],
    }
    answer = client.post(_url("thread_new"), body, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    for piece in ("<strong>Who</strong> pays?", "Fees", "fees.txt", "Mentioned:"):
        assert piece in text
    with owner_role():
        assert Mention.objects.get().person_id == room.buyer.person_id
        kept = PostFile.objects.get()
    handed = enter(room.guest).get(_url("post_file", kept.code))
    assert (handed.status_code, handed["Content-Disposition"]) == (200, 'attachment; filename="fees.txt"')
    assert enter(room.outsider).get(_url("post_file", kept.code)).status_code == 403


def test_what_was_typed_comes_back_with_the_reason(room: make.Room, thread: Thread, enter: Door) -> None:
    client = enter(room.guest)
    odd = SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    answer = client.post(_url("thread_reply", thread.code), {"body": "A long answer", "files": [odd]})
    assert answer.status_code == 422
    assert b"A long answer" in answer.content
    answer = client.post(_url("thread_reply", thread.code), {"body": "   "})
    assert answer.status_code == 422
    with owner_role():
        assert thread.posts.count() == 2
        assert not PostFile.objects.exists()


def test_a_thread_opens_where_the_reader_stopped(room: make.Room, enter: Door) -> None:
    long = talk.thread(room.group, room.buyer, title="Long", posts=45)
    client = enter(room.guest)
    first = client.get(_url("thread", long.code))
    assert [one["post"].number for one in first.context["lines"]] == list(range(26, 46))
    with owner_role():
        ThreadReading.objects.update(read_to=10)
    again = client.get(_url("thread", long.code))
    assert [one["post"].number for one in again.context["lines"]] == list(range(11, 31))
    assert b"Later posts" in again.content
    with owner_role():
        assert ThreadReading.objects.get().read_to == 30
    for odd in ("0", "99999999", "x", "-1", "1" * 30):
        assert client.get(_url("thread", long.code), {"from": odd}).status_code == 200


def test_a_link_to_a_post_leads_to_its_place(room: make.Room, thread: Thread, enter: Door) -> None:
    with owner_role():
        post = thread.posts.get(number=2)
    answer = enter(room.guest).get(_url("post", post.code))
    assert answer["Location"] == f"{_url('thread', thread.code)}?from=1#post-2"


def test_words_of_people_are_shown_and_never_run(room: make.Room, enter: Door) -> None:
    evil = talk.thread(room.group, room.buyer, title="<script>alert(1)</script>", posts=0)
    talk.post(
        evil,
        room.buyer,
        body="<script>alert(2)</script> [x](javascript:alert(3)) ![p](https://evil.example/p.png)",
    )
    text = enter(room.guest).get(_url("thread", evil.code)).content.decode()
    assert "<script>alert" not in text
    assert 'href="javascript' not in text
    assert 'src="https://evil' not in text
    assert "&lt;script&gt;alert(2)" in text


def test_a_deleted_and_a_hidden_post_say_so_and_no_more(room: make.Room, thread: Thread, enter: Door) -> None:
    with owner_role():
        post = thread.posts.get(number=2)
    assert enter(room.buyer).post(_url("post_delete", post.code)).status_code == 302
    for who in (room.guest, room.lead):
        text = enter(who).get(_url("thread", thread.code)).content.decode()
        assert "Words number 2" not in text
        assert "deleted this post" in text
    assert b"Words number 2" in enter(room.lead).get(_url("post_history", post.code)).content
    assert enter(room.guest).get(_url("post_history", post.code)).status_code == 403


def test_a_reader_reports_and_a_co_lead_hides_and_shows(room: make.Room, thread: Thread, enter: Door) -> None:
    with owner_role():
        post = thread.posts.get(number=1)
    said = {"reason": "It names a worker", "language": "en"}
    assert enter(room.guest).post(_url("post_report", post.code), said).status_code == 302
    lead = enter(room.lead)
    assert b"1 report waits" in lead.get(_url("group_discussion")).content
    page = lead.get(_url("moderation")).content.decode()
    assert "It names a worker" in page
    assert "only co-leads see this name" in page
    assert lead.post(_url("post_hide", post.code), {"reason": ""}).status_code == 422
    assert lead.post(_url("post_hide", post.code), {"reason": "A name"}).status_code == 302
    assert "Words number 1" not in enter(room.guest).get(_url("thread", thread.code)).content.decode()
    assert lead.post(_url("post_show", post.code)).status_code == 302
    assert "Words number 1" in enter(room.guest).get(_url("thread", thread.code)).content.decode()
    assert enter(room.guest).get(_url("moderation")).status_code == 403


def test_posts_are_found_by_any_form_of_their_words_in_their_language(room: make.Room, enter: Door) -> None:
    found = talk.thread(room.group, room.buyer, title="Fees", posts=0)
    talk.post(found, room.buyer, body="Workers were **paying** recruitment fees <b>twice</b>.")
    talk.post(found, room.buyer, body="Die Arbeiterinnen bezahlten Gebühren.", language="de")
    talk.post(found, room.buyer, body="مرحبا بكم في المجموعة", language="ar")
    elsewhere = make.group("elsewhere")
    talk.post(talk.thread(elsewhere.group, elsewhere.buyer, posts=0), elsewhere.buyer, body="Pay us a visit")
    client = enter(room.guest)

    def numbers(words: str, url: str = _url("discussion_search")) -> list[int]:
        return sorted(one.post.number for one in client.get(url, {"q": words}).context["found"])

    assert numbers("pay") == [1]
    assert numbers("recruit fee") == [1]
    assert numbers('"recruitment fees"') == [1]
    assert numbers("Arbeiterin") == [2]
    assert numbers("المجموعة") == [3]
    assert numbers("pay -fees") == []
    assert numbers("pay", reverse("forum:discussion")) == [1]
    assert numbers("'; DROP TABLE forum_post; --") == []
    for odd in ("&|!()<>:*", '"', "a" * 200, "\x00", "%", "the"):
        assert client.get(_url("discussion_search"), {"q": odd}).status_code == 200
    text = client.get(_url("discussion_search"), {"q": "paying"}).content.decode()
    assert "<mark>paying</mark>" in text
    assert "<b>twice</b>" not in text
    assert enter(elsewhere.guest).get(reverse("forum:discussion"), {"q": "fees"}).context["found"] == []


def test_hidden_words_are_not_found(room: make.Room, thread: Thread, enter: Door) -> None:
    with owner_role():
        Post.objects.filter(thread=thread, number=1).update(state="hidden", changed_at=timezone.now())
    answer = enter(room.lead).get(_url("discussion_search"), {"q": "words number"})
    assert [one.post.number for one in answer.context["found"]] == [2]


def test_unread_posts_are_counted_by_group_and_thread(room: make.Room, thread: Thread, enter: Door) -> None:
    client = enter(room.guest)
    assert b"2 new posts" in client.get(reverse("forum:discussion")).content
    assert b"2 new" in client.get(_url("group_discussion")).content
    client.get(_url("thread", thread.code))
    assert b"nothing new" in client.get(reverse("forum:discussion")).content
    assert client.post(_url("discussion_seen")).status_code == 302


def test_following_muting_and_rhythm_are_chosen_on_pages(
    room: make.Room, thread: Thread, enter: Door
) -> None:
    client = enter(room.guest)
    assert client.post(_url("thread_listen", thread.code), {"attention": "mute"}).status_code == 302
    assert client.post(_url("discussion_listen"), {"attention": "follow"}).status_code == 302
    assert client.post(_url("discussion_listen"), {"attention": "shout"}).status_code == 422
    assert b"Muted" in client.get(_url("group_discussion")).content
    answer = client.post(reverse("forum:news"), {"rhythm": "weekly", "mails_mentions": "on"}, follow=True)
    assert answer.context["form"].instance.rhythm == "weekly"
    assert client.post(reverse("forum:news"), {"rhythm": "hourly"}).status_code == 422
    assert client.post(reverse("forum:news"), {"void": "1"}).status_code == 302
