"""Lists of auditors that a body uploads, kept so that a number can be asked and the list cannot be read.

No name and no number lies in the database: of each there is a keyed fingerprint, whose key the database does not have.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.models.update import Body, ForMembersQuerySet
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class AuditorStatus(models.TextChoices):
    """How a body says that an auditor stands with it."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class AuditorListQuerySet(ForMembersQuerySet["AuditorList"]):
    """Lists of auditors."""

    def newest_of(self, body: Body) -> "AuditorList | None":
        """Return the list that is asked, or None before the first."""
        return self.filter(body=body).order_by("-number").first()


class AuditorList(models.Model):
    """One upload of a list: of which day, by whom, and how much changed. The newest is the one that is asked."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="lists")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("number"))
    dated_on = models.DateField(_("date of the list"))
    loaded_at = models.DateTimeField(_("loaded"))
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("loaded by")
    )
    total = models.PositiveIntegerField(_("auditors"))
    added = models.PositiveIntegerField(_("new"), default=0)
    removed = models.PositiveIntegerField(_("gone"), default=0)
    key_mark = models.CharField(max_length=64, editable=False)

    objects = AuditorListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of auditors")
        verbose_name_plural = _("lists of auditors")
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="auditorlist_once_per_number"),
            models.CheckConstraint(condition=models.Q(total__gte=1), name="auditorlist_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"list {self.number}"

    @property
    def owner_id(self) -> int:
        """The organisation whose list it is."""
        return self.organisation_id


class AuditorEntryQuerySet(models.QuerySet["AuditorEntry"]):
    """Lines of the newest lists."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The body's own alone; everybody else asks for one number, by `app.auditors`."""
        return self.filter(organisation_id=viewer.organisation_id) if viewer else self.none()


class AuditorEntry(models.Model):
    """One auditor of the newest list, by fingerprints of number and name."""

    list = models.ForeignKey(AuditorList, models.CASCADE, related_name="entries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number_mark = models.CharField(max_length=64)
    name_mark = models.CharField(max_length=64)
    grade = models.CharField(_("grade"), max_length=20)
    status = models.CharField(_("status"), max_length=10, choices=AuditorStatus.choices)
    valid_until = models.DateField(_("valid until"))

    objects = AuditorEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("auditor on a list")
        verbose_name_plural = _("auditors on lists")
        constraints = [
            models.UniqueConstraint(fields=["list", "number_mark"], name="auditorentry_once_per_number"),
            models.CheckConstraint(
                condition=models.Q(number_mark__regex="^[0-9a-f]{64}$", name_mark__regex="^[0-9a-f]{64}$"),
                name="auditorentry_keeps_fingerprints_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"line of list {self.list_id}"
