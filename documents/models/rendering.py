"""A file that is being made: the row is the truth, the Celery message only the bell."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code


class Rendering(models.Model):
    """One file to make of one subject for one organisation, and how far it has come.

    The organisation is part of what makes it unique: what is rendered is what *its* person may see, and a key
    without it would tell one organisation what another has asked for. `claim` and `leased_until` say which
    worker is at it and until when it may be believed.
    """

    class State(models.TextChoices):
        """Queued → working → done or failed; asked for again, a failed one is queued anew."""

        QUEUED = "queued", _("waiting")
        WORKING = "working", _("being made")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    subject_code = models.CharField(max_length=12, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.CASCADE,
        related_name="renderings",
        verbose_name=_("for organisation"),
    )
    person = models.ForeignKey(
        "organisations.Person",
        on_delete=models.PROTECT,
        related_name="renderings",
        verbose_name=_("asked for by"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField(_("per cent done"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    document = models.OneToOneField(
        "documents.Document",
        null=True,
        on_delete=models.PROTECT,
        related_name="rendering",
        verbose_name=_("document"),
    )
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    requested_at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    audit = models.ForeignKey(
        "findings.Audit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to be shared with those who see the audit"),
    )
    incident = models.ForeignKey(
        "findings.Incident",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to be kept in the case"),
    )
    group = models.ForeignKey(
        "forum.Group",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to be kept in the group"),
    )

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "subject_kind", "subject_id"],
                name="documents_rendering_once_per_organisation",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="documents_rendering_percent_to_100"),
            models.CheckConstraint(
                condition=Q(state="done", document__isnull=False)
                | (~Q(state="done") & Q(document__isnull=True)),
                name="documents_rendering_done_means_document",
            ),
            models.CheckConstraint(
                condition=Q(state="working", claim__isnull=False, leased_until__isnull=False)
                | (~Q(state="working") & Q(claim__isnull=True, leased_until__isnull=True)),
                name="documents_rendering_working_means_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") ^ Q(error=""), name="documents_rendering_failed_means_error"
            ),
            models.CheckConstraint(
                condition=~Q(subject_kind__startswith="findings.incident") | Q(incident__isnull=False),
                name="documents_rendering_of_a_case_names_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=Q(state__in=["queued", "working"]),
                name="documents_rendering_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_code}"

    @property
    def is_pending(self) -> bool:
        """Tell whether a reader should wait and look again."""
        return self.state in (self.State.QUEUED, self.State.WORKING)
