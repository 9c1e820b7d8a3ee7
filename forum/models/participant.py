"""People in a group, for the organisation they come from."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import ParticipantState
from forum.models.group import Group, GroupAccess
from forum.models.naming import NamesPeople
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

INVITED_FOR = timedelta(days=30)


class ParticipantRole(models.TextChoices):
    """As what somebody takes part; a guest reads and talks, and holds no seat."""

    MEMBER = "member", _("Participant")
    CO_LEAD = "co_lead", _("Co-lead")
    GUEST = "guest", _("Guest")


class LeadSide(models.TextChoices):
    """Each group has two co-leads, one of each side; empty for everybody else."""

    OPERATOR = "operator", _("From the operator")
    MEMBER = "member", _("From a member organisation")


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants, as far as a viewer may know of them; row security says the same."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Oneself and invitations to oneself; co-leads of every group; inside a group, its people.

        Co-leads also see who asked, was invited, declined or left; the operator sees whom it named as a co-lead.
        """
        if viewer is None:
            return self.none()
        own = models.Q(person_id=viewer.person_id, organisation_id=viewer.organisation_id)
        entered = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
        addressed = Person.objects.filter(pk=viewer.person_id, email=models.OuterRef("email"))
        to_me = models.Q(organisation_id=viewer.organisation_id, state=ParticipantState.INVITED)
        lead = models.Q(role=ParticipantRole.CO_LEAD)
        return self.filter(
            own
            | to_me & models.Exists(addressed)
            | lead & models.Q(state=ParticipantState.ACTIVE)
            | lead & models.Q(group__operator_id=viewer.organisation_id)
            | models.Q(state=ParticipantState.ACTIVE) & models.Exists(entered)
            | models.Exists(entered.filter(is_co_lead=True))
        )

    def active(self) -> Self:
        """Those who take part now."""
        return self.filter(state=ParticipantState.ACTIVE)

    def co_leads(self) -> Self:
        """Those who lead now."""
        return self.active().filter(role=ParticipantRole.CO_LEAD)


class Participant(NamesPeople):
    """One person in one group for one organisation, from asking or being invited to the end.

    Names are copies made by triggers: neither the organisation nor the person may be readable through other tables.
    An invitation is to an organisation and an address; whoever of that organisation signs in with it answers.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="participants")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    organisation_name = models.CharField(_("organisation"), max_length=200, default="", editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    person_name = models.CharField(_("name"), max_length=254, default="", editable=False)
    # Only as long as an invitation waits.
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    role = models.CharField(_("takes part as"), max_length=10, choices=ParticipantRole.choices)
    side = models.CharField(
        _("side"), max_length=10, choices=LeadSide.choices, blank=True, default="", editable=False
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[
            (ParticipantState.ASKED.value, _("Asks to join")),
            (ParticipantState.INVITED.value, _("Invited")),
            (ParticipantState.ACTIVE.value, _("Takes part")),
            (ParticipantState.DECLINED.value, _("Declined")),
            (ParticipantState.ENDED.value, _("Ended")),
        ],
    )
    words = models.TextField(_("why you would like to join"), max_length=1000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")
    reason_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    named_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    named_by_name = models.CharField(_("invited by"), max_length=254, default="", editable=False)
    since_at = models.DateTimeField(_("asked or invited"))
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ParticipantQuerySet.as_manager()
    called: ClassVar = {
        "person_name": ("person_id", "organisation_name"),
        "named_by_name": ("named_by_id", ""),
    }

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organisation", "person"],
                condition=models.Q(state__in=["asked", "active"]),
                name="participant_once_per_group",
            ),
            models.UniqueConstraint(
                "group",
                "organisation",
                Lower("email"),
                condition=models.Q(state="invited"),
                name="participant_invited_once",
            ),
            models.UniqueConstraint(
                fields=["group", "side"],
                condition=models.Q(state="active", role="co_lead"),
                name="group_has_one_co_lead_of_each_side",
            ),
            models.CheckConstraint(
                condition=models.Q(role="co_lead") & ~models.Q(side="")
                | ~models.Q(role="co_lead") & models.Q(side=""),
                name="participant_who_leads_has_a_side",
            ),
            models.CheckConstraint(
                condition=models.Q(state="invited", person=None) & ~models.Q(email="")
                | ~models.Q(state="invited") & models.Q(email=""),
                name="participant_is_invited_by_address",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | ~models.Q(state__in=["asked", "active"]),
                name="participant_is_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "invited"], ended_at=None, joined_at=None)
                | models.Q(state="active", ended_at=None, joined_at__isnull=False)
                | models.Q(state__in=["declined", "ended"], ended_at__isnull=False),
                name="participant_times_follow_the_state",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "organisation", "state"], name="participant_of_person"),
            models.Index(fields=["group", "state", "person_name", "id"], name="participant_of_group"),
        ]

    def __str__(self) -> str:
        return self.person_name or self.email or self.code

    @property
    def owner_id(self) -> int:
        """The organisation they come from."""
        return self.organisation_id

    @property
    def answer_by(self) -> datetime:
        """Until when an invitation waits for an answer."""
        return self.since_at + INVITED_FOR

    @property
    def leads(self) -> bool:
        """Whether they are named as a co-lead."""
        return self.role == ParticipantRole.CO_LEAD
