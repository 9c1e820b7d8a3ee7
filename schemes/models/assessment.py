"""One scoring of one subject against one edition, and what happens around it inside the scheme body."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import CLOSED_ASSESSMENTS, AssessmentState
from schemes.models.definition import Edition
from schemes.models.membership import SchemeMembership
from schemes.visibility import Side, of_either, of_the_body, once


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those about the viewer's own organisation, and those of the schemes that it runs."""
        return of_either(self, viewer)

    def under_way(self) -> Self:
        """Those that are neither decided nor withdrawn."""
        return self.exclude(state__in=CLOSED_ASSESSMENTS)


class Assessment(models.Model):
    """One scoring against one edition, which it keeps whatever editions follow.

    Row security opens it to the member and the scheme body alike, so what is not for the member yet (scores, the
    proposal) stands in rows of its own; `result` and what was said about improvement come here with the decision.
    """

    class Kind(models.TextChoices):
        INITIAL = "initial", _("Initial assessment")
        INTERIM = "interim", _("Interim assessment")
        RATING = "rating", _("Rating")
        CHECK = "check", _("Check")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="assessments", verbose_name=_("edition")
    )
    # Empty where the subject is an initiative or a contract.
    membership = models.ForeignKey(
        SchemeMembership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("membership"),
    )
    member = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    subject_label = models.CharField(_("about"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.INITIAL)
    state = models.CharField(
        _("state"),
        max_length=14,
        default=AssessmentState.ANSWERING,
        choices=[
            (AssessmentState.ANSWERING.value, _("With the member")),
            (AssessmentState.SUBMITTED.value, _("Submitted")),
            (AssessmentState.IN_ASSESSMENT.value, _("In assessment")),
            (AssessmentState.CLARIFICATION.value, _("Waiting for clarification")),
            (AssessmentState.PROPOSED.value, _("Waiting for a decision")),
            (AssessmentState.DECIDED.value, _("Decided")),
            (AssessmentState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("previous assessment")
    )
    opened_at = models.DateTimeField(_("opened"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # Copied by the database from the proposal that was decided about.
    is_improvement_shown = models.BooleanField(_("improvement shown"), null=True, blank=True, editable=False)
    improvement_words = models.TextField(_("about improvement"), blank=True, editable=False)
    improvement_language = models.CharField(max_length=12, blank=True, default="", editable=False)
    result = models.JSONField(_("result of the rule"), null=True, blank=True, editable=False)
    level = models.CharField(_("level by the rule"), max_length=40, blank=True, default="", editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in AssessmentState]),
                name="assessment_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["initial", "interim"], membership__isnull=False)
                | models.Q(kind__in=["rating", "check"], membership=None) & ~models.Q(subject_label=""),
                name="assessment_has_its_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(state="answering", submitted_at=None)
                | models.Q(state="withdrawn")
                | ~models.Q(state__in=["answering", "withdrawn"]) & models.Q(submitted_at__isnull=False),
                name="assessment_submitted_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "decided"], proposed_at__isnull=False)
                | models.Q(state="withdrawn")
                | ~models.Q(state__in=["proposed", "decided", "withdrawn"]) & models.Q(proposed_at=None),
                name="assessment_proposed_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="decided", decided_at__isnull=False)
                | ~models.Q(state="decided")
                & models.Q(decided_at=None, result=None, is_improvement_shown=None),
                name="assessment_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~models.Q(state="withdrawn") & models.Q(withdrawn_at=None),
                name="assessment_withdrawn_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=~models.Q(state__in=["decided", "withdrawn"]),
                name="assessment_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "state", "due_on", "id"], name="assessment_work_list"),
            models.Index(fields=["member", "-opened_at", "-id"], name="assessment_newest"),
        ]

    def __str__(self) -> str:
        return self.subject_label

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member, or the scheme body where there is none."""
        return self.body_id if self.member_id is None else self.member_id

    @property
    def is_closed(self) -> bool:
        """Whether it is decided or withdrawn."""
        return self.state in CLOSED_ASSESSMENTS


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The scheme body's always; the member's once decided."""
        return once(self, viewer, first=Side.BODY, then="decided_at")


class Proposal(models.Model):
    """What an assessor lays before whoever decides: the rule's result over the scores of that moment; append-only.

    Sent back and proposed again there is another; the newest counts.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="proposals")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    # Key of the level that the rule gives, empty for none.
    level = models.CharField(_("level by the rule"), max_length=40, blank=True, default="")
    result = models.JSONField(_("result of the rule"))
    is_improvement_shown = models.BooleanField(_("improvement shown"), null=True, blank=True)
    words = models.TextField(_("about improvement"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)
    proposed_at = models.DateTimeField(_("proposed"))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"proposal for assessment {self.assessment_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those inside the viewer's own scheme body."""
        return of_the_body(self, viewer)

    def in_force(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """Who works on an assessment, and as what; the member does not see it."""

    class Role(models.TextChoices):
        ASSESSOR = "assessor", _("Assessor")
        SECOND_RATER = "second_rater", _("Second rater")
        DECIDER = "decider", _("Decides")

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="assignments")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    assigned_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    assigned_at = models.DateTimeField(_("assigned"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["assessor", "second_rater", "decider"]),
                name="assignment_role_is_known",
            ),
            models.UniqueConstraint(
                fields=["assessment", "person"],
                condition=models.Q(ended_at=None),
                name="assignment_one_role_for_each",
            ),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=models.Q(ended_at=None, role="decider"),
                name="assignment_one_decides",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("assigned_at")),
                name="assignment_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["person", "assessment"], name="assignment_of_person")]

    def __str__(self) -> str:
        return f"{self.role} of assessment {self.assessment_id}"


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    """Declarations, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those inside the viewer's own scheme body."""
        return of_the_body(self, viewer)


class Declaration(models.Model):
    """What somebody of the scheme body says about their own interests in this assessment; append-only.

    The newest counts. One about the same member in another assessment counts as well, if it is newer and not clean.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="declarations")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    has_conflict = models.BooleanField(_("has a conflict of interest"))
    is_supporter = models.BooleanField(_("supports the organisation"))
    words = models.TextField(_("what it is"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    declared_at = models.DateTimeField(_("declared"))

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration of interests")
        verbose_name_plural = _("declarations of interests")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(has_conflict=False, is_supporter=False) | ~models.Q(words=""),
                name="declaration_says_which_interest",
            ),
        ]
        indexes = [models.Index(fields=["person", "member", "-id"], name="declaration_newest")]

    def __str__(self) -> str:
        return f"declaration for assessment {self.assessment_id}"

    @property
    def is_clean(self) -> bool:
        """Whether it names nothing that stands in the way."""
        return not (self.has_conflict or self.is_supporter)
