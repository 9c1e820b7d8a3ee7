"""Outside bodies and what they tell: updates with figures, in versions, and who follows them.

A body is an organisation that the others listen to: an auditors' association, a programme. What it has published stays
as it was; putting it right is a new version with a reason, and both are read.
"""

from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import UpdateState
from forum.visibility import for_members
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

M = TypeVar("M", bound=models.Model)


class ForMembersQuerySet(models.QuerySet[M]):
    """Rows that every member reads."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member of any organisation."""
        return for_members(self, viewer)


class BodyQuerySet(ForMembersQuerySet["Body"]):
    """Outside bodies."""


class Body(models.Model):
    """An outside body that posts updates; it opens its place itself, or the operator names it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=200, default="", editable=False)
    summary = models.CharField(_("what it is"), max_length=500)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answers_for_audits = models.BooleanField(
        _("its list is asked for the auditors of audits"), default=False, editable=False
    )
    opened_at = models.DateTimeField(_("opened"))

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside body")
        verbose_name_plural = _("outside bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["answers_for_audits"],
                condition=models.Q(answers_for_audits=True),
                name="body_one_answers_for_audits",
            ),
            models.CheckConstraint(condition=~models.Q(summary=""), name="body_says_what_it_is"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="body_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The organisation that it is."""
        return self.organisation_id


class OfBodyQuerySet(models.QuerySet[M]):
    """What a body tells: drafts are its own, the rest is for every member."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What is published, and all of it for the body itself."""
        if viewer is None:
            return self.none()
        return self.filter(
            models.Q(published_at__isnull=False) | models.Q(organisation_id=viewer.organisation_id)
        )


class BodyUpdateQuerySet(OfBodyQuerySet["BodyUpdate"]):
    """Updates."""

    def published(self) -> Self:
        """Those that were published, withdrawn ones as well."""
        return self.filter(published_at__isnull=False)


class BodyUpdate(models.Model):
    """One update of a body; its words stand in its versions, of which the newest published one counts."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    body = models.ForeignKey(Body, models.PROTECT, related_name="updates", verbose_name=_("body"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body_name = models.CharField(_("name of the body"), max_length=200, default="", editable=False)
    title = models.CharField(_("title"), max_length=200, default="", editable=False)
    language = models.CharField(_("language"), max_length=12, default="", editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=UpdateState.DRAFT,
        choices=[
            (UpdateState.DRAFT.value, _("Draft")),
            (UpdateState.PUBLISHED.value, _("Published")),
            (UpdateState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    number = models.PositiveSmallIntegerField(_("version that counts"), default=0, editable=False)
    begun_at = models.DateTimeField(_("begun"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    reason = models.CharField(_("why it is withdrawn"), max_length=1000, blank=True, default="")
    reason_language = models.CharField(_("language"), max_length=12, blank=True, default="")

    objects = BodyUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update of a body")
        verbose_name_plural = _("updates of bodies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False, number__gte=1)
                | models.Q(state="draft", published_at=None)
                | models.Q(state="withdrawn"),
                name="bodyupdate_published_has_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn", withdrawn_at__isnull=False) & ~models.Q(reason="")
                | ~models.Q(state="withdrawn") & models.Q(withdrawn_at=None, reason=""),
                name="bodyupdate_withdrawn_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="bodyupdate_newest"),
            models.Index(fields=["body", "-published_at", "-id"], name="bodyupdate_of_body"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation that tells it."""
        return self.organisation_id


class BodyUpdateVersionQuerySet(OfBodyQuerySet["BodyUpdateVersion"]):
    """Versions of updates."""


class BodyUpdateVersion(models.Model):
    """What an update says: a draft that changes, or a published version that never does."""

    update = models.ForeignKey(BodyUpdate, models.PROTECT, related_name="versions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=8000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    dated_on = models.DateField(_("date"))
    correction = models.CharField(_("what was put right"), max_length=1000, blank=True, default="")
    saved_at = models.DateTimeField(_("saved"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = BodyUpdateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an update")
        verbose_name_plural = _("versions of updates")
        ordering = ("update", "number")
        constraints = [
            models.UniqueConstraint(fields=["update", "number"], name="bodyupdateversion_once_per_number"),
            models.UniqueConstraint(
                fields=["update"], condition=models.Q(published_at=None), name="bodyupdateversion_one_draft"
            ),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(text=""), name="bodyupdateversion_says_something"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(number=1) | ~models.Q(correction=""),
                name="bodyupdateversion_correction_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class BodyFigureQuerySet(models.QuerySet["BodyFigure"]):
    """Figures."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the versions that the viewer reads."""
        return self.filter(version__in=BodyUpdateVersion.objects.visible_to(viewer))


class BodyFigure(models.Model):
    """One figure of a version: what it counts, how many, of what, and when."""

    version = models.ForeignKey(BodyUpdateVersion, models.CASCADE, related_name="figures")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("what is counted"), max_length=80)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=30, blank=True, default="")
    period = models.CharField(_("period"), max_length=30)

    objects = BodyFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of an update")
        verbose_name_plural = _("figures of updates")
        ordering = ("version", "position")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="bodyfigure_once_per_place"),
            models.UniqueConstraint(
                fields=["version", "name", "unit", "period"], name="bodyfigure_one_value_each"
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(period=""), name="bodyfigure_says_what_and_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.period}"

    @property
    def shown(self) -> str:
        """The value without zeros that say nothing."""
        return f"{self.value:,.3f}".rstrip("0").rstrip(".")


class BodyFollowerQuerySet(models.QuerySet["BodyFollower"]):
    """Who follows."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own."""
        if viewer is None:
            return self.none()
        return self.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class BodyFollower(models.Model):
    """A person who wants to hear of a body, as a member of one organisation; nobody else learns of it."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    followed_at = models.DateTimeField(_("since"))
    # Keeps the link in letters that ends them without signing in.
    stop_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    objects = BodyFollowerQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower of a body")
        verbose_name_plural = _("followers of bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "person", "organisation"], name="bodyfollower_once_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} follows body {self.body_id}"
