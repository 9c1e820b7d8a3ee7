"""How often a person wants news from their groups by mail."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class Rhythm(models.TextChoices):
    """How often; somebody who is mentioned is told at once in any case."""

    AT_ONCE = "at_once", _("At once, each post in threads I follow")
    DAILY = "daily", _("Once a day, if there is something")
    WEEKLY = "weekly", _("Every Monday, if there is something")
    NONE = "none", _("No news by mail")


class NewsChoiceQuerySet(models.QuerySet["NewsChoice"]):
    """Choices."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own, for the organisation that one acts for."""
        if viewer is None:
            return self.none()
        return self.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class NewsChoice(models.Model):
    """What a person chose for the groups they are in for one organisation; without a row it is once a day.

    `stop_hash` keeps the link in letters that ends them without signing in; a new one voids all links before.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    rhythm = models.CharField(
        _("news from my groups"), max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY
    )
    mails_mentions = models.BooleanField(_("a letter when somebody mentions me"), default=True)
    told_until = models.DateTimeField(_("told of everything until"))
    stop_seed = models.CharField(max_length=12, default=new_code, editable=False)
    stop_hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = NewsChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of news")
        verbose_name_plural = _("choices of news")
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="news_chosen_once_per_person"),
            models.CheckConstraint(condition=models.Q(rhythm__in=Rhythm.values), name="news_rhythm_is_known"),
        ]

    def __str__(self) -> str:
        return f"news of person {self.person_id} for organisation {self.organisation_id}"

    @property
    def owner_id(self) -> int:
        """The organisation for which the person listens."""
        return self.organisation_id
