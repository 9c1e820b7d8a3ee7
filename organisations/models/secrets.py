"""Secrets that open something: shown once, kept as a hash."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator

from django.conf import settings

TOKEN_PREFIX = "ct_"  # noqa: S105 - what every API token begins with
_SALT = "organisations.invitation"


def hash_secret(secret: str) -> str:
    """Return the SHA-256 under which a secret is kept, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """Return a new API token: 256 random bits behind the prefix that secret scanners look for."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def invitation_secret(code: str) -> str:
    """Return the secret of an invitation's link: 256 bits that only this installation can compute.

    So the link can be written into the letter at the moment it goes out, also on a second try, without
    the secret ever lying in the database.
    """
    return link_secret(_SALT, code)


def invitation_secret_kept_as(code: str, token_hash: str) -> str | None:
    """Return the secret of an invitation made earlier, also after the installation's key has been rotated."""
    return link_secret_kept_as(_SALT, code, token_hash)


def link_secret(purpose: str, code: str) -> str:
    """Return the secret of a link for one purpose, as `invitation_secret` does for invitations."""
    return next(_secrets_of(purpose, code))


def link_secret_kept_as(purpose: str, code: str, token_hash: str) -> str | None:
    """Return the secret of a link made earlier, also after the installation's key has been rotated."""
    made = _secrets_of(purpose, code)
    return next((one for one in made if hmac.compare_digest(hash_secret(one), token_hash)), None)


def _secrets_of(purpose: str, code: str) -> Iterator[str]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        digest = hmac.new(f"{purpose}:{key}".encode(), code.encode(), hashlib.sha256).digest()
        yield base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
