"""The one place where a token or a session becomes the API's Viewer."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from ledger.acting import become, present_secret
from organisations.models import ApiToken, Person
from organisations.models.secrets import TOKEN_PREFIX, hash_secret
from organisations.queries import viewer_for
from organisations.visibility import Viewer

if TYPE_CHECKING:
    from rest_framework.views import APIView


NOTE_EVERY = timedelta(minutes=1)
ANY = "any"  # the `resource` of what every token may read
CSRF_HEADER = "X-CSRFToken"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer ct_…`: acts as the maker's membership, within the token's scopes."""

    def authenticate(self, request: Request) -> tuple[Person, Viewer] | None:
        """Return the person and the Viewer, or None when no bearer token was sent."""
        scheme, _sep, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if token.startswith(TOKEN_PREFIX):
            digest = hash_secret(token)
            present_secret(digest)
            row = ApiToken.objects.select_related("person").filter(token_hash=digest, revoked_at=None).first()
            if row and row.expires_at > timezone.now():
                return self._enter(row)
        raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))

    def _enter(self, row: ApiToken) -> tuple[Person, Viewer]:
        become(person_id=row.person_id, organisation_id=row.organisation_id)
        viewer = viewer_for(person_id=row.person_id, organisation_id=row.organisation_id)
        if viewer is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown, expired or revoked."))
        self._note_use(row)
        scoped = Viewer(
            person_id=viewer.person_id,
            organisation_id=viewer.organisation_id,
            role=viewer.role,
            capabilities=viewer.capabilities,
            site_ids=viewer.site_ids,
            scopes=frozenset(row.scopes),
        )
        return row.person, scoped

    def _note_use(self, row: ApiToken) -> None:
        """Keep when the token was last used, to the minute."""
        now = timezone.now()
        if row.last_used_at is None or now - row.last_used_at > NOTE_EVERY:
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing token is answered with 401."""
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session: the Viewer is the one the middleware built."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person and the middleware's Viewer, after the CSRF check.

        Raises:
            NotAuthenticated: signed in, but not acting for an organisation.
            PermissionDenied: a change without the CSRF token.
        """
        found = super().authenticate(request)
        if not found:
            return None
        viewer = getattr(request._request, "viewer", None)
        if viewer:
            return (found[0], viewer)
        if getattr(request._request, "lacks_factor", False):
            sentence = _("Your role needs a second step at sign-in. Set it up in the browser first.")
            raise exceptions.NotAuthenticated(sentence, code="second-factor-missing")
        sentence = _("You are signed in, but belong to no organisation here.")
        raise exceptions.NotAuthenticated(sentence, code="no-organisation")

    def enforce_csrf(self, request: Any) -> None:
        """Refuse a change that another site could have sent, with a code of its own."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            sentence = _("Send the CSRF token of your session in the header %(name)s.") % {
                "name": CSRF_HEADER
            }
            raise exceptions.PermissionDenied(sentence, code="csrf-failed") from error


def viewer_of(request: Request) -> Viewer:
    """Return who is looking.

    Raises:
        NotAuthenticated: nobody, in a view that forgot `HasViewer`.
    """
    viewer: object = request.auth
    if not isinstance(viewer, Viewer):
        raise exceptions.NotAuthenticated
    return viewer


def scope_of(resource: str, method: str) -> str:
    """Return the scope that a token needs for `method` on `resource`; none is called for `ANY`."""
    if resource == ANY:
        return ""
    return f"{resource}:{'read' if method in permissions.SAFE_METHODS else 'write'}"


class HasViewer(permissions.BasePermission):
    """No viewer, no answer; a token needs the scope `resource:read` or `resource:write` of the view."""

    code = "scope-missing"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Check that someone is looking, and the token's scope if it is a token; a view must name its resource."""
        viewer = request.auth
        resource = getattr(view, "resource", None)
        if not isinstance(viewer, Viewer) or resource is None:
            return False
        needed = scope_of(resource, request.method or "")
        if viewer.scopes is None or not needed:
            return True
        self.message = _("This token lacks the scope %(scope)s.") % {"scope": needed}
        return needed in viewer.scopes


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the security scheme object."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token of a member. What an operation needs of its scopes stands beside it.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the browser's session."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the security scheme object."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": f"The browser's session; a change also needs the header `{CSRF_HEADER}`.",
        }
