"""Schemes and their editions: what is asked, and what it takes for a level.

An edition is written as YAML (`schemes/definitions`), kept here with its text and its checksum, and never changes once
it is published: assessments rest on it.
"""

from typing import Self

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation
from organisations.visibility import Viewer
from schemes.definitions.edition import EditionData
from schemes.lifecycle import EditionState


class Subject(models.TextChoices):
    """What an assessment by the scheme is about."""

    ORGANISATION = "organisation", _("Organisations")
    INITIATIVE = "initiative", _("Initiatives")
    CONTRACT = "contract", _("Contracts")


class Shape(models.TextChoices):
    """How an edition judges: by rungs of a ladder, by points of a rubric, or line by line of a checklist."""

    LADDER = "ladder", _("Levels, one above the other")
    RUBRIC = "rubric", _("Points for each indicator")
    CHECKLIST = "checklist", _("An answer for each outcome")


class SchemeQuerySet(models.QuerySet["Scheme"]):
    """Schemes, as far as somebody may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Everybody, also without an account, sees what has been published; the scheme body its own as well."""
        public = models.Q(is_public=True)
        return self.filter(public if viewer is None else public | models.Q(body_id=viewer.organisation_id))


class Scheme(models.Model):
    """A set of criteria and levels that somebody answers for; its editions say which."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    key = models.SlugField(_("key"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    subject = models.CharField(_("what it assesses"), max_length=12, choices=Subject.choices)
    # Who runs it here; a scheme that comes with the product waits for one.
    body = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="schemes",
        verbose_name=_("scheme body"),
    )
    # Kept by a trigger: whether an edition was ever published.
    is_public = models.BooleanField(_("public"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ("title",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9-]*$"), name="scheme_key_is_a_slug"
            ),
            models.CheckConstraint(
                condition=models.Q(subject__in=Subject.values), name="scheme_subject_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int | None:
        """The scheme body; None while nobody runs it here."""
        return self.body_id


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions, as far as somebody may read them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Everybody reads what is or was published; drafts are for the scheme body."""
        public = ~models.Q(state=EditionState.DRAFT)
        return self.filter(
            public if viewer is None else public | models.Q(scheme__body_id=viewer.organisation_id)
        )

    def in_force(self) -> Self:
        """The edition of each scheme by which assessments begin now."""
        return self.filter(state=EditionState.PUBLISHED)


class Edition(models.Model):
    """One version of a scheme, frozen when it is published."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="editions", verbose_name=_("scheme"))
    version = models.CharField(_("version"), max_length=20)
    title = models.CharField(_("title"), max_length=160)
    shape = models.CharField(_("shape"), max_length=10, choices=Shape.choices)
    language = models.CharField(_("language"), max_length=12)
    # The file as it was written, and its checksum; `data` is what the file says, as `EditionData` reads it.
    source = models.TextField(_("text"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    data = models.JSONField(_("content"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=EditionState.DRAFT,
        choices=[
            (EditionState.DRAFT, _("Draft")),
            (EditionState.PUBLISHED, _("In force")),
            (EditionState.RETIRED, _("Followed by a later one")),
        ],
    )
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    retired_at = models.DateTimeField(_("followed by a later one"), null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "version"], name="edition_once_per_version"),
            models.UniqueConstraint(
                fields=["scheme"], condition=models.Q(state="published"), name="edition_one_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="edition_has_its_sha256"
            ),
            models.CheckConstraint(condition=models.Q(shape__in=Shape.values), name="edition_shape_is_known"),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at=None, retired_at=None)
                | models.Q(state="published", published_at__isnull=False, retired_at=None)
                | models.Q(state="retired", published_at__isnull=False, retired_at__isnull=False),
                name="edition_dates_follow_its_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def content(self) -> EditionData:
        """What the edition says, as the rules read it."""
        return EditionData.from_json(self.data)


class Criterion(models.Model):
    """One thing that an edition asks: a criterion, an indicator or an outcome."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="criteria")
    key = models.CharField(_("key"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    group = models.CharField(_("group"), max_length=60, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ("edition", "position")
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="criterion_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "position"], name="criterion_has_its_own_place"),
        ]

    def __str__(self) -> str:
        return self.title


class Level(models.Model):
    """One rung of an edition's ladder; rank 1 is the lowest."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="levels")
    key = models.CharField(_("key"), max_length=40)
    title = models.CharField(_("title"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ("edition", "rank")
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="level_once_per_edition"),
            models.UniqueConstraint(fields=["edition", "rank"], name="level_has_its_own_rank"),
            models.CheckConstraint(condition=models.Q(rank__gte=1), name="level_rank_begins_at_one"),
        ]

    def __str__(self) -> str:
        return self.title
