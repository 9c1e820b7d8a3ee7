"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

FEWEST_CHARACTERS = 5


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is open; a person without an organisation sees nothing until they found or join one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let anyone with a working e-mail address make an account."""
        return True


class GuessableValidator:
    """Refuses long passwords that are easy all the same: our own name, or few signs over and over."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password that a guesser tries first here.

        Raises:
            ValidationError: it holds the product's name or is made of fewer than five different signs.
        """
        plain = "".join(letter for letter in password.lower() if letter.isalnum())
        name = "".join(settings.PRODUCT_NAME.lower().split())
        if name in plain or len(set(password)) < FEWEST_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="guessable")

    def get_help_text(self) -> str:
        """Say what to do instead."""
        return _(
            "Choose words that nobody would guess: not our name, and not the same few signs over and over."
        )


def connect() -> None:
    """Have a change of factors end all other sessions of the person; a new password does that by itself."""
    for happening in (
        signals.authenticator_added,
        signals.authenticator_removed,
        signals.authenticator_reset,
    ):
        happening.connect(end_other_sessions, dispatch_uid="config.end_other_sessions")


def end_other_sessions(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Sign `user` out everywhere but here."""
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    for session in others:
        session.end()
