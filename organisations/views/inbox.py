"""The inbox: what a person was told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from organisations.actions.inbox import mark_all_read, mark_read
from organisations.models import Membership
from organisations.queries.inbox import ORDER, delivery_of, inbox_of, unread_count
from organisations.views.access import person_required
from organisations.views.middleware import SESSION_KEY, PersonRequest
from organisations.views.organisation import safe_next
from organisations.views.sessions import lacks_factor
from web.htmx import is_partial
from web.paging import keyset_page


@person_required
def inbox(request: PersonRequest) -> HttpResponse:
    """List what the person was told, unread first."""
    memberships = _open_ones(request)
    names = {one.organisation_id: one.organisation.name for one in memberships}
    page = keyset_page(inbox_of(request.user.pk, memberships), request=request, order=ORDER)
    context = {
        "page": page,
        "letters": [(row, names.get(row.organisation_id or 0, "")) for row in page.rows],
        "unread": unread_count(request.user.pk, memberships),
        "shows_names": len(names) > 1,
    }
    template = "organisations/_inbox.html" if is_partial(request) else "organisations/inbox.html"
    return render(request, template, context)


@require_POST
@person_required
def open_letter(request: PersonRequest, code: str) -> HttpResponse:
    """Mark one thing as read and go where it leads, as a member of the organisation it was meant for."""
    letter = delivery_of(request.user.pk, _open_ones(request), code)
    mark_read(delivery=letter, at=timezone.now())
    if letter.organisation_id is not None:
        request.session[SESSION_KEY] = letter.organisation_id
    return redirect(safe_next(request, letter.path) if letter.path else "organisations:inbox")


@require_POST
@person_required
def read_all(request: PersonRequest) -> HttpResponse:
    """Mark everything as read."""
    number = mark_all_read(person_id=request.user.pk, memberships=_open_ones(request), at=timezone.now())
    messages.success(
        request,
        ngettext("One message marked as read.", "%(number)s messages marked as read.", number)
        % {"number": number}
        if number
        else _("Everything was read already."),
    )
    return redirect("organisations:inbox")


def _open_ones(request: PersonRequest) -> list[Membership]:
    """Return the memberships whose letters may be read now: without the factor that an organisation asks for, none."""
    return [one for one in request.memberships if not lacks_factor(one)]
