"""Ratings of initiatives against a rubric edition.

They have tables of their own, not the core's `Assessment`: nobody answers for itself here, two people score the same
indicators apart and agree, every score cites graded evidence from outside, a clock gives the initiative its say
before anything shows, and what is published is read by everybody. The edition and its rule (`definitions.tally`)
are shared.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.lifecycle import RatingState
from schemes.models.definition import Edition
from schemes.models.initiative import Initiative


class Grade(models.TextChoices):
    """How much a piece of evidence can carry; anything but a self-claim is proof."""

    SELF_CLAIM = "self_claim", _("The initiative’s own word")
    DOCUMENT = "document", _("A document that shows it")
    THIRD_PARTY = "third_party", _("Somebody independent")
    RIGHTS_HOLDER = "rights_holder", _("Confirmed by the people concerned")


class Part(models.TextChoices):
    """Whose score it is; the agreed one counts."""

    FIRST = "first", _("Rater")
    SECOND = "second", _("Second rater")
    AGREED = "agreed", _("Agreed")


class RatingQuerySet(models.QuerySet["Rating"]):
    """Ratings, as far as somebody may read them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """What is published; the rating organisation's own; and, while it has its say, the initiative's."""
        published = models.Q(state=RatingState.PUBLISHED)
        if viewer is None:
            return self.filter(published)
        own = viewer.organisation_id
        has_its_say = models.Q(state=RatingState.WITH_INITIATIVE, initiative__organisation_id=own)
        return self.filter(published | models.Q(body_id=own) | has_its_say)


class Rating(models.Model):
    """One rating of one initiative by two people of one organisation, against one edition; frozen when published."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="ratings")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="ratings", verbose_name=_("rubric"))
    # What the edition says, copied by a trigger, so that the guards need not read its data each time.
    indicators = ArrayField(models.CharField(max_length=60), default=list, editable=False)
    values = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    proof_from = models.PositiveSmallIntegerField(default=0, editable=False)
    reply_days = models.PositiveSmallIntegerField(default=0, editable=False)
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=[(one.value, one.value) for one in RatingState],
        default=RatingState.SCORING,
    )
    rater = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("rater"))
    second_rater = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("second rater"))
    first_done_at = models.DateTimeField(_("the rater is done"), null=True, blank=True)
    first_note = models.TextField(_("conflicts of the rater"), max_length=1000, blank=True, default="")
    second_done_at = models.DateTimeField(_("the second rater is done"), null=True, blank=True)
    second_note = models.TextField(
        _("conflicts of the second rater"), max_length=1000, blank=True, default=""
    )
    opened_at = models.DateTimeField(_("begun"))
    told_how = models.CharField(_("how the initiative was told"), max_length=250, blank=True, default="")
    sent_at = models.DateTimeField(_("given to the initiative"), null=True, blank=True)
    reply_until = models.DateTimeField(_("the initiative replies until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=~models.Q(state__in=["published", "withdrawn"]),
                name="one_rating_of_an_initiative_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(rater=models.F("second_rater")), name="two_people_rate"
            ),
            models.CheckConstraint(
                condition=(models.Q(first_done_at=None) | ~models.Q(first_note=""))
                & (models.Q(second_done_at=None) | ~models.Q(second_note="")),
                name="whoever_rates_says_what_binds_them",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["scoring", "withdrawn"])
                | models.Q(first_done_at__isnull=False, second_done_at__isnull=False),
                name="two_are_done_before_they_compare",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["with_initiative", "published"])
                | models.Q(sent_at__isnull=False, reply_until__isnull=False) & ~models.Q(told_how=""),
                name="an_initiative_has_its_say",
            ),
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__gte=models.F("reply_until"))
                | ~models.Q(state="published") & models.Q(published_at=None),
                name="published_after_the_right_of_reply",
            ),
        ]
        indexes = [
            models.Index(fields=["initiative", "-published_at", "-id"], name="rating_newest"),
            models.Index(fields=["body", "-opened_at", "-id"], name="rating_of_body"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation that rates."""
        return self.body_id


class IndicatorScoreQuerySet(models.QuerySet["IndicatorScore"]):
    """Scores."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the ratings that the viewer sees; while two people score, each sees their own."""
        rows = self.filter(rating__in=Rating.objects.visible_to(viewer))
        apart = models.Q(rating__state=RatingState.SCORING)
        return (
            rows.exclude(apart)
            if viewer is None
            else rows.exclude(apart & ~models.Q(person_id=viewer.person_id))
        )


class IndicatorScore(models.Model):
    """What one of the two, or both together, gave an indicator; an empty value is "not assessed", never a zero."""

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="scores")
    indicator = models.CharField(_("indicator"), max_length=60)
    part = models.CharField(_("whose"), max_length=8, choices=Part.choices)
    value = models.CharField(_("score"), max_length=40, null=True, blank=True)  # noqa: DJ001 - empty is no value
    rationale = models.TextField(_("why"), max_length=2000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    objects = IndicatorScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score of an indicator")
        verbose_name_plural = _("scores of indicators")
        constraints = [
            models.UniqueConstraint(fields=["rating", "indicator", "part"], name="one_score_for_each_part"),
            models.CheckConstraint(
                condition=models.Q(value=None) | ~models.Q(rationale=""), name="an_indicator_score_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"


class CitationQuerySet(models.QuerySet["Citation"]):
    """Citations."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the ratings that the viewer sees."""
        return self.filter(rating__in=Rating.objects.visible_to(viewer))


class Citation(models.Model):
    """One dated piece of evidence for one indicator, with how much it can carry."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    rating = models.ForeignKey(Rating, models.PROTECT, related_name="citations")
    indicator = models.CharField(_("indicator"), max_length=60)
    title = models.CharField(_("what it is"), max_length=250)
    url = models.URLField(_("address"), max_length=500, blank=True, default="")
    dated_on = models.DateField(_("its date"))
    grade = models.CharField(_("how much it carries"), max_length=20, choices=Grade.choices)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(_("added"))

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="a_citation_says_what_it_is")
        ]

    def __str__(self) -> str:
        return self.title


class RatingReplyQuerySet(models.QuerySet["RatingReply"]):
    """Replies of initiatives."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those to the ratings that the viewer sees."""
        return self.filter(rating__in=Rating.objects.visible_to(viewer))


class RatingReply(models.Model):
    """What the initiative says to its rating; append-only, shown beside it."""

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="replies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    # An initiative without an account replies by letter; the rating organisation then passes its words on.
    is_passed_on = models.BooleanField(_("passed on by the raters"), default=False)
    words = models.TextField(_("reply"), max_length=6000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(_("when"))

    objects = RatingReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply of an initiative")
        verbose_name_plural = _("replies of initiatives")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="an_initiative_reply_says_something")
        ]

    def __str__(self) -> str:
        return f"reply to rating {self.rating_id}"
