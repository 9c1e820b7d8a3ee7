"""A list as a file, as somebody had it on the screen."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class TableExportQuerySet(models.QuerySet["TableExport"]):
    """Files of lists, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own: what was on a screen depends on who sat before it."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id, person_id=viewer.person_id)


class TableExport(models.Model):
    """One wish: which list, narrowed how, in which format. The worker makes the file through the same queries."""

    class Kind(models.TextChoices):
        PORTFOLIO = "portfolio", _("Suppliers")
        NON_COMPLIANCES = "non_compliances", _("Non-compliances")
        CARS = "cars", _("Working together")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel (XLSX)")
        CSV = "csv", _("Text (CSV)")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(_("list"), max_length=20, choices=Kind.choices)
    format = models.CharField(_("format"), max_length=5, choices=Format.choices)
    asked = models.JSONField(_("filters and order"), default=dict)
    asked_at = models.DateTimeField(_("asked for"))

    objects = TableExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a list")
        verbose_name_plural = _("files of lists")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.format}"

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id
