"""Who is told of a rating: the second rater, the initiative, and those who rate."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of
from schemes.lifecycle import RatingState
from schemes.models import Rating

RATING, INITIATIVE = "schemes:rating", "schemes:initiative"


def _rating(entry: Entry) -> Rating:
    return Rating.objects.select_related("initiative").get(pk=entry.subject_id)


@notice("schemes.rating_begun", route=RATING)
def rating_begun(entry: Entry) -> Iterable[Recipient]:
    """The second rater."""
    rating = _rating(entry)
    return [one for one in people_of([rating.body_id]) if one.person == rating.second_rater_id]


@notice("schemes.rating_comparing", route=RATING)
def rating_comparing(entry: Entry) -> Iterable[Recipient]:
    """The two raters: both are done."""
    rating = _rating(entry)
    raters = {rating.rater_id, rating.second_rater_id}
    return [one for one in people_of([rating.body_id]) if one.person in raters]


@notice("schemes.rating_sent", route=RATING)
def rating_sent(entry: Entry) -> Iterable[Recipient]:
    """The initiative, if it is here and still has its say."""
    rating = _rating(entry)
    itself = rating.initiative.organisation_id
    return people_of([itself]) if itself and rating.state == RatingState.WITH_INITIATIVE else []


@notice("schemes.rating_replied", route=RATING)
def rating_replied(entry: Entry) -> Iterable[Recipient]:
    """Those who rate, unless they passed it on themselves."""
    rating = _rating(entry)
    return people_of([rating.body_id]) if entry.organisation_id != rating.body_id else []


@notice("schemes.rating_reply_over", route=RATING)
def rating_reply_over(entry: Entry) -> Iterable[Recipient]:
    """Those who rate: it may be published now."""
    rating = _rating(entry)
    return people_of([rating.body_id]) if rating.state == RatingState.WITH_INITIATIVE else []


@notice("schemes.rating_published", route=RATING)
def rating_published(entry: Entry) -> Iterable[Recipient]:
    """The initiative."""
    itself = _rating(entry).initiative.organisation_id
    return people_of([itself]) if itself else []


phrase("schemes.initiative_described", _("%(who)s described “%(what)s”."), route=INITIATIVE)
phrase("schemes.initiative_edited", _("%(who)s put the facts of “%(what)s” right."), route=INITIATIVE)
phrase("schemes.initiative_published", _("%(who)s published the page of “%(what)s”."), route=INITIATIVE)
phrase("schemes.rating_begun", _("%(who)s began to rate “%(initiative)s”."), route=RATING)
phrase("schemes.rating_handed_in", _("%(who)s handed in the scores of “%(initiative)s”."), route=RATING)
phrase("schemes.rating_comparing", _("Both raters of “%(initiative)s” are done."), route=RATING)
phrase("schemes.rating_sent", _("%(who)s gave its rating to “%(initiative)s”."), route=RATING)
phrase(
    "schemes.rating_correcting",
    _("%(who)s took the rating of “%(initiative)s” back to correct it."),
    route=RATING,
)
phrase("schemes.rating_replied", _("%(who)s replied to the rating of “%(initiative)s”."), route=RATING)
phrase("schemes.rating_reply_over", _("“%(initiative)s” has had its say."), route=RATING)
phrase("schemes.rating_published", _("%(who)s published the rating of “%(initiative)s”."), route=RATING)
phrase("schemes.rating_withdrawn", _("%(who)s gave up the rating of “%(initiative)s”."), route=RATING)
