"""Who looked at what belongs to someone else."""

from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ledger.models.subjects import LONGEST_LABEL, about


class ReadLogQuerySet(models.QuerySet["ReadLog"]):
    """Reads; row security narrows them to the reader's and the owner's organisation."""

    def about(self, subject: models.Model) -> Self:
        """Who looked at one thing, newest first."""
        return self.filter(**about(subject)).order_by("-at", "-id")


class ReadLog(models.Model):
    """Another organisation opened something; its owner can see that. Append-only, and holds no content."""

    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    owner = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    subject_kind = models.CharField(_("kind of subject"), max_length=80)
    subject_id = models.BigIntegerField(_("subject"))
    subject_code = models.CharField(_("code of subject"), max_length=40, blank=True)
    subject_label = models.CharField(_("name of subject"), max_length=LONGEST_LABEL, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    slot = models.BigIntegerField(_("ten minutes since 1970"))

    objects = ReadLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("read")
        verbose_name_plural = _("reads")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "subject_kind", "subject_id", "slot"],
                nulls_distinct=False,
                name="readlog_once_per_slot",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-at", "-id"], name="readlog_of_owner"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="readlog_about"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} read {self.subject_code}"

    @property
    def words(self) -> str:
        """What was read as people know it: its name, or what kind of thing it is when a code is all it has."""
        if self.subject_label and self.subject_label != self.subject_code:
            return self.subject_label
        return capfirst(str(apps.get_model(self.subject_kind)._meta.verbose_name))
