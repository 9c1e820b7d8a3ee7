"""The company tracker: which steps a company is seen to take on a named issue, where each is known from, and its reply.

An issue belongs to its keeper, the organisation that runs this part of the tracker. What a keeper records is
append-only. What the public sends in waits for a person; nothing of it shows before.
"""

from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import ContributionState


class StepState(models.TextChoices):
    """What is known of one step; "no information" says nothing about what the company does."""

    NO_INFORMATION = "no_information", _("No information")
    CLAIMED = "claimed", _("Claimed")
    EVIDENCED = "evidenced", _("Evidenced")
    VERIFIED = "verified", _("Verified")
    REVERSED = "reversed", _("Reversed")


class Basis(models.TextChoices):
    """What a source is."""

    NONE = "none", _("Looked for and not found")
    COMPANY = "company", _("The company's own statement")
    DOCUMENT = "document", _("A document that shows it")
    THIRD_PARTY = "third_party", _("Somebody independent of the company")
    RIGHTS_HOLDER = "rights_holder", _("The people concerned confirm it")
    MEMBERSHIP = "membership", _("Membership in an initiative")


M = TypeVar("M", bound=models.Model)


class PublicQuerySet(models.QuerySet[M]):
    """Rows that everybody reads once they are public; before that, their keeper alone."""

    is_public: ClassVar[models.Q] = models.Q(is_public=True)

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What is public, and what the viewer's organisation keeps."""
        if viewer is None:
            return self.filter(self.is_public)
        return self.filter(self.is_public | models.Q(keeper_id=viewer.organisation_id))


class IssueQuerySet(PublicQuerySet["Issue"]):
    """Issues."""

    is_public: ClassVar[models.Q] = models.Q(published_at__isnull=False)


class Issue(models.Model):
    """One issue that companies are followed on, for example forced labour that a state imposes."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    keeper_name = models.CharField(_("name of the keeper"), max_length=200, default="", editable=False)
    title = models.CharField(_("name of the issue"), max_length=200)
    summary = models.TextField(_("what it is about"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    is_state_imposed = models.BooleanField(_("a state imposes it"), default=False)
    steps = ArrayField(models.CharField(max_length=20), verbose_name=_("steps"))
    opened_at = models.DateTimeField(_("opened"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_state_imposed=False)
                | models.Q(steps__contains=["exit"]) & ~models.Q(steps__contains=["remediate"]),
                name="state_imposed_offers_exit_never_site_remediation",
            ),
            models.CheckConstraint(condition=models.Q(steps__len__gte=1), name="an_issue_has_steps"),
            models.CheckConstraint(condition=~models.Q(title=""), name="an_issue_has_a_name"),
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="issue_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation that keeps it."""
        return self.keeper_id


class CompanyQuerySet(PublicQuerySet["TrackedCompany"]):
    """Tracked companies."""


class TrackedCompany(models.Model):
    """A company by its name and outside ids; one of our organisations may be it, and then replies."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    outside_ids = models.JSONField(_("outside ids"), default=list, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("its organisation here"),
    )
    is_public = models.BooleanField(_("public"), default=False, editable=False)
    added_at = models.DateTimeField(_("added"))

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracked company")
        verbose_name_plural = _("tracked companies")
        constraints = [
            models.UniqueConstraint(fields=["keeper", "name"], name="a_keeper_has_a_company_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_company_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The organisation that keeps it."""
        return self.keeper_id


class TrackingQuerySet(PublicQuerySet["Tracking"]):
    """How companies stand."""


class Tracking(models.Model):
    """How one company stands on one issue: counted by the database out of its records, by nothing else."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="trackings")
    company = models.ForeignKey(TrackedCompany, models.PROTECT, related_name="trackings")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name of the company"), max_length=200, default="", editable=False)
    states = models.JSONField(_("states"), default=dict, editable=False)
    verified = models.PositiveSmallIntegerField(_("verified"), default=0)
    evidenced = models.PositiveSmallIntegerField(_("evidenced"), default=0)
    claimed = models.PositiveSmallIntegerField(_("claimed"), default=0)
    reversed = models.PositiveSmallIntegerField(_("reversed"), default=0)
    has_reply = models.BooleanField(_("has a reply"), default=False)
    recorded_at = models.DateTimeField(_("last recorded"))
    next_check_on = models.DateField(_("next check"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=False, editable=False)

    objects = TrackingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing of a company")
        verbose_name_plural = _("standings of companies")
        constraints = [
            models.UniqueConstraint(fields=["issue", "company"], name="a_company_stands_once_on_an_issue")
        ]
        indexes = [
            models.Index(
                fields=["issue", "-verified", "-evidenced", "reversed", "-claimed", "name", "id"],
                name="tracking_leaders",
            ),
            models.Index(fields=["issue", "name", "id"], name="tracking_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class OfIssueQuerySet(models.QuerySet[M]):
    """What hangs on an issue, and is public with it."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What hangs on the issues that the viewer sees."""
        return self.filter(issue__in=Issue.objects.visible_to(viewer))


