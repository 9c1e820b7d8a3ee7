"""Initiatives of many stakeholders: what each is, whom it covers, how a company joins, which sites it publishes."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation
from organisations.visibility import Viewer


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    """Initiatives, as far as somebody may read of them."""

    is_public: ClassVar[models.Q] = models.Q(published_at__isnull=False)

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What is published, what the viewer's organisation keeps, and what it is itself."""
        if viewer is None:
            return self.filter(self.is_public)
        own = viewer.organisation_id
        return self.filter(self.is_public | models.Q(body_id=own) | models.Q(organisation_id=own))


class Initiative(models.Model):
    """One initiative, described by the organisation that rates it; facts only, a rating stands by itself."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("described by"))
    body_name = models.CharField(_("name of who describes it"), max_length=200, default="", editable=False)
    name = models.CharField(_("name"), max_length=200)
    summary = models.TextField(_("what it is"), max_length=4000)
    covers = models.TextField(_("whom it covers"), max_length=2000, blank=True, default="")
    how_to_join = models.TextField(_("how a company joins"), max_length=2000, blank=True, default="")
    website = models.URLField(_("its own site"), max_length=500, blank=True, default="")
    # Where it publishes sites that improve: [{"title": …, "url": …}].
    improving = models.JSONField(_("sites that it publishes as improving"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("its organisation here"),
    )
    added_at = models.DateTimeField(_("added"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        constraints = [
            models.UniqueConstraint(fields=["body", "name"], name="an_initiative_is_described_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="an_initiative_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(organisation=None) | ~models.Q(organisation=models.F("body")),
                name="nobody_rates_itself",
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="initiative_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The organisation that describes it."""
        return self.body_id
