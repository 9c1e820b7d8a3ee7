"""Groups, where they stand in the cycle, and who may enter them."""

from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import GroupState
from forum.models.naming import NamesPeople
from forum.visibility import for_members, inside
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

M = TypeVar("M", bound=models.Model)


class GroupKind(models.TextChoices):
    """What brings a group together."""

    TOPIC = "topic", _("A topic")
    NATIONAL = "national", _("A country")
    NETWORK = "network", _("A profession")


class EntryRule(models.TextChoices):
    """How one comes in."""

    OPEN = "open", _("Open: everybody may join")
    REQUEST = "request", _("By request: a co-lead decides")
    INVITATION = "invitation", _("By invitation only")


class StageQuerySet(models.QuerySet["Stage"]):
    """Stages."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member reads them."""
        return for_members(self, viewer)


class Stage(models.Model):
    """One step of the cycle of improvement around which the topics stand; loaded from a file."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=60)
    summary = models.CharField(_("summary"), max_length=300, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("position"), unique=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage of the cycle")
        verbose_name_plural = _("stages of the cycle")
        ordering = ("position",)

    def __str__(self) -> str:
        return self.title


class GroupQuerySet(models.QuerySet["Group"]):
    """Groups."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member knows which groups there are."""
        return for_members(self, viewer)

    def entered_by(self, viewer: Viewer | None) -> Self:
        """Those whose inside the viewer may see."""
        return inside(self, viewer, group="pk")


class Group(models.Model):
    """A working group: a topic on the cycle, a country's users, or a profession's network."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    key = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("what it is for"), max_length=500)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    kind = models.CharField(_("brought together by"), max_length=10, choices=GroupKind.choices)
    stage = models.ForeignKey(
        Stage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="groups",
        verbose_name=_("stage of the cycle"),
    )
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    entry = models.CharField(_("how one comes in"), max_length=10, choices=EntryRule.choices)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=GroupState.ACTIVE,
        choices=[(GroupState.ACTIVE.value, _("Active")), (GroupState.CLOSED.value, _("Closed"))],
    )
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("operator"))
    sdg_tags = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("Sustainable Development Goals"),
        default=list,
        blank=True,
    )
    created_at = models.DateTimeField(_("created"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("title", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9-]*$"), name="group_key_is_a_slug"
            ),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(summary=""), name="group_says_what_it_is_for"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=GroupKind.values), name="group_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(entry__in=EntryRule.values), name="group_entry_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="topic", stage__isnull=False)
                | ~models.Q(kind="topic") & models.Q(stage=None),
                name="group_on_a_topic_has_a_stage",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="national") & ~models.Q(country="")
                | ~models.Q(kind="national") & models.Q(country=""),
                name="group_of_a_country_names_it",
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", closed_at=None)
                | models.Q(state="closed", closed_at__isnull=False),
                name="group_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The operator, who runs it and still does not enter it."""
        return self.operator_id

    @property
    def is_closed(self) -> bool:
        """Whether it is read only."""
        return self.state == GroupState.CLOSED


class GroupAccessQuerySet(models.QuerySet["GroupAccess"]):
    """Who may enter."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own."""
        if viewer is None:
            return self.none()
        return self.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class GroupAccess(models.Model):
    """Who may enter which group, for which organisation: kept by triggers alone, read by every policy inside groups."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    is_co_lead = models.BooleanField()
    is_guest = models.BooleanField()

    objects = GroupAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person", "organisation"], name="group_access_once_per_person"
            ),
        ]
        indexes = [models.Index(fields=["person", "organisation"], name="group_access_of_person")]

    def __str__(self) -> str:
        return f"person {self.person_id} enters group {self.group_id}"


class InsideQuerySet(models.QuerySet[M]):
    """Rows of something inside groups; every such table has a column `group_id`."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the groups that the viewer may enter."""
        return inside(self, viewer)


class SignedInside(NamesPeople):
    """Something that a person says inside a group, for their organisation.

    The trigger `app.sign_inside()` fills all five: who acts, and their names as they are at that moment.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    person_name = models.CharField(_("name"), max_length=254, default="", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("organisation"), max_length=200, default="", editable=False)

    class Meta:
        abstract = True
