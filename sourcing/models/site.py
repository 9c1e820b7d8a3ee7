"""A workplace that belongs to one supplier organisation, and the table that says who sees it."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.models.place import Place
from sourcing.visibility import Basis


class SiteQuerySet(models.QuerySet["Site"]):
    """Sites, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Own sites (within the member's site limits), and those a trade link or an engagement opens."""
        if viewer is None:
            return self.none()
        access = SiteAccess.objects.filter(
            organisation_id=viewer.organisation_id, site_id=models.OuterRef("pk")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(organisation_id=viewer.organisation_id) & ~models.Q(pk__in=viewer.site_ids)
            )
        return rows

    def owned_by(self, viewer: Viewer) -> Self:
        """The viewer's own sites, through the owner column, which is the faster way."""
        rows = self.filter(organisation_id=viewer.organisation_id)
        return rows if viewer.site_ids is None else rows.filter(pk__in=viewer.site_ids)

    def active(self) -> Self:
        """Sites still at work."""
        return self.filter(closed_on=None)


class Site(Place):
    """A workplace (factory, farm, packhouse, warehouse, vessel). Findings are recorded against sites."""

    class Kind(models.TextChoices):
        FACTORY = "factory", _("Factory")
        FARM = "farm", _("Farm")
        PACKHOUSE = "packhouse", _("Packhouse")
        WAREHOUSE = "warehouse", _("Warehouse")
        VESSEL = "vessel", _("Vessel")
        OTHER = "other", _("Other workplace")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="sites", verbose_name=_("supplier")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.FACTORY)
    workers = models.PositiveIntegerField(_("workers"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = SiteQuerySet.as_manager()
    reads_are_logged = False

    class Meta(Place.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes = [
            models.Index(fields=["organisation", "name", "id"], name="site_by_owner"),
            models.Index(fields=["name", "id"], name="site_by_name"),
        ]

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id


class SiteAccess(models.Model):
    """Truth about who sees a site and why; written by triggers only, from `sourcing_site_access_rule`."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, models.CASCADE, related_name="access")
    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    bases = ArrayField(models.CharField(max_length=12, choices=[(b.value, b.value) for b in Basis]))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "site"], name="site_access_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} sees site {self.site_id}"
