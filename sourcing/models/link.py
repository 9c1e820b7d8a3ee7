"""Trade links: "X is a customer of Y". They are what lets a customer see a supplier's data."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.lifecycle import LinkState
from sourcing.models.site import Site


class TradeLinkQuerySet(models.QuerySet["TradeLink"]):
    """Trade links, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Links in which the viewer's organisation is buyer or supplier."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        return self.filter(models.Q(buyer_id=own) | models.Q(supplier_id=own))

    def accepted(self) -> Self:
        """Links in force."""
        return self.filter(state=LinkState.ACCEPTED)


class TradeLink(models.Model):
    """`buyer` is a customer of `supplier`, for all its sites or only for those named.

    The side that did not propose it accepts. `named_places` is what the buyer called the sites when proposing:
    it does not see the supplier's own records before acceptance.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    buyer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="links_as_buyer", verbose_name=_("customer")
    )
    supplier = models.ForeignKey(
        Organisation, models.PROTECT, related_name="links_as_supplier", verbose_name=_("supplier")
    )
    proposed_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=[(s.value, s.value) for s in LinkState], default=LinkState.PROPOSED
    )
    covers_all_sites = models.BooleanField(_("covers all sites"), default=False)
    sites: "models.ManyToManyField[Site, TradeLinkSite]" = models.ManyToManyField(
        Site, through="TradeLinkSite", related_name="links", verbose_name=_("sites")
    )
    named_places = models.JSONField(_("sites named in the proposal"), default=list, blank=True)
    message = models.TextField(_("message"), max_length=2000, blank=True)
    answer = models.TextField(_("reason for saying no"), max_length=2000, blank=True)
    proposed_at = models.DateTimeField(_("proposed"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = TradeLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade link")
        verbose_name_plural = _("trade links")
        constraints = [
            models.CheckConstraint(condition=~models.Q(buyer=models.F("supplier")), name="link_joins_two"),
            models.CheckConstraint(
                condition=models.Q(proposed_by=models.F("buyer"))
                | models.Q(proposed_by=models.F("supplier")),
                name="link_proposed_by_one_of_its_sides",
            ),
            models.UniqueConstraint(
                fields=["buyer", "supplier"],
                condition=models.Q(state__in=[LinkState.PROPOSED, LinkState.ACCEPTED]),
                name="link_one_living_per_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "state"], name="link_by_supplier"),
            models.Index(fields=["buyer", "-proposed_at", "-id"], name="link_newest_of_buyer"),
            # What a buyer's list counts, from the index alone.
            models.Index(
                fields=["buyer", "state"], include=["supplier", "proposed_by"], name="link_by_buyer"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TradeLinkSite(models.Model):
    """One site that a trade link names."""

    link = models.ForeignKey(TradeLink, models.CASCADE, related_name="named_sites")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "site"], name="link_names_a_site_once")]

    def __str__(self) -> str:
        return f"link {self.link_id} names site {self.site_id}"
