"""What people in a group do with threads and posts, and who is told of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import Document
from forum.actions.discussion import (
    delete_post,
    edit_post,
    listen_to_group,
    listen_to_thread,
    mark_read,
    react,
    read_everything,
    rename_thread,
    start_thread,
    write_post,
)
from forum.actions.moderation import dismiss_report, hide_post, report_post, set_lock, set_pin, show_post
from forum.actions.news import choose_news
from forum.models import (
    Mention,
    ModerationStep,
    Post,
    PostReport,
    PostVersion,
    Reaction,
    Thread,
    ThreadReading,
)
from forum.queries.thread import thread_called, unread_by_group
from ledger.acting import acting
from ledger.models import Channel, Delivery, Entry
from ledger.refusals import Forbidden, NotVisible, Refusal
from ledger.relay import relay
from organisations.models import Organisation
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_discussion as talk
from tests.factories import organisations as people


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


@pytest.fixture
def thread(room: make.Room) -> Thread:
    return talk.thread(room.group, room.buyer)


@pytest.fixture
def post(thread: Thread, room: make.Room) -> Post:
    with owner_role():
        found = thread.posts.select_related("thread").get()
    found.group = found.thread.group = room.group
    return found


def _start(who: Viewer, room: make.Room, **more: Any) -> Thread:
    given: dict[str, Any] = {"title": "Fees", "body": "We ask **each** worker.", "language": "en"} | more
    with _as(who):
        return start_thread(viewer=who, group=room.group, at=timezone.now(), **given)


def _write(who: Viewer, thread: Thread, room: make.Room, body: str = "I agree", **more: Any) -> Post:
    with _as(who):
        thread.group = room.group
        return write_post(viewer=who, thread=thread, body=body, at=timezone.now(), **more)


def _told(verb: str) -> Iterator[tuple[int | None, str]]:
    with job_role():
        while relay(timezone.now()):
            pass
        for one in Delivery.objects.filter(verb=verb).order_by("pk"):
            yield one.person_id, one.channel


def test_a_thread_begins_with_a_post_signed_by_whoever_writes(room: make.Room) -> None:
    thread = _start(room.supplier, room)
    with _as(room.guest):
        found = Thread.objects.visible_to(room.guest).get()
        post = found.posts.get()
        assert (found.posts_count, post.number, post.body) == (1, 1, "We ask **each** worker.")
        assert post.person_id == room.supplier.person_id
        assert post.person_name
        assert post.organisation_name
    for outside in (room.outsider, room.stranger):
        with _as(outside):
            assert not Thread.objects.exists()
            assert not Post.objects.exists()
            with pytest.raises(NotVisible):
                thread_called(thread.code, group=room.group, viewer=outside)


def test_people_outside_write_nothing(room: make.Room, thread: Thread) -> None:
    for outside in (room.outsider, room.stranger):
        with pytest.raises(Forbidden):
            _start(outside, room)
        with pytest.raises(Forbidden):
            _write(outside, thread, room)
    assert _write(room.guest, thread, room).number == 2


def test_an_empty_post_and_one_too_long_are_refused_with_a_sentence(room: make.Room, thread: Thread) -> None:
    for body, code in (("  ", "words-missing"), ("x" * 20_001, "post-too-long")):
        with pytest.raises(Refusal) as refused:
            _write(room.buyer, thread, room, body)
        assert refused.value.code == code
    with pytest.raises(Refusal):
        _start(room.buyer, room, title=" ")


def test_a_closed_group_takes_no_posts(room: make.Room, thread: Thread) -> None:
    with owner_role():
        room.group.state, room.group.closed_at = "closed", timezone.now()
        room.group.save()
    with pytest.raises(Forbidden):
        _write(room.lead, thread, room)


def test_whoever_is_mentioned_is_told_at_once_and_nobody_outside(room: make.Room, thread: Thread) -> None:
    wanted = [room.supplier.person_id, room.outsider.person_id, room.stranger.person_id]
    post = _write(room.buyer, thread, room, "What do you think?", mentions=wanted)
    with _as(room.guest):
        assert [one.person_id for one in Mention.objects.all()] == [room.supplier.person_id]
    assert list(_told("forum.mentioned")) == [
        (room.supplier.person_id, Channel.INBOX),
        (room.supplier.person_id, Channel.EMAIL),
    ]
    with job_role():
        said = Delivery.objects.filter(verb="forum.mentioned").first()
        entry = Entry.objects.get(verb="forum.mentioned")
    assert said is not None
    assert said.path.endswith(f"/posts/{post.code}/")
    assert room.group.title in said.title
    assert thread.title not in said.title
    assert thread.title not in str(entry.data)
    assert post.body not in str(entry.data)


def test_a_mention_comes_to_the_inbox_alone_for_whoever_wants_no_letter(
    room: make.Room, thread: Thread
) -> None:
    with _as(room.supplier):
        choose_news(viewer=room.supplier, rhythm="none", mails_mentions=False, at=timezone.now())
    _write(room.buyer, thread, room, mentions=[room.supplier.person_id])
    assert list(_told("forum.mentioned")) == [(room.supplier.person_id, Channel.INBOX)]


def test_each_post_is_told_at_once_to_whoever_wants_it_so(room: make.Room, thread: Thread) -> None:
    for who in (room.supplier, room.lead, room.guest, room.staff, room.second):
        with _as(who):
            choose_news(viewer=who, rhythm="at_once", mails_mentions=True, at=timezone.now())
    with _as(room.supplier):
        listen_to_thread(viewer=room.supplier, thread=_fresh(thread, room), attention="follow")
    with _as(room.lead):
        listen_to_group(viewer=room.lead, group=room.group, attention="follow")
    with _as(room.staff):
        listen_to_group(viewer=room.staff, group=room.group, attention="follow")
        listen_to_thread(viewer=room.staff, thread=_fresh(thread, room), attention="mute")
    _write(
        room.second, thread, room
    )  # who has written here listens from now on, and is not told of it themselves
    told = {person for person, _channel in _told("forum.posted")}
    assert told == {room.supplier.person_id, room.lead.person_id}
    _write(room.buyer, thread, room)
    told = {person for person, _channel in _told("forum.posted")}
    assert told == {room.supplier.person_id, room.lead.person_id, room.second.person_id}


def _fresh(thread: Thread, room: make.Room) -> Thread:
    thread.group = room.group
    return thread


def test_files_are_kept_in_the_group_for_nobody_else(room: make.Room, thread: Thread) -> None:
    file = SimpleUploadedFile("fees.txt", b"Nobody pays for work.", "text/plain")
    post = _write(room.buyer, thread, room, files=[file])
    with _as(room.guest):
        assert post.files.get().document.name == "fees.txt"
    with _as(room.outsider):
        assert not Document.objects.exists()


def test_bad_files_are_refused_and_nothing_is_posted(room: make.Room, thread: Thread) -> None:
    odd = SimpleUploadedFile("<img src=x onerror=alert(1)>.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    with pytest.raises(Refusal):
        _write(room.buyer, thread, room, files=[odd])
    with owner_role():
        assert thread.posts.count() == 1


def test_unread_posts_are_counted_and_one_s_own_are_not(room: make.Room, thread: Thread) -> None:
    _write(room.supplier, thread, room)
    with _as(room.supplier):
        assert unread_by_group(room.supplier) == {}
    with _as(room.guest):
        assert unread_by_group(room.guest) == {room.group.pk: 2}
        mark_read(viewer=room.guest, thread=_fresh(thread, room), up_to=1)
        assert unread_by_group(room.guest) == {room.group.pk: 1}
        mark_read(viewer=room.guest, thread=thread, up_to=0)
        assert unread_by_group(room.guest) == {room.group.pk: 1}
        read_everything(viewer=room.guest, group=room.group)
        assert unread_by_group(room.guest) == {}
    with _as(room.buyer):
        assert not ThreadReading.objects.exclude(person_id=room.buyer.person_id).exists()


def test_an_edited_post_keeps_its_earlier_words_for_its_author_and_co_leads(
    room: make.Room, post: Post
) -> None:
    with _as(room.supplier), pytest.raises(Forbidden):
        edit_post(viewer=room.supplier, post=post, body="Mine now", at=timezone.now())
    with _as(room.buyer):
        changed = edit_post(
            viewer=room.buyer, post=post, body="Other words", language="en", at=timezone.now()
        )
    assert changed.edited_at is not None
    for who, number in ((room.buyer, 1), (room.lead, 1), (room.supplier, 0), (room.outsider, 0)):
        with _as(who):
            assert PostVersion.objects.count() == number
            assert PostVersion.objects.visible_to(who).count() == number


def test_a_deleted_post_leaves_no_words_behind_but_for_co_leads(room: make.Room, post: Post) -> None:
    with _as(room.lead), pytest.raises(Forbidden):
        delete_post(viewer=room.lead, post=post, at=timezone.now())
    with _as(room.buyer):
        gone = delete_post(viewer=room.buyer, post=post, at=timezone.now())
        assert (gone.state, gone.body) == ("deleted", "")
        with pytest.raises(Refusal):
            delete_post(viewer=room.buyer, post=gone, at=timezone.now())
    with _as(room.staff):
        assert PostVersion.objects.get().body == "Words number 1"


def test_a_reaction_is_given_and_taken_back(room: make.Room, post: Post) -> None:
    with _as(room.guest):
        assert react(viewer=room.guest, post=post, kind="thanks")
        assert Reaction.objects.count() == 1
        assert not react(viewer=room.guest, post=post, kind="thanks")
        assert not Reaction.objects.exists()
        with pytest.raises(Refusal):
            react(viewer=room.guest, post=post, kind="<script>")


def test_a_report_reaches_the_co_leads_and_names_nobody_else(room: make.Room, post: Post) -> None:
    with _as(room.guest):
        report_post(
            viewer=room.guest, post=post, reason="It names a worker.", language="en", at=timezone.now()
        )
        with pytest.raises(Refusal) as again:
            report_post(viewer=room.guest, post=post, reason="Again", at=timezone.now())
    assert again.value.code == "reported-already"
    assert {person for person, _channel in _told("forum.post_reported")} == {
        room.staff.person_id,
        room.lead.person_id,
    }
    for who, number in (
        (room.lead, 1),
        (room.staff, 1),
        (room.guest, 1),
        (room.buyer, 0),
        (room.outsider, 0),
    ):
        with _as(who):
            assert PostReport.objects.count() == number
            assert (
                not Entry.objects.filter(verb="forum.post_reported")
                .exclude(actor=room.guest.person_id)
                .exists()
            )
    colleague = _colleague_of(room.guest)
    with _as(colleague):
        assert not Entry.objects.filter(verb="forum.post_reported").exists()
    with _as(room.buyer), pytest.raises(Forbidden):
        report_post(viewer=room.buyer, post=post, reason="My own", at=timezone.now())


def test_a_hidden_post_is_shown_again_with_its_words_and_all_is_logged(room: make.Room, post: Post) -> None:
    with _as(room.guest):
        report_post(viewer=room.guest, post=post, reason="It names a worker.", at=timezone.now())
    with _as(room.supplier), pytest.raises(Forbidden):
        hide_post(viewer=room.supplier, post=post, reason="No", at=timezone.now())
    with _as(room.lead):
        with pytest.raises(Refusal):
            hide_post(viewer=room.lead, post=post, reason=" ", at=timezone.now())
        hidden = hide_post(viewer=room.lead, post=post, reason="A name", at=timezone.now())
        assert (hidden.state, hidden.body) == ("hidden", "")
        assert PostReport.objects.get().state == "upheld"
        shown = show_post(viewer=room.lead, post=hidden, at=timezone.now())
        assert (shown.state, shown.body) == ("shown", "Words number 1")
        assert [one.kind for one in ModerationStep.objects.order_by("pk")] == ["hide", "show"]
    with _as(room.buyer):
        assert not ModerationStep.objects.exists()
    assert list(_told("forum.post_hidden")) == []  # shown again before anybody was told


def test_the_author_is_told_of_a_post_that_was_hidden(room: make.Room, post: Post) -> None:
    with _as(room.lead):
        hide_post(viewer=room.lead, post=post, reason="A name", at=timezone.now())
    assert {person for person, _channel in _told("forum.post_hidden")} == {room.buyer.person_id}


def test_a_report_can_be_dismissed(room: make.Room, post: Post) -> None:
    with _as(room.guest):
        report = report_post(viewer=room.guest, post=post, reason="Boring", at=timezone.now())
        report.post = post
        with pytest.raises(Forbidden):
            dismiss_report(viewer=room.guest, report=report, at=timezone.now())
    with _as(room.staff):
        dismiss_report(viewer=room.staff, report=report, at=timezone.now())
        assert PostReport.objects.get().state == "dismissed"
        assert ModerationStep.objects.get().kind == "dismiss"


def test_co_leads_lock_and_pin_and_write_in_locked_threads(room: make.Room, thread: Thread) -> None:
    _fresh(thread, room)
    with _as(room.buyer), pytest.raises(Forbidden):
        set_lock(viewer=room.buyer, thread=thread, locked=True, at=timezone.now())
    with _as(room.lead):
        set_lock(viewer=room.lead, thread=thread, locked=True, at=timezone.now())
        set_lock(viewer=room.lead, thread=thread, locked=True, at=timezone.now())
        set_pin(viewer=room.lead, thread=thread, pinned=True, at=timezone.now())
        assert ModerationStep.objects.count() == 2
    with pytest.raises(Forbidden):
        _write(room.buyer, thread, room)
    assert _write(room.lead, thread, room).number == 2
    with _as(room.lead):
        set_lock(viewer=room.lead, thread=thread, locked=False, at=timezone.now())
    assert _write(room.buyer, thread, room).number == 3


def test_whoever_began_a_thread_or_leads_gives_it_another_title(room: make.Room, thread: Thread) -> None:
    _fresh(thread, room)
    for who in (room.buyer, room.lead):
        with _as(who):
            rename_thread(viewer=who, thread=thread, title=f"By {who.person_id}", at=timezone.now())
    with _as(room.supplier), pytest.raises(Forbidden):
        rename_thread(viewer=room.supplier, thread=thread, title="Mine", at=timezone.now())
    with owner_role():
        thread.refresh_from_db()
    assert thread.title == f"By {room.lead.person_id}"


def _colleague_of(who: Viewer) -> Viewer:
    with owner_role():
        organisation = Organisation.objects.get(pk=who.organisation_id)
    return people.viewer(organisation)
