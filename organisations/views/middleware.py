"""The one place where a browser's session becomes a Viewer."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ledger.acting import act_alone, acting, become
from organisations.models import Membership, Person
from organisations.queries import memberships_of, viewer_from
from organisations.views.sessions import is_over, lacks_factor
from organisations.visibility import Viewer

SESSION_KEY = "organisation"


class PersonRequest(HttpRequest):
    """A request of someone who is signed in, member or not."""

    user: Person
    memberships: list[Membership]
    viewer: Viewer | None


class ViewerRequest(HttpRequest):
    """A request of a signed-in member: pages behind `member_required` can rely on `viewer`."""

    viewer: Viewer
    place: str  # the navigation line this page belongs to, when its address does not tell
    user: Person
    membership: Membership
    memberships: list[Membership]


class ViewerMiddleware:
    """Wrap each request in one transaction that shows the database who is acting; an error answer rolls it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        if request.user.is_authenticated and is_over(request, timezone.now()):
            logout(request)
        person = request.user if request.user.is_authenticated else None
        # What the session says of last time; it counts for one question, whether the membership still stands.
        claimed = request.session.get(SESSION_KEY) if person else None
        try:
            with acting(person_id=person.pk if person else None, organisation_id=claimed):
                if person is not None:
                    self._recognise(request, person)
                if request.viewer is None and claimed is not None:  # type: ignore[attr-defined]
                    act_alone()
                response = self.get_response(request)
                if response.status_code >= 400 and not getattr(response, "keeps_changes", False):
                    transaction.set_rollback(True)
        finally:
            timezone.deactivate()
        return response

    def _recognise(self, request: HttpRequest, person: Person) -> None:
        timezone.activate(person.timezone)
        if person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        memberships = memberships_of(person.pk)
        request.memberships = memberships  # type: ignore[attr-defined]
        chosen = request.session.get(SESSION_KEY)
        current = next((one for one in memberships if one.organisation_id == chosen), None)
        current = current or next(iter(memberships), None)
        if current is None:
            return
        if lacks_factor(current):
            request.lacks_factor = True  # type: ignore[attr-defined]
            return
        become(organisation_id=current.organisation_id)
        if chosen != current.organisation_id:
            request.session[SESSION_KEY] = current.organisation_id
        request.membership = current  # type: ignore[attr-defined]
        request.viewer = viewer_from(current)  # type: ignore[attr-defined]
