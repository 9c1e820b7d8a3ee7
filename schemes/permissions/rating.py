"""Who rates, compares, sends, publishes and replies; the clock gives the initiative its say first."""

import datetime as dt

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer
from schemes.lifecycle import RatingState
from schemes.models import Rating
from schemes.queries.rating import part_of

_OPEN = frozenset({RatingState.SCORING, RatingState.COMPARING, RatingState.WITH_INITIATIVE})


def can_score(viewer: Viewer, rating: Rating) -> Decision:
    """The two raters: each alone first, then both together."""
    if viewer.person_id not in {rating.rater_id, rating.second_rater_id}:
        return denied("not-a-rater", _("Only the two raters do that."))
    if not part_of(viewer, rating):
        return denied("not-scored-now", _("This is not scored now."))
    return _of_body(viewer, rating)


def can_cite(viewer: Viewer, rating: Rating) -> Decision:
    """The two raters, until the initiative has the rating."""
    if viewer.person_id not in {rating.rater_id, rating.second_rater_id}:
        return denied("not-a-rater", _("Only the two raters do that."))
    if rating.state not in {RatingState.SCORING, RatingState.COMPARING}:
        return denied("evidence-stays", _("The evidence stays once the initiative has the rating."))
    return _of_body(viewer, rating)


def can_hand_in(viewer: Viewer, rating: Rating) -> Decision:
    """A rater who scores alone."""
    if rating.state != RatingState.SCORING:
        return denied("not-scored-now", _("This is not scored now."))
    return can_score(viewer, rating)


def can_send(viewer: Viewer, rating: Rating) -> Decision:
    """The organisation that rates, once the two have compared."""
    return _in(viewer, rating, RatingState.COMPARING)


def can_correct(viewer: Viewer, rating: Rating) -> Decision:
    """The organisation that rates, while the initiative has its say."""
    return _in(viewer, rating, RatingState.WITH_INITIATIVE)


def can_publish_rating(viewer: Viewer, rating: Rating, at: dt.datetime) -> Decision:
    """The organisation that rates, when the initiative has had its say and its page is public."""
    decision = _in(viewer, rating, RatingState.WITH_INITIATIVE)
    if not decision:
        return decision
    if rating.reply_until is None or at < rating.reply_until:
        return denied("reply-first", _("The initiative has its say first; the clock is still running."))
    if rating.initiative.published_at is None:
        return denied("page-first", _("Publish the page of the initiative first."))
    return ALLOWED


def can_withdraw_rating(viewer: Viewer, rating: Rating) -> Decision:
    """The organisation that rates, until it is published."""
    if rating.state not in _OPEN:
        return denied("rating-ended", _("This rating is published or withdrawn and stays as it is."))
    return _of_body(viewer, rating)


def can_reply_to_rating(viewer: Viewer, rating: Rating) -> Decision:
    """The initiative itself, from when it is given the rating; an initiative without an account by letter."""
    itself = rating.initiative.organisation_id
    speaks = rating.body_id if itself is None else itself
    if viewer.organisation_id != speaks:
        return denied("not-this-initiative", _("Only the initiative itself replies."))
    if rating.state not in {RatingState.WITH_INITIATIVE, RatingState.PUBLISHED}:
        return denied("not-sent", _("The initiative does not have the rating yet."))
    return can_edit(viewer)


def _in(viewer: Viewer, rating: Rating, state: RatingState) -> Decision:
    if rating.state != state:
        return denied("not-now", _("This cannot be done now."))
    return _of_body(viewer, rating)


def _of_body(viewer: Viewer, rating: Rating) -> Decision:
    if viewer.organisation_id != rating.body_id:
        return denied("not-yours", _("Only the organisation that rates can do that."))
    return can_edit(viewer)
