"""The verbs of a discussion: begin a thread, post, change and delete one's words, react; read, follow and mute."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from documents.uploads import store_upload
from forum.actions.inside import move_inside, tell
from forum.lifecycle import POST, PostState
from forum.models import (
    Attention,
    Group,
    GroupListening,
    Mention,
    Post,
    PostFile,
    Reaction,
    ReactionKind,
    Thread,
    ThreadReading,
)
from forum.models.post import LONGEST_POST, MOST_FILES
from forum.permissions.discussion import (
    can_delete_post,
    can_edit_post,
    can_rename,
    can_reply,
    can_start_thread,
)
from forum.permissions.group import can_enter, can_write
from forum.queries.thread import people_to_mention
from ledger.refusals import Refusal
from organisations.visibility import Viewer

POSTED, MENTIONED = "forum.posted", "forum.mentioned"


def start_thread(
    *,
    viewer: Viewer,
    group: Group,
    title: str,
    body: str,
    language: str = "",
    mentions: Collection[int] = (),
    files: "Sequence[UploadedFile[bytes]]" = (),
    at: datetime,
) -> Thread:
    """Begin a thread with its first post.

    Promises: as for `write_post`.
    Raises: Forbidden: see `can_start_thread`. Refusal: `words-missing`, `post-too-long`, and those of files.
    """
    can_start_thread(viewer, group).require()
    if not title.strip():
        raise _refused("words-missing", _("Give the thread a title."), "title")
    _require_words(body)
    with transaction.atomic():
        thread = Thread.objects.create(
            group=group,
            title=title.strip(),
            language=language,
            started_at=at,
            last_at=at,
            organisation_id=viewer.organisation_id,
        )
        _post(viewer, thread, body, language, mentions, files, at)
    thread.refresh_from_db(fields=["posts_count", "last_at"])
    return thread


def write_post(
    *,
    viewer: Viewer,
    thread: Thread,
    body: str,
    language: str = "",
    mentions: Collection[int] = (),
    files: "Sequence[UploadedFile[bytes]]" = (),
    at: datetime,
) -> Post:
    """Write in a thread.

    Promises: the post stands at the end; people of the group who are mentioned are told, those outside never; whoever
    wants each post at once is told; all others find it in their next digest. Files are kept in the group.

    Args:
        mentions: persons; whoever is not in the group is left out.
    Raises: Forbidden: see `can_reply`. Refusal: `words-missing`, `post-too-long`, and those of files.
    """
    can_reply(viewer, thread).require()
    _require_words(body)
    with transaction.atomic():
        return _post(viewer, thread, body, language, mentions, files, at)


def _post(
    viewer: Viewer,
    thread: Thread,
    body: str,
    language: str,
    mentions: Collection[int],
    files: "Iterable[UploadedFile[bytes]]",
    at: datetime,
) -> Post:
    group = thread.group
    post = Post.objects.create(
        thread=thread,
        group=group,
        organisation_id=viewer.organisation_id,
        body=body.strip(),
        language=language,
        posted_at=at,
    )
    post.refresh_from_db()
    post.thread, post.group = thread, group
    for number, file in enumerate(files):
        if number >= MOST_FILES:
            raise _refused("too-many-files", _("Attach at most five files to a post."), "files")
        kept = store_upload(by=viewer, file=file, kind=Document.Kind.EVIDENCE, group=group, at=at)
        PostFile.objects.create(post=post, group=group, document=kept)
    people = _mention(viewer, post, mentions)
    _mark(viewer, thread, post.number, has_written=True)
    data = {"code": thread.code, "post": post.code, "mentioned": people}
    tell(verb=POSTED, by=viewer, group=group, at=at, data=data)
    if people:
        tell(verb=MENTIONED, by=viewer, group=group, at=at, data=data)
    return post


def _mention(viewer: Viewer, post: Post, wanted: Collection[int]) -> list[int]:
    if not wanted:
        return []
    known = [one.person_id for one in people_to_mention(viewer, post.group) if one.person_id in set(wanted)]
    people = [one for one in known if one is not None]
    Mention.objects.bulk_create([Mention(post=post, group=post.group, person_id=one) for one in people])
    return people


def edit_post(*, viewer: Viewer, post: Post, body: str, language: str = "", at: datetime) -> Post:
    """Change the words of one's own post; those before are kept, and the post says that it was edited.

    Raises: Forbidden: see `can_edit_post`. Refusal: `words-missing`, `post-too-long`.
    """
    can_edit_post(viewer, post).require()
    _require_words(body)
    with transaction.atomic():
        post = _locked(viewer, post)
        can_edit_post(viewer, post).require()
        if (post.body, post.language) == (body.strip(), language):
            return post
        post.body, post.language, post.edited_at = body.strip(), language, at
        post.save(update_fields=["body", "language", "edited_at"])
        tell(verb="forum.post_edited", by=viewer, group=post.group, at=at, data=codes_of(post))
    return post


def delete_post(*, viewer: Viewer, post: Post, at: datetime) -> Post:
    """Take one's own words back: the post stays in its place and says so; co-leads can still read what it was.

    Raises: Forbidden: see `can_delete_post`. Refusal: `illegal-move`.
    """
    can_delete_post(viewer, post).require()
    with transaction.atomic():
        post = _locked(viewer, post)
        post.changed_at = at
        move_inside(
            post,
            to=PostState.DELETED,
            lifecycle=POST,
            verb="forum.post_deleted",
            by=viewer,
            group=post.group,
            at=at,
            data=codes_of(post),
            also=["changed_at"],
        )
    post.refresh_from_db(fields=["body", "state"])
    return post


def rename_thread(*, viewer: Viewer, thread: Thread, title: str, language: str = "", at: datetime) -> Thread:
    """Give a thread another title. Raises: Forbidden: see `can_rename`. Refusal: `words-missing`."""
    can_rename(viewer, thread).require()
    if not title.strip():
        raise _refused("words-missing", _("Give the thread a title."), "title")
    with transaction.atomic():
        Thread.objects.visible_to(viewer).filter(pk=thread.pk).update(title=title.strip(), language=language)
        tell(verb="forum.thread_renamed", by=viewer, group=thread.group, at=at, data={"code": thread.code})
    thread.title, thread.language = title.strip(), language
    return thread


def react(*, viewer: Viewer, post: Post, kind: str) -> bool:
    """Say something to a post without words, or take it back; tell whether it stands now.

    Raises: Forbidden; Refusal `post-not-shown`, `unknown-reaction`.
    """
    can_write(viewer, post.group).require()
    if kind not in ReactionKind.values:
        raise _refused("unknown-reaction", _("Choose one of the reactions."), "kind")
    if not post.is_shown:
        raise _refused("post-not-shown", _("This post is no longer shown."), "kind")
    with transaction.atomic():
        own = Reaction.objects.visible_to(viewer).filter(
            post=post, person_id=viewer.person_id, organisation_id=viewer.organisation_id, kind=kind
        )
        if own.delete()[0]:
            return False
        row = Reaction(post=post, group=post.group, kind=kind, organisation_id=viewer.organisation_id)
        Reaction.objects.bulk_create([row], ignore_conflicts=True)
    return True


def mark_read(*, viewer: Viewer, thread: Thread, up_to: int) -> None:
    """Remember how far somebody has read; never back."""
    own = ThreadReading.objects.visible_to(viewer).filter(thread=thread)
    if own.filter(read_to__gte=up_to).exists():
        return
    _mark(viewer, thread, up_to)


def read_everything(*, viewer: Viewer, group: Group) -> None:
    """Count every post of a group as seen. Raises: Forbidden."""
    can_enter(viewer, group).require()
    rows = [
        ThreadReading(
            thread=thread,
            group=group,
            person_id=viewer.person_id,
            organisation_id=viewer.organisation_id,
            read_to=thread.posts_count,
        )
        for thread in Thread.objects.visible_to(viewer).filter(group=group).only("pk", "posts_count")
    ]
    _keep(rows, ["read_to"])


def listen_to_thread(*, viewer: Viewer, thread: Thread, attention: str) -> None:
    """Follow or mute a thread, or neither. Raises: Forbidden; Refusal `unknown-attention`."""
    can_enter(viewer, thread.group).require()
    _require_attention(attention)
    row = ThreadReading(
        thread=thread,
        group=thread.group,
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
        attention=attention,
    )
    _keep([row], ["attention"])


def listen_to_group(*, viewer: Viewer, group: Group, attention: str) -> None:
    """Follow or mute a whole group, or neither. Raises: Forbidden; Refusal `unknown-attention`."""
    can_enter(viewer, group).require()
    _require_attention(attention)
    GroupListening.objects.bulk_create(
        [
            GroupListening(
                group=group,
                person_id=viewer.person_id,
                organisation_id=viewer.organisation_id,
                attention=attention,
            )
        ],
        update_conflicts=True,
        unique_fields=["group", "person", "organisation"],
        update_fields=["attention"],
    )


def codes_of(post: Post) -> dict[str, str]:
    """Return what an entry says of a post."""
    return {"code": post.thread.code, "post": post.code}


def _mark(viewer: Viewer, thread: Thread, up_to: int, *, has_written: bool = False) -> None:
    row = ThreadReading(
        thread=thread,
        group=thread.group,
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
        read_to=up_to,
        has_written=has_written,
    )
    _keep([row], ["read_to", "has_written"] if has_written else ["read_to"])


def _keep(rows: list[ThreadReading], changed: list[str]) -> None:
    ThreadReading.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["thread", "person", "organisation"],
        update_fields=changed,
    )


def _locked(viewer: Viewer, post: Post) -> Post:
    rows = Post.objects.visible_to(viewer).select_related("thread").select_for_update(of=("self",))
    found = rows.get(pk=post.pk)
    found.group = found.thread.group = post.group
    return found


def _require_words(body: str) -> None:
    if not body.strip():
        raise _refused("words-missing", _("Write something first."), "body")
    if len(body.strip()) > LONGEST_POST:
        sentence = _("This is longer than 20,000 characters. Put the rest into a second post or a file.")
        raise _refused("post-too-long", sentence, "body")


def _require_attention(attention: str) -> None:
    if attention not in Attention.values:
        raise _refused("unknown-attention", _("Choose follow, mute or the ordinary way."), "attention")


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
