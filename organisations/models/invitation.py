"""An invitation to join an organisation, by e-mail."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models.membership import ROLE_LABELS
from organisations.models.organisation import Organisation
from organisations.models.person import Person
from organisations.visibility import Viewer


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Invitations sent by the viewer's own organisation."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id)

    def pending(self) -> Self:
        """Invitations neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """Bound to one organisation, role and e-mail address; the link's secret is kept as a hash, once, for 72 hours."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=list(ROLE_LABELS.items()))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_pending_per_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def state_at(self, at: datetime) -> str:
        """Return what has become of it: "pending", "accepted", "withdrawn" or "expired"."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "expired" if self.expires_at <= at else "pending"

    @property
    def state(self) -> str:
        """What has become of it by now."""
        return self.state_at(timezone.now())
