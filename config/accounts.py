"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is open; a person without an organisation sees nothing until they found or join one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let anyone with a working e-mail address make an account."""
        return True
