"""A call between one customer and the supplier about a CAR: proposed, agreed, moved, called off."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import CallState
from findings.models.audit import Audit
from findings.models.finding import Finding
from findings.models.pair import between
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class CallQuerySet(models.QuerySet["Call"]):
    """Calls, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Calls between the viewer's organisation and one other: never those of another customer."""
        return between(self, viewer)


class Call(models.Model):
    """One call of one customer with the supplier. What is said about it stands in its steps, append-only.

    The supplier, the audit and the first state are filled by the database; `sequence` grows with each change, so
    that calendars know which invitation is the newer one.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="calls")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("customer"))
    opened_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, state.value) for state in CallState],
        default=CallState.PROPOSED,
    )
    waits_for = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    sequence = models.PositiveIntegerField(default=0)
    supplier_zone = models.CharField(_("time zone of the site"), max_length=64, blank=True, default="")
    customer_zone = models.CharField(_("time zone of the customer"), max_length=64, blank=True, default="")
    opened_at = models.DateTimeField(_("proposed"))
    changed_at = models.DateTimeField(_("changed"))

    objects = CallQuerySet.as_manager()
    reads_are_logged = True

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="agreed", starts_at__isnull=False)
                | ~models.Q(state="agreed") & models.Q(starts_at=None),
                name="an_agreed_call_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", waits_for__isnull=False)
                | ~models.Q(state="proposed") & models.Q(waits_for=None),
                name="a_proposed_call_waits_for_one_side",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=10, minutes__lte=480), name="a_call_lasts_minutes"
            ),
        ]
        indexes = [models.Index(fields=["finding", "customer"], name="call_by_finding")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose CAR it is about: the supplier."""
        return self.supplier_id


class CallStepQuerySet(models.QuerySet["CallStep"]):
    """What was said about calls."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What the two sides of a call said, for the two."""
        return between(self, viewer)


class CallStep(models.Model):
    """One thing that one side did or said about a call; append-only."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("Proposed times")
        AGREED = "agreed", _("Agreed a time")
        DECLINED = "declined", _("Said no")
        CANCELLED = "cancelled", _("Called it off")
        JOINING = "joining", _("Said how to join")
        NOTE = "note", _("Wrote down what was agreed")

    call = models.ForeignKey(Call, models.PROTECT, related_name="steps")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    times = models.JSONField(_("times"), default=list, blank=True)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = CallStepQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["proposed", "agreed"]) | ~models.Q(times=[]),
                name="a_call_step_names_times",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["declined", "cancelled", "joining", "note"])
                | ~models.Q(text=""),
                name="a_call_step_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of call {self.call_id}"

    @property
    def moments(self) -> list[datetime]:
        """The times as moments."""
        return [datetime.fromisoformat(one) for one in self.times]
