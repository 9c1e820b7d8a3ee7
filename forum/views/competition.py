"""The competition-law notice: read, accepted, published anew."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.actions.competition import accept_notice, publish_notice
from forum.forms.charter import AcceptForm, NoticeForm
from forum.models import CompetitionNotice, NoticeAcceptance
from forum.permissions.group import can_run_forum
from forum.views.group import asking, refused
from forum.views.onward import next_of
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb

MOST_VERSIONS = 100


@member_required
def notice(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a version of the notice; whoever has not accepted the one in force does it here."""
    viewer = request.viewer
    found = fetch(CompetitionNotice, code, viewer=viewer)
    versions = CompetitionNotice.objects.visible_to(viewer).filter(operator_id=found.operator_id)
    newest = versions.in_force(found.operator_id)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accept_notice(viewer=viewer, notice=found, at=timezone.now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Thank you. The door is open."))
            return redirect(next_of(request))
    accepted = NoticeAcceptance.objects.visible_to(viewer).filter(notice=found).first()
    context = {
        "notice": found,
        "paragraphs": [one.strip() for one in found.body.split("\n\n") if one.strip()],
        "newest": newest,
        "is_in_force": newest is not None and newest.pk == found.pk,
        "accepted": accepted,
        "versions": list(versions.order_by("-number")[:MOST_VERSIONS]),
        "form": form,
        "next": next_of(request),
        "crumbs": [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("Competition-law notice"))],
    }
    request.place = "forum:groups"
    return render(request, "forum/notice.html", context, status=422 if form.is_bound else 200)


@member_required
def notice_publish(request: ViewerRequest) -> HttpResponse:
    """Publish the next version of the operator's notice, beginning from the words in force."""
    can_run_forum(request.viewer).require()
    newest = CompetitionNotice.objects.visible_to(request.viewer).in_force(request.viewer.organisation_id)
    initial = {"body": newest.body, "language": newest.language} if newest else {}
    form = NoticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = publish_notice(viewer=request.viewer, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Published. Everybody has to accept it before they enter again."))
        return redirect("forum:notice", made.code)
    way = [Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("Competition-law notice"))]
    return asking(
        request,
        form,
        heading=_("Publish the next competition-law notice"),
        verb=_("Publish"),
        crumbs=way,
        note=_(
            "As soon as it is published, every group is closed to each person until they have accepted it."
        ),
    )
