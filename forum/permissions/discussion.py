"""Who writes in a thread, changes words, and keeps order."""

from django.utils.translation import gettext as _

from forum.lifecycle import PostState
from forum.models import Group, Post, SignedInside, Thread
from forum.permissions.group import can_lead, can_write
from ledger.refusals import ALLOWED, Decision, denied
from organisations.visibility import Viewer


def can_start_thread(viewer: Viewer, group: Group) -> Decision:
    """Everybody inside, guests as well."""
    return can_write(viewer, group)


def can_reply(viewer: Viewer, thread: Thread) -> Decision:
    """Everybody inside; in a locked thread co-leads alone."""
    decision = can_write(viewer, thread.group)
    if decision and thread.is_locked and not can_lead(viewer, thread.group):
        return denied("thread-locked", _("A co-lead has locked this thread: it takes no more posts."))
    return decision


def may_reply_here(thread: Thread, *, leads: bool) -> bool:
    """Tell as `can_reply` for somebody known to be inside, without asking again."""
    return not thread.group.is_closed and (leads or not thread.is_locked)


def can_rename(viewer: Viewer, thread: Thread) -> Decision:
    """Whoever began the thread, or a co-lead."""
    if is_by(viewer, thread):
        return can_reply(viewer, thread)
    return can_lead(viewer, thread.group)


def can_edit_post(viewer: Viewer, post: Post) -> Decision:
    """Its author, as long as it is shown and the thread takes posts."""
    if not is_by(viewer, post):
        return denied("not-yours", _("Only its author can change a post."))
    if post.state != PostState.SHOWN:
        return denied("post-not-shown", _("This post is no longer shown, so it cannot be changed."))
    return can_reply(viewer, post.thread)


def can_delete_post(viewer: Viewer, post: Post) -> Decision:
    """Its author."""
    if not is_by(viewer, post):
        return denied("not-yours", _("Only its author can delete a post."))
    return can_write(viewer, post.group)


def can_read_versions(viewer: Viewer, post: Post) -> Decision:
    """Its author, and co-leads."""
    return ALLOWED if is_by(viewer, post) else can_lead(viewer, post.group)


def can_report(viewer: Viewer, post: Post) -> Decision:
    """Everybody inside, about a post of somebody else."""
    if is_by(viewer, post):
        return denied("own-post", _("This is your own post. You can change or delete it."))
    return can_write(viewer, post.group)


def can_moderate(viewer: Viewer, group: Group) -> Decision:
    """A co-lead."""
    return can_lead(viewer, group)


def is_by(viewer: Viewer, row: SignedInside) -> bool:
    """Tell whether the viewer wrote it, for the organisation that they act for now."""
    return (row.person_id, row.organisation_id) == (viewer.person_id, viewer.organisation_id)
