"""A series of events, such as the knowledge series for public buyers."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import SeriesState
from ledger.codes import new_code
from organisations.models import Organisation
from organisations.visibility import Viewer


class EventTag(models.TextChoices):
    """What an event is about: purchasing categories by the keys that the pages about them have, and evidence."""

    CONSTRUCTION = "construction", _("Construction")
    LOGISTICS = "logistics", _("Logistics")
    FOOD = "food", _("Food and seafood")
    TEXTILES = "textiles", _("Textiles")
    FURNITURE = "furniture", _("Furniture")
    ELECTRONICS = "electronics", _("Electronics")
    EVIDENCE = "evidence", _("Judging evidence")


class SeriesQuerySet(models.QuerySet["Series"]):
    """Series, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What is published, and the drafts of one's own organisation."""
        if viewer is None:
            return self.none()
        return self.filter(
            models.Q(state=SeriesState.PUBLISHED) | models.Q(organiser_id=viewer.organisation_id)
        )


class Series(models.Model):
    """Several events under one name. `organiser_name` is kept, since not everyone may read the organiser's record."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organiser_name = models.CharField(_("organiser"), max_length=200, editable=False)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what it is about"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    tags = ArrayField(
        models.CharField(max_length=20, choices=EventTag.choices),
        default=list,
        blank=True,
        verbose_name=_("purchasing categories"),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        default=SeriesState.DRAFT,
        choices=[(SeriesState.DRAFT.value, _("Draft")), (SeriesState.PUBLISHED.value, _("Published"))],
    )
    created_at = models.DateTimeField(_("created"))

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in SeriesState]),
                name="forum_series_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(tags__contained_by=EventTag.values), name="forum_series_tags_are_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation that runs it."""
        return self.organiser_id

    @property
    def tag_labels(self) -> list[str]:
        """Return the names of its purchasing categories."""
        return [str(EventTag(one).label) for one in self.tags if one in EventTag.values]
