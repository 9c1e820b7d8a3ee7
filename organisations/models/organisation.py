"""A legal entity with an account."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.visibility import Capability, Viewer

CAPABILITY_LABELS = {
    Capability.BUYER: _("Buyer"),
    Capability.SUPPLIER: _("Supplier"),
    Capability.AUDIT_FIRM: _("Audit firm"),
    Capability.SCHEME_BODY: _("Scheme body"),
    Capability.STAKEHOLDER: _("Stakeholder"),
    Capability.OPERATOR: _("Operator"),
}


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own organisation, those it trades with or engages, and those listed for everyone."""
        if viewer is None:
            return self.none()
        known = OrganisationAccess.objects.filter(
            organisation_id=viewer.organisation_id, target_id=models.OuterRef("pk")
        )
        return self.filter(
            models.Q(pk=viewer.organisation_id) | models.Q(is_listed=True) | models.Exists(known)
        )

    def listed(self, capability: Capability) -> Self:
        """Organisations that offer a service to everyone here, audit firms for example."""
        return self.filter(is_listed=True, capabilities__contains=[capability.value])


class Organisation(models.Model):
    """A legal entity with an account and any mix of capabilities."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, blank=True)
    capabilities = ArrayField(
        models.CharField(max_length=20, choices=list(CAPABILITY_LABELS.items())),
        verbose_name=_("capabilities"),
    )
    is_listed = models.BooleanField(
        _("listed"), default=False, help_text=_("Everyone here may know of this organisation.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capabilities__len__gt=0), name="organisation_has_a_capability"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationAccess(models.Model):
    """Which organisation may know of which: kept by triggers on trade links and engagements, read by policies."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    target = models.ForeignKey(Organisation, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "target"], name="organisation_access_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} knows {self.target_id}"
