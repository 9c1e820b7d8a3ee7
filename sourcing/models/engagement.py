"""An audit firm engaged for a site."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.lifecycle import EngagementState
from sourcing.models.site import Site


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Engagements, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Engagements of the viewer's audit firm, or for the viewer's own sites (within the member's site limits)."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(audit_firm_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(site_id__in=viewer.site_ids))
        return rows

    def active(self) -> Self:
        """Engagements that let the firm see the site and record audits of it."""
        return self.filter(state=EngagementState.ACTIVE)


class Engagement(models.Model):
    """A supplier asks an audit firm to audit one site; the firm sees the site while the engagement is active.

    `place` is what the site was called when the firm was asked (name, address, country): the firm decides by it,
    and keeps it afterwards. A trigger writes it, so that it is true.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="engagements", verbose_name=_("site"))
    supplier = models.ForeignKey(
        Organisation, models.PROTECT, related_name="engagements_of_sites", verbose_name=_("supplier")
    )
    audit_firm = models.ForeignKey(
        Organisation, models.PROTECT, related_name="engagements", verbose_name=_("audit firm")
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in EngagementState],
        default=EngagementState.PROPOSED,
    )
    proposer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    place = models.JSONField(_("site as named in the request"), default=dict, editable=False)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    answer = models.TextField(_("reason for saying no"), max_length=2000, blank=True)
    proposed_at = models.DateTimeField(_("proposed"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "audit_firm"],
                condition=models.Q(state__in=[EngagementState.PROPOSED, EngagementState.ACTIVE]),
                name="engagement_one_living_per_site_and_firm",
            ),
        ]
        indexes = [
            models.Index(fields=["audit_firm", "-proposed_at", "-id"], name="engagement_newest_of_firm"),
            # What a firm's list counts, from the index alone.
            models.Index(fields=["audit_firm", "state"], include=["supplier"], name="engagement_by_firm"),
        ]

    def __str__(self) -> str:
        return self.code
