"""Action items: who does what by when."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import ActionItemState
from forum.models.group import InsideQuerySet, SignedInside
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class ActionItemQuerySet(InsideQuerySet["ActionItem"]):
    """Action items."""

    def still_open(self) -> "ActionItemQuerySet":
        """Those to be done."""
        return self.filter(state=ActionItemState.OPEN)

    def of(self, viewer: Viewer) -> "ActionItemQuerySet":
        """The viewer's own, for the organisation they act for."""
        return self.filter(owner_id=viewer.person_id, owner_organisation_id=viewer.organisation_id)


class ActionItem(SignedInside):
    """One thing that one person inside the group does by a day."""

    called: ClassVar = SignedInside.called | {"owner_name": ("owner_id", "")}

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("what is to be done"), max_length=300)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("owner"))
    owner_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    owner_name = models.CharField(_("owner"), max_length=254, default="", editable=False)
    due_on = models.DateField(_("by"))
    meeting = models.ForeignKey(
        "forum.Meeting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_items",
        verbose_name=_("meeting"),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        default=ActionItemState.OPEN,
        choices=[
            (ActionItemState.OPEN.value, _("Open")),
            (ActionItemState.DONE.value, _("Done")),
            (ActionItemState.CANCELLED.value, _("Cancelled")),
        ],
    )
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="action_item_says_what"),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at=None)
                | ~models.Q(state="open") & models.Q(ended_at__isnull=False),
                name="action_item_ended_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "due_on", "id"], name="action_item_of_group"),
            models.Index(
                fields=["owner", "owner_organisation", "due_on"],
                condition=models.Q(state="open"),
                name="action_item_of_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def phase(self, today: dt.date) -> str:
        """Return how it stands on a day, as `web.statuses` names it."""
        is_late = self.state == ActionItemState.OPEN and self.due_on < today
        return "overdue" if is_late else str(self.state)
