"""A person in an organisation."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models.organisation import Organisation
from organisations.models.person import Person
from organisations.visibility import Role, Viewer

ROLE_LABELS = {Role.ADMIN: _("Admin"), Role.EDITOR: _("Editor"), Role.VIEWER: _("Viewer")}


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Colleagues in the viewer's own organisation."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id)

    def active(self) -> Self:
        """Memberships that still let someone in."""
        return self.filter(is_active=True, person__is_active=True)


class Membership(models.Model):
    """A person in an organisation, with a role; one person can be in several and switches between them."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=list(ROLE_LABELS.items()), default=Role.VIEWER)
    site_ids = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("limited to these sites"),
        null=True,
        blank=True,
        help_text=_("Empty: all sites of the organisation."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="membership_once_per_organisation"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
