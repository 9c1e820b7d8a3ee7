"""The site's right of reply: how long it has before publication, what it says, and what the firm answers."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import ReplyState
from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from findings.models.methodology import MethodologyVersion
from findings.visibility import Audience
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class ReviewPolicy(models.Model):
    """How many days a site has to comment on an audit before it is published, by methodology version.

    The firm may choose another number for one audit, from `least` to `most`.
    """

    version = models.OneToOneField(MethodologyVersion, models.CASCADE, related_name="review_policy")
    days = models.PositiveSmallIntegerField(_("days to comment"), default=7)
    least = models.PositiveSmallIntegerField(_("fewest days a firm may give"), default=3)
    most = models.PositiveSmallIntegerField(_("most days a firm may give"), default=30)
    remind_before = models.PositiveSmallIntegerField(_("days before the end to remind"), default=2)
    is_placeholder = models.BooleanField(_("placeholder"), default=True)

    class Meta:
        verbose_name = _("time to comment")
        verbose_name_plural = _("times to comment")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(least__gte=1, days__gte=models.F("least"), most__gte=models.F("days")),
                name="review_days_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.days}"


class SiteReplyQuerySet(models.QuerySet["SiteReply"]):
    """Replies, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Replies on audits that `AuditAccess` opens to the viewer's organisation, within site limits.

        What was said of a finding that the firm took out before publication stays between site and firm.
        """
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        access = AuditAccess.objects.filter(organisation_id=own, audit_id=models.OuterRef("audit_id"))
        ours = models.Q(supplier_id=own) | models.Q(audit_firm_id=own)
        rows = self.filter(models.Exists(access)).filter(models.Q(is_retired=False) | ours)
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows

    def open(self) -> Self:
        """Disputes that the firm has not answered."""
        return self.filter(state=ReplyState.OPEN)


class SiteReply(models.Model):
    """What a site says about a finding or an audit, and the firm's answer to a dispute.

    Words never change once said; a dispute is answered once. Everyone who sees the audit reads both.
    """

    evidence_audience: ClassVar[Audience] = Audience.AUDIT

    class Kind(models.TextChoices):
        FINE = "fine", _("Nothing to say")
        COMMENT = "comment", _("Comment")
        DISPUTE = "dispute", _("Dispute")
        FINISHED = "finished", _("No more comments")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="replies", verbose_name=_("audit"))
    finding = models.ForeignKey(
        Finding, models.SET_NULL, null=True, blank=True, related_name="replies", verbose_name=_("finding")
    )
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    # The finding as it was called then, filled by the database: a firm may take it out before publication.
    finding_title = models.CharField(_("finding"), max_length=250, default="", blank=True, editable=False)
    is_retired = models.BooleanField(_("about a finding that was taken out"), default=False, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("what the site says"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=12, choices=[(s.value, s.value) for s in ReplyState], default=ReplyState.SAID
    )
    said_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(_("said"))
    answer = models.TextField(_("the audit firm's reason"), max_length=4000, blank=True, default="")
    answer_language = models.CharField(_("language of the answer"), max_length=12, blank=True, default="")
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = SiteReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply of a site")
        verbose_name_plural = _("replies of sites")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["fine", "finished"]) | ~models.Q(text=""),
                name="reply_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="dispute") & ~models.Q(state="said")
                | ~models.Q(kind="dispute") & models.Q(state="said"),
                name="only_a_dispute_has_a_life",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["accepted", "kept"], answered_at__isnull=False)
                & ~models.Q(answer="")
                | ~models.Q(state__in=["accepted", "kept"]) & models.Q(answered_at=None, answer=""),
                name="answer_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["audit", "finding"],
                condition=models.Q(state="open"),
                nulls_distinct=False,
                name="one_open_dispute_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["audit", "said_at", "id"], name="reply_by_audit"),
            models.Index(fields=["finding", "state"], name="reply_by_finding"),
        ]

    def __str__(self) -> str:
        return self.finding_title or self.get_kind_display()

    @property
    def owner_id(self) -> int:
        """The organisation whose words these are: the supplier."""
        return self.supplier_id

    @property
    def reads_are_logged(self) -> bool:
        """Read with its audit, which leaves the line in the log."""
        return False
