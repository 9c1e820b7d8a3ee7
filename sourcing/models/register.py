"""An organisation's own register of places: the lists it keeps about suppliers that may not be here yet."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.models.place import Place
from sourcing.models.site import Site


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    """Register entries, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own register: nobody else's, so that customers never learn of each other."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id)


class RegisterEntry(Place):
    """One place as `organisation` lists it. A trade link later connects it to the supplier's own site."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="register", verbose_name=_("kept by")
    )
    site = models.ForeignKey(
        Site, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("connected site")
    )
    match_key = models.CharField(
        max_length=200, editable=False, help_text=_("Normalised name, for matching.")
    )

    objects = RegisterEntryQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        indexes = [
            models.Index(fields=["organisation", "name", "id"], name="register_by_owner"),
            models.Index(fields=["organisation", "country", "match_key"], name="register_by_match"),
        ]

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id


class ExternalId(models.Model):
    """What an organisation's own systems call a place: unique per organisation, system and external id."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="external_ids")
    system = models.CharField(_("system"), max_length=60)
    external_id = models.CharField(_("identifier"), max_length=120)
    entry = models.ForeignKey(
        RegisterEntry, models.CASCADE, null=True, blank=True, related_name="external_ids"
    )
    site = models.ForeignKey(Site, models.CASCADE, null=True, blank=True, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "system", "external_id"], name="external_id_once_per_system"
            ),
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, site=None) | models.Q(entry=None, site__isnull=False),
                name="external_id_names_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.external_id}"
