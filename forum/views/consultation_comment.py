"""One comment of a consultation: answered and hidden by co-leads, confirmed by whoever wrote it without an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from forum.actions import consultation_comment as act
from forum.forms.consultation import HideForm, ResponseForm
from forum.models import ConsultationContact, ConsultationResponse, Group
from forum.permissions.consultation import can_answer_comment, can_hide_comment
from forum.queries.consultation import comment_called, contact_with
from forum.views.asked import ask
from forum.views.consultation_desk import COMMENT, asked_of, consultation_in
from forum.views.inside import inside_group
from organisations.views.middleware import ViewerRequest


@inside_group
def respond(request: ViewerRequest, group: Group, code: str, comment: str) -> HttpResponse:
    """Answer a comment."""
    found = consultation_in(request, group, code)
    said = comment_called(request.viewer, found, comment)
    can_answer_comment(request.viewer, said).require()
    told = ConsultationResponse.objects.visible_to(request.viewer).filter(comment=said).first()
    form = ResponseForm(request.POST or None, initial=ResponseForm.of(told))

    def do() -> None:
        act.respond(viewer=request.viewer, comment=said, at=timezone.now(), **form.cleaned_data)

    page = asked_of(
        found,
        _("Answer this comment"),
        _("Save the response"),
        _("Saved. Others read it once you publish the answers."),
        template=COMMENT,
    )
    contact = ConsultationContact.objects.visible_to(request.viewer).filter(comment=said).first()
    return ask(request, group, form, do, page, comment=said, contact=contact)


@inside_group
def hide(request: ViewerRequest, group: Group, code: str, comment: str) -> HttpResponse:
    """Hide a comment from the public."""
    found = consultation_in(request, group, code)
    said = comment_called(request.viewer, found, comment)
    can_hide_comment(request.viewer, said).require()
    form = HideForm(request.POST or None)

    def do() -> None:
        act.hide_comment(viewer=request.viewer, comment=said, at=timezone.now(), **form.cleaned_data)

    page = asked_of(
        found,
        _("Hide this comment"),
        _("Hide it"),
        _("Hidden. Its place stays, its words and the name are gone from every page."),
        note=_("For what is abusive or harms somebody, never for what you do not like to hear."),
        is_danger=True,
        template=COMMENT,
    )
    return ask(request, group, form, do, page, comment=said)


@inside_group
def show(request: ViewerRequest, group: Group, code: str, comment: str) -> HttpResponse:
    """Show a hidden comment again."""
    found = consultation_in(request, group, code)
    said = comment_called(request.viewer, found, comment)
    can_hide_comment(request.viewer, said).require()
    form = HideForm(request.POST or None)

    def do() -> None:
        act.show_comment(viewer=request.viewer, comment=said, at=timezone.now(), **form.cleaned_data)

    page = asked_of(
        found,
        _("Show this comment again"),
        _("Show it"),
        _("It is shown again, with its words."),
        template=COMMENT,
    )
    return ask(request, group, form, do, page, comment=said)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever has the link their comment; confirm it, or take the address away."""
    contact = contact_with(token)
    if request.method == "POST" and "forget" in request.POST:
        act.forget_address(contact=contact)
        messages.success(request, _("Your address is deleted. No more letters come; your comment stays."))
        return redirect("forum:consultation_link", token)
    if request.method == "POST":
        act.confirm_comment(contact=contact, at=timezone.now())
        messages.success(request, _("Thank you: your comment counts, and the group will answer it."))
        return redirect("forum:consultation_link", token)
    said = contact.comment
    context = {"contact": contact, "comment": said, "consultation": said.consultation, "token": token}
    return render(request, "forum/consultation_link.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End letters by the link in them: mail programs POST here by themselves (RFC 8058), people press a button.

    It needs no session and no CSRF token: the link is the secret, and all that it can do is to end letters.
    """
    contact = contact_with(token)
    is_done = request.method == "POST"
    if is_done:
        act.forget_address(contact=contact)
    return render(request, "forum/consultation_stop.html", {"is_done": is_done})
