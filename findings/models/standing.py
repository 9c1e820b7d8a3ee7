"""How things stand at a site and at a supplier: counts kept by the database with the rows they count.

Two small tables save wide counts over millions of findings. `SiteStanding` counts the published findings of one site,
which are the same for everybody who sees the site. `Standing` adds them up for each pair of an organisation and a
supplier, over the sites that this organisation sees. Both follow from a readable rule (`findings_site_standing_rule`,
`findings_standing_rule`), are written by triggers only, in the transaction that changes a source, and are
compared with their rule every night. Non-compliances and CARs stand in columns of their own and are never added up.
"""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.models import Site, SiteAccess


class Counts(models.Model):
    """What is counted: open non-compliances by severity, CARs by state, the last audits, and how fast answers came.

    `due_dates` are the days by which open non-compliances have to be acted on, so that "overdue" is computed on
    any day and never stored.
    """

    nc_business_critical = models.PositiveIntegerField(_("business critical"), default=0)
    nc_critical = models.PositiveIntegerField(_("critical"), default=0)
    nc_major = models.PositiveIntegerField(_("major"), default=0)
    nc_minor = models.PositiveIntegerField(_("minor"), default=0)
    nc_waiting = models.PositiveIntegerField(_("waiting for the auditor"), default=0)
    due_dates = ArrayField(models.DateField(), default=list)
    car_open = models.PositiveIntegerField(_("CARs without a plan"), default=0)
    car_in_progress = models.PositiveIntegerField(_("CARs in progress"), default=0)
    oldest_car_on = models.DateField(_("oldest issue worked on together"), null=True)
    last_audit_on = models.DateField(_("last audit"), null=True)
    last_full_on = models.DateField(_("last full audit"), null=True)
    nc_answered = models.PositiveIntegerField(_("non-compliances answered"), default=0)
    nc_answer_days = models.PositiveIntegerField(_("days until then, in all"), default=0)
    car_planned = models.PositiveIntegerField(_("CARs with a plan"), default=0)
    car_plan_days = models.PositiveIntegerField(_("days until then, in all"), default=0)

    class Meta:
        abstract = True

    @property
    def open_ncs(self) -> int:
        """Open non-compliances of every severity; no CAR among them."""
        return self.nc_business_critical + self.nc_critical + self.nc_major + self.nc_minor

    @property
    def cars(self) -> int:
        """CARs that no later audit has closed; no non-compliance among them."""
        return self.car_open + self.car_in_progress

    def overdue_on(self, day: dt.date) -> int:
        """Return how many non-compliances nobody had acted on by their date."""
        return sum(due < day for due in self.due_dates)

    @property
    def days_to_answer(self) -> int | None:
        """Days from publication until the site sent what it had done, on average; None before the first time."""
        return round(self.nc_answer_days / self.nc_answered) if self.nc_answered else None

    @property
    def days_to_plan(self) -> int | None:
        """Days from publication until the site shared a plan, on average; None before the first time."""
        return round(self.car_plan_days / self.car_planned) if self.car_planned else None


def overdue_count(day: dt.date) -> Func:
    """Return the expression that counts the `due_dates` of a row before `day`.

    They are kept in order, so the bucket into which the day before falls is that number.
    """
    last = Value(day - dt.timedelta(days=1), output_field=models.DateField())
    return Func(last, F("due_dates"), function="width_bucket", output_field=models.IntegerField())


class SiteStandingQuerySet(models.QuerySet["SiteStanding"]):
    """Standings of sites, as far as a viewer may see the sites."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Standings of the sites that `SiteAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        access = SiteAccess.objects.filter(
            organisation_id=viewer.organisation_id, site_id=models.OuterRef("site_id")
        )
        if viewer.site_ids is not None:
            own = models.Q(owner_id=viewer.organisation_id)
            access = access.exclude(own & ~models.Q(site_id__in=viewer.site_ids))
        return self.filter(models.Exists(access))


class SiteStanding(Counts):
    """What published audits say of one site. A site without a published audit has no row."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="standing", verbose_name=_("site"))

    objects = SiteStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of a site")
        verbose_name_plural = _("standings of sites")

    def __str__(self) -> str:
        return f"standing of site {self.site_id}"

    @property
    def next_due_on(self) -> dt.date | None:
        """The first date by which an open non-compliance has to be acted on."""
        return self.due_dates[0] if self.due_dates else None


class StandingQuerySet(models.QuerySet["Standing"]):
    """Standings of suppliers, as the viewer's organisation sees them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The organisation's own rows; none of itself for a member limited to some of its sites."""
        if viewer is None:
            return self.none()
        rows = self.filter(organisation_id=viewer.organisation_id)
        return rows if viewer.site_ids is None else rows.exclude(supplier_id=viewer.organisation_id)

    def of_suppliers(self, viewer: Viewer) -> Self:
        """The portfolio: everyone the organisation buys from, itself left out."""
        return self.visible_to(viewer).exclude(supplier_id=viewer.organisation_id)


class Standing(Counts):
    """How one supplier stands over the sites that one organisation sees; its own row counts all its sites."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name=_("seen by")
    )
    supplier = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("supplier"))
    supplier_code = models.CharField(_("code"), max_length=12)
    supplier_name = models.CharField(_("supplier"), max_length=200)
    supplier_country = models.CharField(_("country"), max_length=2, blank=True)
    sites = models.PositiveIntegerField(_("sites"), default=0)
    next_due_on = models.DateField(_("next date"), null=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of a supplier")
        verbose_name_plural = _("standings of suppliers")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "supplier"], name="standing_once_per_pair"),
        ]
        indexes = [
            models.Index(fields=["organisation", "supplier_name", "id"], name="standing_by_name"),
            models.Index(fields=["organisation", "next_due_on", "id"], name="standing_by_due"),
        ]

    def __str__(self) -> str:
        return self.supplier_name
