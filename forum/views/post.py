"""One post: where it stands, other words for it, its earlier words, taking it back, reacting, its files."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.serve import serve
from forum.actions.discussion import delete_post, edit_post
from forum.actions.discussion import react as react_to
from forum.forms.discussion import EditForm
from forum.models import Group, Post, PostFile, PostVersion
from forum.permissions.discussion import can_delete_post, can_edit_post, can_read_versions
from forum.queries.thread import post_called
from forum.views.discussion import thread_crumbs
from forum.views.inside import group_page, inside_group
from forum.views.thread import explain
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@require_safe
@inside_group
def detail(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Lead to the place of a post in its thread."""
    return redirect(place_of(group, post_called(code, group=group, viewer=request.viewer)))


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Change one's words."""
    post = post_called(code, group=group, viewer=request.viewer)
    can_edit_post(request.viewer, post).require()
    form = EditForm(request.POST or None, initial={"body": post.body, "language": post.language})
    if request.method == "POST" and form.is_valid():
        try:
            edit_post(viewer=request.viewer, post=post, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            messages.success(request, _("Changed. The post says that it was edited."))
            return redirect(place_of(group, post))
    return group_page(
        request,
        group,
        "forum/discussion_form.html",
        {
            "form": form,
            "heading": _("Change your post"),
            "button": _("Save"),
            "back": place_of(group, post),
            "lead": _("Co-leads can read what stood there before."),
        },
        tab="discussion",
        crumbs=post_crumbs(group, post, _("Change")),
        status=422 if form.is_bound else 200,
    )


@require_safe
@inside_group
def history(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show what a post said before; its author and co-leads read it."""
    post = post_called(code, group=group, viewer=request.viewer)
    can_read_versions(request.viewer, post).require()
    versions = list(PostVersion.objects.visible_to(request.viewer).filter(post=post)[:100])
    context = {"post": post, "versions": versions, "back": place_of(group, post)}
    crumbs = post_crumbs(group, post, _("Earlier words"))
    return group_page(request, group, "forum/post_history.html", context, tab="discussion", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def delete(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Take one's words back."""
    post = post_called(code, group=group, viewer=request.viewer)
    can_delete_post(request.viewer, post).require()
    if request.method == "POST":
        delete_post(viewer=request.viewer, post=post, at=timezone.now())
        messages.success(request, _("Deleted. Nobody can read your words in the thread any more."))
        return redirect(place_of(group, post))
    context = {
        "heading": _("Delete this post?"),
        "lead": _(
            "Its words and files leave the thread for good, and the thread says that there was a post. Co-leads can "
            "still look at the words, in case somebody reported them."
        ),
        "button": _("Delete it"),
        "is_danger": True,
        "post": post,
        "back": place_of(group, post),
    }
    crumbs = post_crumbs(group, post, _("Delete"))
    return group_page(request, group, "forum/discussion_form.html", context, tab="discussion", crumbs=crumbs)


@require_POST
@inside_group
def react(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say something without words, or take it back."""
    post = post_called(code, group=group, viewer=request.viewer)
    react_to(viewer=request.viewer, post=post, kind=request.POST.get("kind", ""))
    return redirect(place_of(group, post))


@require_safe
@inside_group
def file(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Hand out a file of a post that is shown."""
    rows = PostFile.objects.filter(group=group).select_related("post", "document")
    found = fetch(PostFile, code, viewer=request.viewer, queryset=rows)
    if not found.post.is_shown:
        raise NotVisible
    return serve(found.document)  # type: ignore[return-value]


def place_of(group: Group, post: Post) -> str:
    """Return the address of a post within its thread."""
    url = reverse("forum:thread", args=[group.key, post.thread.code])
    return f"{url}?from={max(1, post.number - 2)}#post-{post.number}"


def post_crumbs(group: Group, post: Post, here: str) -> list[Crumb]:
    """Return the way from a group to a page about a post."""
    return thread_crumbs(group, Crumb(post.thread.title, place_of(group, post)), Crumb(here))
