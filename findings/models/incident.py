"""A serious incident: one case about grave harm at a site, open to people named in it and to nobody else.

An organisation opens nothing here, nor does a role: `IncidentAccess` has a row for each person who may read a case
while acting for one organisation. Triggers write it from `findings_incident_access_rule` (migration
`0018_incidents`); row policies and `visible_to` ask it.
"""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import IncidentState
from findings.models.finding import Finding
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.models import Site


class IncidentSide(models.TextChoices):
    """Where a named person stands; the database says it, from ownership, trade links and audits."""

    SITE = "site", _("Supplier")
    CUSTOMER = "customer", _("Customer")
    FIRM = "firm", _("Audit firm")
    OUTSIDE = "outside", _("Helper from outside")


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Cases, as far as a person is named in them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Cases that name the viewer as a member of the organisation they act for."""
        if viewer is None:
            return self.none()
        access = IncidentAccess.objects.of(viewer).filter(incident_id=models.OuterRef("pk"))
        return self.filter(models.Exists(access))


class Incident(models.Model):
    """What happened, where, and how far the case is. Supplier and names are filled by the database."""

    class Kind(models.TextChoices):
        FEES = "fees", _("Workers paid fees for their job, and nobody plans to pay them back")
        CHILD = "child", _("A child works here")
        ABUSE = "abuse", _("Other grave harm to people")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    kind = models.CharField(_("what kind"), max_length=10, choices=Kind.choices)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("site"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    supplier_name = models.CharField(_("supplier"), max_length=200, editable=False)
    site_name = models.CharField(_("site"), max_length=250, editable=False)
    site_country = models.CharField(_("country of the site"), max_length=2, blank=True, editable=False)
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("finding")
    )
    what_happened = models.TextField(_("what happened"), max_length=5000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[
            (IncidentState.REPORTED.value, _("Reported")),
            (IncidentState.ACTING.value, _("Being acted on")),
            (IncidentState.CLOSED.value, _("Closed")),
        ],
        default=IncidentState.REPORTED,
    )
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)
    opened_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    opened_at = models.DateTimeField(_("opened"))
    opener_named_at = models.DateTimeField(null=True, editable=False)
    reopened_at = models.DateTimeField(_("opened again"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at=None)),
                name="incident_closed_has_a_time",
            ),
            models.CheckConstraint(condition=~models.Q(what_happened=""), name="incident_says_what_happened"),
        ]
        indexes = [models.Index(fields=["site"], name="incident_by_site")]

    def __str__(self) -> str:
        # Whatever copies a subject's name (entries, reads, letters) must copy nothing of a case.
        return self.code

    @property
    def is_closed(self) -> bool:
        """Whether the case is closed."""
        return self.state == IncidentState.CLOSED


class MemberQuerySet(models.QuerySet["IncidentMember"]):
    """Named people; row security narrows them to those that the reader may know of."""

    def in_force(self) -> Self:
        """Those whose naming has not ended."""
        return self.filter(ended_at=None)


class IncidentMember(models.Model):
    """A person named in a case, as a member of one organisation.

    A colleague is chosen from the organisation's people. Somebody elsewhere is named by address: whoever is a
    member of that organisation and reads mail there may open the case, within a week; until they do, `person` stays
    empty, so that a known address and an unknown one look alike. Sides and names are filled by the database.
    """

    class Role(models.TextChoices):
        LEAD = "lead", _("Leads the case")
        MEMBER = "member", _("Works on it")
        READER = "reader", _("Reads only")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    side = models.CharField(_("side"), max_length=10, choices=IncidentSide.choices, editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField(_("e-mail address"), blank=True)
    person_name = models.CharField(_("name"), max_length=254, blank=True, editable=False)
    organisation_name = models.CharField(_("organisation"), max_length=200, editable=False)
    named_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField(_("named"))
    expires_at = models.DateTimeField(_("can be opened until"), null=True, blank=True)
    joined_at = models.DateTimeField(_("opened it"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed to be introduced"), null=True, blank=True)
    introduced_at = models.DateTimeField(_("introduced"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("named person")
        verbose_name_plural = _("named people")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "organisation", "person"],
                condition=models.Q(ended_at=None, person__isnull=False),
                name="incident_names_a_person_once",
            ),
            models.UniqueConstraint(
                fields=["incident", "organisation", "email"],
                condition=models.Q(ended_at=None) & ~models.Q(email=""),
                name="incident_names_an_address_once",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | ~models.Q(email=""),
                name="incident_member_is_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(person=None, joined_at=None, expires_at__isnull=False)
                | models.Q(person__isnull=False, expires_at=None),
                name="incident_address_waits_for_a_while",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], name="incident_member_of"),
            models.Index(fields=["email"], name="incident_member_by_email"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def called(self) -> str:
        """By which name the others know this person: the address until they have opened the case."""
        return self.person_name or self.email

    @property
    def is_waiting(self) -> bool:
        """Whether this person has been told and has not opened the case yet."""
        return self.joined_at is None and self.ended_at is None

    @property
    def is_introduced(self) -> bool:
        """Whether this person agreed to be introduced, and was."""
        return self.agreed_at is not None and self.introduced_at is not None


class AccessQuerySet(models.QuerySet["IncidentAccess"]):
    """Rows of the access table; row security shows a person their own alone."""

    def of(self, viewer: Viewer) -> Self:
        """The viewer's own, while acting for the organisation for which they are named."""
        now = timezone.now()
        in_time = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return self.filter(in_time, person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class IncidentAccess(models.Model):
    """This person, acting for this organisation, may read this case. Written by triggers only."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="access")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    member = models.ForeignKey(IncidentMember, models.CASCADE, related_name="access")
    side = models.CharField(max_length=10, choices=IncidentSide.choices)
    role = models.CharField(max_length=10, choices=IncidentMember.Role.choices)
    is_introduced = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "person", "organisation"], name="incident_access_once_per_person"
            )
        ]
        indexes = [models.Index(fields=["person", "organisation"], name="incident_access_of_person")]

    def __str__(self) -> str:
        return f"person {self.person_id} reads case {self.incident_id}"

    @property
    def is_site(self) -> bool:
        """Whether this person stands on the supplier's side."""
        return self.side == IncidentSide.SITE

    @property
    def is_lead(self) -> bool:
        """Whether this person leads the case."""
        return self.role == IncidentMember.Role.LEAD

    @property
    def may_write(self) -> bool:
        """Whether this person does more than read."""
        return self.role != IncidentMember.Role.READER


class IncidentRead(models.Model):
    """A named person opened the case on a day. Kept apart from the read log, which whole organisations read."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="reads")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    member = models.ForeignKey(IncidentMember, models.CASCADE, related_name="reads")
    on = models.DateField(_("day"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "member", "on"], name="incident_read_once_a_day")
        ]

    def __str__(self) -> str:
        return f"read on {self.on}"
