"""Roles and invitations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import ROLE_LABELS
from organisations.visibility import Role

EXPLAINED = {
    Role.VIEWER: _("Viewer: reads, and changes nothing."),
    Role.EDITOR: _("Editor: also writes, for example plans and site details."),
    Role.ADMIN: _("Admin: also looks after members and the organisation itself."),
}


def role_choices() -> list[tuple[str, Any]]:
    """Return the roles with what each may do, the smallest first."""
    return [(role.value, EXPLAINED[role]) for role in reversed(ROLE_LABELS)]


class RoleForm(forms.Form):
    """Which role somebody has."""

    role = forms.TypedChoiceField(
        label=_("Role"),
        choices=role_choices,
        coerce=Role,
        widget=forms.RadioSelect,
        initial=Role.VIEWER.value,
    )


class InviteForm(RoleForm):
    """Whom to invite, into which role."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_(
            "Only somebody who reads mail at this address can accept. The link works once, for 72 hours."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "role")
