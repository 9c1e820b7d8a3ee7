"""What is said to a consultation, and what the group answers."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import CommentState, RoundState
from forum.models.consultation import BEGUN, Consultation, ConsultationClause, ConsultationRound, entered
from forum.models.group import Group, SignedInside
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

LONGEST_COMMENT = 8000


class ConsultationCommentQuerySet(models.QuerySet["ConsultationComment"]):
    """Comments."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """As the round; what is not confirmed by its address is read by nobody."""
        rows = self.exclude(state=CommentState.WAITING)
        begun = models.Q(round__state__in=BEGUN)
        if viewer is None:
            return rows.filter(begun, round__is_public=True)
        return rows.filter(begun | models.Exists(entered(viewer)))

    def shown(self) -> Self:
        """Those with words to read, which need an answer."""
        return self.filter(state=CommentState.SHOWN)

    def unanswered(self) -> Self:
        """Those that a co-lead has to answer still."""
        return self.shown().filter(response=None)


class ConsultationComment(models.Model):
    """What somebody says to a clause, or to the whole: a member, or from the public once the address is confirmed.

    It never changes. A hidden one keeps its place and loses its words, which `ConsultationHiding` keeps.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="comments", editable=False)
    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="comments")
    clause = models.ForeignKey(
        ConsultationClause, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    from_public = models.BooleanField(_("from the public"), default=False, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", editable=False
    )
    name = models.CharField(_("name"), max_length=254, blank=True, default="")
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True, default="")
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    made_at = models.DateTimeField(_("made"))
    state = models.CharField(
        _("state"),
        max_length=8,
        default=CommentState.SHOWN,
        choices=[
            (CommentState.WAITING.value, _("Not confirmed")),
            (CommentState.SHOWN.value, _("Shown")),
            (CommentState.HIDDEN.value, _("Hidden")),
        ],
    )

    objects = ConsultationCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a consultation")
        verbose_name_plural = _("comments on consultations")
        ordering = ("made_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="hidden", text="", name="", organisation_name="")
                | models.Q(state__in=["waiting", "shown"]) & ~models.Q(text=""),
                name="consultation_comment_has_words",
            ),
            models.CheckConstraint(
                condition=models.Q(from_public=True, person=None, organisation=None)
                | models.Q(from_public=False, organisation__isnull=False, state="shown"),
                name="consultation_comment_has_one_voice",
            ),
        ]
        indexes = [models.Index(fields=["round", "clause", "id"], name="consultation_said_to_clause")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_shown(self) -> bool:
        """Whether there are words to read."""
        return self.state == CommentState.SHOWN


class ConsultationContactQuerySet(models.QuerySet["ConsultationContact"]):
    """Addresses."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Confirmed ones, the co-leads of the group."""
        if viewer is None:
            return self.none()
        leads = models.Exists(entered(viewer).filter(is_co_lead=True))
        return self.filter(leads, confirmed_at__isnull=False)


class ConsultationContact(models.Model):
    """The address behind a comment from the public; the secret of its link lies here as a hash."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    comment = models.OneToOneField(ConsultationComment, models.PROTECT, related_name="contact")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    objects = ConsultationContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("address behind a comment")
        verbose_name_plural = _("addresses behind comments")
        indexes = [models.Index(fields=["email", "asked_at"], name="consultation_contact_lately")]

    def __str__(self) -> str:
        return f"of comment {self.comment_id}"


class Verdict(models.TextChoices):
    """What the group does with a comment."""

    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    NOTED = "noted", _("Noted")


class ConsultationResponseQuerySet(models.QuerySet["ConsultationResponse"]):
    """Responses."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The people of the group; others once the whole round is answered."""
        told = models.Q(round__state=RoundState.ANSWERED)
        if viewer is None:
            return self.filter(told, round__is_public=True)
        return self.filter(told | models.Exists(entered(viewer)))


class ConsultationResponse(SignedInside):
    """The answer to one comment, with its reason; it may be put better until the round is answered."""

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="responses", editable=False)
    comment = models.OneToOneField(ConsultationComment, models.PROTECT, related_name="response")
    verdict = models.CharField(_("response"), max_length=12, choices=Verdict.choices)
    reason = models.TextField(_("reason"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    made_at = models.DateTimeField(_("answered"))

    objects = ConsultationResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response to a comment")
        verbose_name_plural = _("responses to comments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="consultation_verdict_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="consultation_response_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class ConsultationHidingQuerySet(models.QuerySet["ConsultationHiding"]):
    """The log of hiding."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The co-leads."""
        if viewer is None:
            return self.none()
        return self.filter(models.Exists(entered(viewer).filter(is_co_lead=True)))


class ConsultationHiding(SignedInside):
    """That a comment was hidden or shown again, by whom and why, with the words it has lost; append-only."""

    comment = models.ForeignKey(ConsultationComment, models.PROTECT, related_name="hidings")
    is_shown_again = models.BooleanField(_("shown again"), default=False)
    reason = models.TextField(_("reason"), max_length=1000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    text = models.TextField(_("its words"), blank=True, default="", editable=False)
    name = models.CharField(_("its name"), max_length=254, blank=True, default="", editable=False)
    of_organisation = models.CharField(
        _("its organisation"), max_length=200, blank=True, default="", editable=False
    )
    made_at = models.DateTimeField(_("at"))

    objects = ConsultationHidingQuerySet.as_manager()

    class Meta:
        verbose_name = _("hiding of a comment")
        verbose_name_plural = _("hidings of comments")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="consultation_hiding_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"hiding {self.pk} of comment {self.comment_id}"
