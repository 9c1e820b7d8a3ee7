"""Introducing customers to each other: the one way in which customers ever learn of one another.

The supplier proposes, each customer is asked alone, and the database itself writes who may read whose name, once
enough of those asked have agreed and the supplier, or the second yes of two, completes it.
"""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import IntroductionState
from findings.models.audit import Audit
from findings.models.finding import Finding
from findings.models.pair import between
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    """Rounds of introduction, for the supplier alone."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's organisation's own rounds, within site limits; no customer sees a round."""
        return between(self, viewer, customer="supplier_id")


class Introduction(models.Model):
    """One round: whom the supplier wants to introduce to each other for one plan. Seen by the supplier only."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="introductions")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, state.value) for state in IntroductionState],
        default=IntroductionState.ASKING,
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(_("proposed"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="asking", closed_at=None)
                | ~models.Q(state="asking") & models.Q(closed_at__isnull=False),
                name="a_closed_introduction_says_when",
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=models.Q(state="asking"), name="one_open_introduction"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The supplier."""
        return self.supplier_id


class IntroductionAskQuerySet(models.QuerySet["IntroductionAsk"]):
    """What each customer was asked."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The one customer asked, and the supplier."""
        return between(self, viewer)


class IntroductionAsk(models.Model):
    """The question to one customer. It tells neither how many are asked nor who; closed by the database."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="asks")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+", editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("customer"))
    asked_at = models.DateTimeField(_("asked"))
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = IntroductionAskQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about an introduction")
        verbose_name_plural = _("questions about introductions")
        constraints = [
            models.UniqueConstraint(fields=["introduction", "customer"], name="asked_once_per_introduction")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The supplier."""
        return self.supplier_id


class AnswerQuerySet(models.QuerySet["IntroductionAnswer"]):
    """Answers to the question."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The customer who gave it, and the supplier."""
        return between(self, viewer)


class IntroductionAnswer(models.Model):
    """One customer's answer, which it may take back until the introduction is made; append-only."""

    class Kind(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Said no")
        TAKEN_BACK = "taken_back", _("Took the yes back")

    ask = models.ForeignKey(IntroductionAsk, models.PROTECT, related_name="answers")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("answer"), max_length=10, choices=Kind.choices)
    contact_name = models.CharField(_("contact person"), max_length=160, blank=True)
    contact_email = models.EmailField(_("e-mail of the contact person"), blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    has_read_notice = models.BooleanField(_("has read the notice on competition law"), default=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="agreed")
                | ~models.Q(contact_name="") & models.Q(has_read_notice=True),
                name="a_yes_names_a_contact_and_read_the_notice",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.ask_id}"


class IntroducedQuerySet(models.QuerySet["Introduced"]):
    """Who was introduced to whom."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What a customer was told, and what the supplier's introductions told."""
        return between(self, viewer)


class Introduced(models.Model):
    """One customer may read one other's name and contact person, for one CAR. Written by the database alone."""

    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    other_name = models.CharField(_("organisation"), max_length=200)
    contact_name = models.CharField(_("contact person"), max_length=160)
    contact_email = models.EmailField(_("e-mail of the contact person"), blank=True)
    at = models.DateTimeField(_("introduced"))

    objects = IntroducedQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.other_name
