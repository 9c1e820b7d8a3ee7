"""Asking people for their name before others read of them."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.forms.naming import NameForm
from forum.views.group import asking
from forum.views.onward import next_of
from organisations.actions.person import change_settings
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def name(request: ViewerRequest) -> HttpResponse:
    """Ask what a person is called, and go on to where they wanted to go."""
    form = NameForm(
        request.POST if request.method == "POST" else None,
        initial={"name": request.user.name, "next": next_of(request)},
    )
    if request.method == "POST" and form.is_valid():
        person = request.user
        change_settings(
            person=person,
            name=form.cleaned_data["name"],
            language=person.language,
            timezone=person.timezone,
            at=timezone.now(),
        )
        return redirect(next_of(request))
    return asking(
        request,
        form,
        heading=_("What are you called?"),
        verb=_("Keep and go on"),
        crumbs=[Crumb(_("Forum"), reverse("forum:groups")), Crumb(_("Your name"))],
        note=_(
            "In groups and at events others read who speaks to them. They see your name and your "
            "organisation, never your e-mail address."
        ),
    )
