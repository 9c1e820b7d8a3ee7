"""What is due, and when."""

from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.subjects import about
from ledger.models.tries import Tried


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Occurrences; row security narrows them to their organisation."""

    def about(self, subject: models.Model) -> Self:
        """What is or was due for one thing, earliest first."""
        return self.filter(**about(subject)).order_by("due_at", "id")

    def open(self) -> Self:
        """Those that still count: not done, not cancelled, not parked."""
        return self.filter(done_at=None, cancelled_at=None, parked_at=None)


class Occurrence(Tried):
    """One thing that falls due once, at `due_at`; a row, never an entry in a scheduler's timetable.

    `due_on` is the date it stands for where the subject is, when it stands for one: the same date is never
    due twice, even if the subject's time zone changes and `due_at` moves.
    """

    kind = models.CharField(_("kind"), max_length=80)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    subject_kind = models.CharField(_("kind of subject"), max_length=80)
    subject_id = models.BigIntegerField(_("subject"))
    subject_code = models.CharField(_("code of subject"), max_length=40, blank=True)
    due_at = models.DateTimeField(_("due"))
    due_on = models.DateField(_("due on"), null=True)
    data = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    done_at = models.DateTimeField(_("done"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    parked_at = models.DateTimeField(_("given up"), null=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "subject_kind", "subject_id", "due_at"],
                nulls_distinct=False,
                name="occurrence_once_per_moment",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "subject_kind", "subject_id", "due_on"],
                condition=models.Q(due_on__isnull=False),
                nulls_distinct=False,
                name="occurrence_once_per_date",
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(cancelled_at=None, parked_at=None),
                name="occurrence_done_is_not_undone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(done_at=None, cancelled_at=None, parked_at=None),
                name="occurrence_open",
            ),
            models.Index(fields=["subject_kind", "subject_id", "due_at"], name="occurrence_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_code} {self.due_at:%Y-%m-%d}"