class StepRecordQuerySet(OfIssueQuerySet["StepRecord"]):
    """Records of steps."""


class StepRecord(models.Model):
    """What was found of one step on one day, with where it is known from; append-only, the newest counts."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="records")
    company = models.ForeignKey(TrackedCompany, models.PROTECT, related_name="records")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    step = models.CharField(_("step"), max_length=20)
    state = models.CharField(_("state"), max_length=20, choices=StepState.choices)
    basis = models.CharField(_("what the source is"), max_length=20, choices=Basis.choices)
    source = models.CharField(_("source"), max_length=250, blank=True, default="")
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True, default="")
    source_on = models.DateField(_("date of the source"), null=True, blank=True)
    next_check_on = models.DateField(_("next check"), null=True, blank=True)
    words = models.TextField(_("what it shows"), max_length=2000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(_("recorded"))

    objects = StepRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of a step")
        verbose_name_plural = _("records of steps")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="no_information")
                | ~models.Q(source="") & models.Q(source_on__isnull=False),
                name="a_step_names_its_dated_source",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="evidenced") | ~models.Q(basis__in=["none", "company"]),
                name="ones_own_word_is_a_claim",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="verified")
                | models.Q(basis__in=["third_party", "rights_holder", "membership"]),
                name="others_verify",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="reversed") | ~models.Q(words=""), name="a_reversal_says_why"
            ),
        ]
        indexes = [models.Index(fields=["issue", "company", "step", "-id"], name="steprecord_newest")]

    def __str__(self) -> str:
        return f"{self.step}: {self.state}"


class CompanyReplyQuerySet(OfIssueQuerySet["CompanyReply"]):
    """Replies of companies."""


class CompanyReply(models.Model):
    """What the company says to what is recorded of it; shown beside it at once, append-only."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="replies")
    company = models.ForeignKey(TrackedCompany, models.PROTECT, related_name="replies")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("who replies"), max_length=200, default="", editable=False)
    words = models.TextField(_("reply"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(_("when"))

    objects = CompanyReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply of a company")
        verbose_name_plural = _("replies of companies")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="a_company_reply_says_something")
        ]

    def __str__(self) -> str:
        return f"reply of {self.organisation_name}"


class ContributionQuerySet(models.QuerySet["Contribution"]):
    """What the public sent in."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What a moderator let through, and all of it for the keeper."""
        shown = models.Q(state=ContributionState.SHOWN)
        if viewer is None:
            return self.filter(shown)
        return self.filter(shown | models.Q(keeper_id=viewer.organisation_id))


class Contribution(models.Model):
    """What somebody without an account wrote about a company; held until a person of the keeper lets it through.

    Rows come in by `app.contribute` alone, which counts how many an address sends.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="contributions")
    company = models.ForeignKey(
        TrackedCompany, models.PROTECT, null=True, blank=True, related_name="contributions"
    )
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    company_name = models.CharField(_("company"), max_length=200)
    step = models.CharField(_("step"), max_length=20, blank=True, default="")
    words = models.TextField(_("what you know"), max_length=2000)
    source_url = models.URLField(_("address of a source"), max_length=500, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(one.value, one.value) for one in ContributionState],
        default=ContributionState.HELD,
    )
    sent_at = models.DateTimeField(_("sent"), db_default=Now())
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="held", decided_at=None)
                | ~models.Q(state="held") & models.Q(decided_at__isnull=False),
                name="a_contribution_is_held_until_decided",
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="a_contribution_says_something"),
        ]
        indexes = [models.Index(fields=["keeper", "state", "-sent_at", "-id"], name="contribution_waiting")]

    def __str__(self) -> str:
        return self.company_name

    @property
    def owner_id(self) -> int:
        """The organisation that moderates it."""
        return self.keeper_id


class ContributionSenderQuerySet(models.QuerySet["ContributionSender"]):
    """How to reach who sent something in."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The keeper's alone."""
        return self.filter(keeper_id=viewer.organisation_id) if viewer else self.none()


class ContributionSender(models.Model):
    """How the moderator reaches who wrote; never shown, and gone with the decision."""

    contribution = models.OneToOneField(Contribution, models.CASCADE, related_name="sender")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    contact = models.CharField(_("how to reach you"), max_length=200, blank=True, default="")
    fingerprint = models.CharField(_("fingerprint of the address"), max_length=64)
    sent_at = models.DateTimeField(_("sent"), db_default=Now())

    objects = ContributionSenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        indexes = [models.Index(fields=["fingerprint", "-sent_at"], name="sender_rate")]

    def __str__(self) -> str:
        return f"sender of contribution {self.contribution_id}"
