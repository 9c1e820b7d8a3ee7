"""Keeping order in a discussion: report a post, hide it and show it again, lock and pin threads; each with its log."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.discussion import codes_of
from forum.actions.inside import move_inside, tell
from forum.lifecycle import POST, POST_REPORT, PostState, ReportState
from forum.models import ModerationStep, Post, PostReport, Thread
from forum.permissions.discussion import can_moderate, can_report
from ledger.entries import Alone
from ledger.refusals import Refusal
from organisations.visibility import Viewer

Kind = ModerationStep.Kind
REPORTED, HIDDEN = "forum.post_reported", "forum.post_hidden"


def report_post(*, viewer: Viewer, post: Post, reason: str, language: str = "", at: datetime) -> PostReport:
    """Tell the co-leads that a post is out of place; they alone learn who said so.

    Raises: Forbidden: see `can_report`. Refusal: `words-missing`, `post-not-shown`, `reported-already`.
    """
    can_report(viewer, post).require()
    _require_reason(reason)
    if not post.is_shown:
        raise Refusal("post-not-shown", _("This post is no longer shown."))
    with transaction.atomic():
        report = PostReport(
            post=post,
            group=post.group,
            organisation_id=viewer.organisation_id,
            reason=reason.strip(),
            language=language,
            reported_at=at,
        )
        try:
            with transaction.atomic():
                report.save()
        except IntegrityError as error:
            sentence = _("You have reported this post already. A co-lead will look at it.")
            raise Refusal("reported-already", sentence) from error
        # The entry is the person's own: their colleagues do not learn of it either.
        data = {**codes_of(post), "report": report.code}
        tell(verb=REPORTED, by=Alone(viewer.person_id), group=post.group, at=at, data=data)
    return report


def dismiss_report(
    *, viewer: Viewer, report: PostReport, reason: str = "", language: str = "", at: datetime
) -> PostReport:
    """Let a reported post stand. Raises: Forbidden; Refusal `illegal-move`."""
    group = report.post.group
    can_moderate(viewer, group).require()
    with transaction.atomic():
        report.closed_at = at
        move_inside(
            report,
            to=ReportState.DISMISSED,
            lifecycle=POST_REPORT,
            verb="forum.report_dismissed",
            by=viewer,
            group=group,
            at=at,
            data=codes_of(report.post),
            also=["closed_at"],
        )
        _log(viewer, Kind.DISMISS, report.post.thread, at, post=report.post, reason=reason, language=language)
    return report


def hide_post(*, viewer: Viewer, post: Post, reason: str, language: str = "", at: datetime) -> Post:
    """Hide a post, with the reason: its words leave the thread and the search; open reports of it are closed.

    Raises: Forbidden; Refusal `words-missing`, `illegal-move`.
    """
    can_moderate(viewer, post.group).require()
    _require_reason(reason)
    with transaction.atomic():
        post.changed_at = at
        move_inside(
            post,
            to=PostState.HIDDEN,
            lifecycle=POST,
            verb=HIDDEN,
            by=viewer,
            group=post.group,
            at=at,
            data=codes_of(post),
            also=["changed_at"],
        )
        waiting = PostReport.objects.visible_to(viewer).filter(post=post, state=ReportState.OPEN)
        waiting.update(state=ReportState.UPHELD, closed_at=at)
        _log(viewer, Kind.HIDE, post.thread, at, post=post, reason=reason, language=language)
    post.refresh_from_db(fields=["body", "state"])
    return post


def show_post(*, viewer: Viewer, post: Post, reason: str = "", language: str = "", at: datetime) -> Post:
    """Show a hidden post again, with the words that it had. Raises: Forbidden; Refusal `illegal-move`."""
    can_moderate(viewer, post.group).require()
    with transaction.atomic():
        post.changed_at = at
        move_inside(
            post,
            to=PostState.SHOWN,
            lifecycle=POST,
            verb="forum.post_shown",
            by=viewer,
            group=post.group,
            at=at,
            data=codes_of(post),
            also=["changed_at"],
        )
        _log(viewer, Kind.SHOW, post.thread, at, post=post, reason=reason, language=language)
    post.refresh_from_db(fields=["body", "state"])
    return post


def set_lock(
    *, viewer: Viewer, thread: Thread, locked: bool, reason: str = "", language: str = "", at: datetime
) -> Thread:
    """Lock a thread, so that only co-leads write in it, or open it again. Raises: Forbidden."""
    return _set(
        viewer, thread, "is_locked", locked, Kind.LOCK if locked else Kind.UNLOCK, reason, language, at
    )


def set_pin(*, viewer: Viewer, thread: Thread, pinned: bool, at: datetime) -> Thread:
    """Keep a thread at the top of the list, or let it go. Raises: Forbidden."""
    return _set(viewer, thread, "is_pinned", pinned, Kind.PIN if pinned else Kind.UNPIN, "", "", at)


def _set(
    viewer: Viewer,
    thread: Thread,
    field: str,
    value: bool,
    kind: ModerationStep.Kind,
    reason: str,
    language: str,
    at: datetime,
) -> Thread:
    can_moderate(viewer, thread.group).require()
    with transaction.atomic():
        changed = Thread.objects.visible_to(viewer).filter(pk=thread.pk, **{field: not value})
        if changed.update(**{field: value}):
            _log(viewer, kind, thread, at, reason=reason, language=language)
            verb = f"forum.thread_{kind.value}ned" if field == "is_pinned" else f"forum.thread_{kind.value}ed"
            tell(verb=verb, by=viewer, group=thread.group, at=at, data={"code": thread.code})
    setattr(thread, field, value)
    return thread


def _log(
    viewer: Viewer,
    kind: ModerationStep.Kind,
    thread: Thread,
    at: datetime,
    *,
    post: Post | None = None,
    reason: str = "",
    language: str = "",
) -> None:
    ModerationStep.objects.create(
        group=thread.group,
        organisation_id=viewer.organisation_id,
        thread=thread,
        post=post,
        kind=kind,
        reason=reason.strip(),
        language=language,
        at=at,
    )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        sentence = _("Say in a sentence what is wrong with this post.")
        raise Refusal("words-missing", sentence, status=422, fields={"reason": [sentence]})
