"""A thread: begin it, read it, answer in it, give it another title, follow or mute it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from forum.actions.discussion import (
    listen_to_thread,
    mark_read,
    rename_thread,
    start_thread,
    write_post,
)
from forum.forms.discussion import AttentionForm, PostForm, ThreadForm, TitleForm
from forum.models import Attention, Group, ReactionKind, Thread
from forum.models.naming import without_a_name
from forum.permissions.discussion import can_rename, can_reply, can_start_thread, is_by, may_reply_here
from forum.queries.thread import (
    first_to_show,
    people_to_mention,
    stretch_of,
    thread_called,
    thread_to_read,
)
from forum.views.discussion import said_of, thread_crumbs
from forum.views.inside import group_page, inside_group
from ledger.refusals import Refusal
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.pieces import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Begin a thread."""
    can_start_thread(request.viewer, group).require()
    people = people_to_mention(request.viewer, group)
    form = ThreadForm(request.POST or None, request.FILES or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            thread = start_thread(
                viewer=request.viewer,
                group=group,
                title=said["title"],
                body=said["body"],
                language=said["language"],
                mentions=form.told(),
                files=said["files"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("The thread is there. Everybody in the group can read it."))
            return redirect("forum:thread", group.key, thread.code)
    context = {"form": form, "heading": _("Begin a thread"), "button": _("Begin the thread")}
    return _form_page(request, group, context, thread_crumbs(group, Crumb(_("New thread"))))


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def detail(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show a thread from the first post that the viewer has not seen, or from where they ask; take an answer to it.

    The answer is posted to the page on which it was typed: there it comes back after a session that had ended.
    """
    viewer = request.viewer
    if request.method == "POST":
        return _reply(request, group, code)
    thread: Any = thread_to_read(code, group=group, viewer=viewer)
    asked = request.GET.get("from", "")
    start = first_to_show(
        thread, thread.read_to, int(asked) if asked.isdecimal() and len(asked) < 10 else None
    )
    stretch = stretch_of(thread, start, viewer)
    if stretch.posts and thread.read_to < stretch.posts[-1].number:
        mark_read(viewer=viewer, thread=thread, up_to=stretch.posts[-1].number)
    may_reply = may_reply_here(thread, leads=thread.leads)
    here = reverse("forum:thread", args=[group.key, thread.code])
    context = {
        "thread": thread,
        "lines": [_line(one, viewer, thread, may_reply) for one in stretch.posts],
        "earlier_url": f"{here}?from={stretch.earlier}" if stretch.earlier else "",
        "later_url": f"{here}?from={stretch.later}" if stretch.later else "",
        "newest_url": f"{here}?from={stretch.newest}" if stretch.later else "",
        "form": PostForm(people=thread.people) if may_reply else None,
        "may_reply": may_reply,
        "may_rename": may_reply and (thread.leads or is_by(viewer, thread)),
        "attentions": Attention.choices,
        "listen_url": reverse("forum:thread_listen", args=[group.key, thread.code]),
    }
    return group_page(
        request,
        group,
        "forum/thread.html",
        context,
        tab="discussion",
        crumbs=thread_crumbs(group, Crumb(thread.title)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def reply(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Write in a thread, on a page of its own."""
    return _reply(request, group, code)


def _reply(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    thread = thread_called(code, group=group, viewer=request.viewer)
    can_reply(request.viewer, thread).require()
    people = people_to_mention(request.viewer, group)
    form = PostForm(request.POST or None, request.FILES or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            post = write_post(
                viewer=request.viewer,
                thread=thread,
                body=said["body"],
                language=said["language"],
                mentions=form.told(),
                files=said["files"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("Posted."))
            return redirect("forum:post", group.key, post.code)
    context = {"form": form, "heading": _("Answer in this thread"), "button": _("Post"), "thread": thread}
    return _form_page(request, group, context, _below(group, thread, _("Answer")))


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Give a thread another title."""
    thread = thread_called(code, group=group, viewer=request.viewer)
    can_rename(request.viewer, thread).require()
    form = TitleForm(request.POST or None, initial={"title": thread.title, "language": thread.language})
    if request.method == "POST" and form.is_valid():
        rename_thread(viewer=request.viewer, thread=thread, at=timezone.now(), **form.cleaned_data)
        return redirect("forum:thread", group.key, thread.code)
    context = {"form": form, "heading": _("Change the title"), "button": _("Save"), "thread": thread}
    return _form_page(request, group, context, _below(group, thread, _("Title")))


@require_POST
@inside_group
def listen(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Follow or mute a thread, or neither."""
    thread = thread_called(code, group=group, viewer=request.viewer)
    form = AttentionForm(request.POST)
    chosen = form.cleaned_data["attention"] if form.is_valid() else "?"
    listen_to_thread(viewer=request.viewer, thread=thread, attention=chosen)
    messages.success(request, said_of(chosen))
    return redirect("forum:thread", group.key, thread.code)


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal beside the fields it is about, or above the form."""
    known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, text)
    if not known:
        form.add_error("files" if "files" in form.fields and form.files else None, refusal.sentence)


def _line(post: Any, viewer: Viewer, thread: Any, may_write: bool) -> dict[str, Any]:
    """Return a post with what this reader may do to it."""
    given, me = post.answered, (viewer.person_id, viewer.organisation_id)
    is_own = is_by(viewer, post)
    reactions = [
        {
            "kind": kind.value,
            "label": kind.label,
            "count": sum(one["kind"] == kind for one in given),
            "is_own": any(
                one["kind"] == kind and (one["person_id"], one["organisation_id"]) == me for one in given
            ),
        }
        for kind in ReactionKind
    ]
    return {
        "post": post,
        "is_new": 0 < thread.read_to < post.number and not is_own,
        "is_own": is_own,
        "mentioned": [name or without_a_name("") for name in post.mentioned],
        "files": post.hung,
        "reactions": reactions,
        "may_react": post.is_shown and not thread.group.is_closed,
        "may_edit": is_own and post.is_shown and may_write,
        "may_delete": is_own and post.state != "deleted" and not thread.group.is_closed,
        "may_report": not is_own and post.is_shown and not thread.group.is_closed,
        "may_hide": thread.leads and post.is_shown and not thread.group.is_closed,
        "may_show": thread.leads and post.state == "hidden" and not thread.group.is_closed,
        "may_read_versions": (is_own or thread.leads) and (bool(post.edited_at) or not post.is_shown),
    }


def _below(group: Group, thread: Thread, here: str) -> list[Crumb]:
    url = reverse("forum:thread", args=[group.key, thread.code])
    return thread_crumbs(group, Crumb(thread.title, url), Crumb(here))


def _form_page(
    request: ViewerRequest, group: Group, context: dict[str, Any], crumbs: list[Crumb]
) -> HttpResponse:
    status = 422 if context["form"].is_bound else 200
    return group_page(
        request, group, "forum/discussion_form.html", context, tab="discussion", crumbs=crumbs, status=status
    )
