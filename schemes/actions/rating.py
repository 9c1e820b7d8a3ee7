"""The verbs of a rating: begin, cite, score, hand in, give to the initiative, correct, publish, withdraw, reply."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal, denied
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.lifecycle import RATING, RatingState
from schemes.models import Citation, Edition, IndicatorScore, Initiative, Rating, RatingReply
from schemes.models.rating_facts import CitationFacts
from schemes.permissions.initiative import can_keep_initiative
from schemes.permissions.rating import (
    can_cite,
    can_correct,
    can_hand_in,
    can_publish_rating,
    can_reply_to_rating,
    can_score,
    can_send,
    can_withdraw_rating,
)
from schemes.queries.rating import colleagues_of, missing_of, open_rating_of, part_of, rubrics, sheet_of

BEGUN = "schemes.rating_begun"
HANDED_IN = "schemes.rating_handed_in"
COMPARING = "schemes.rating_comparing"
SENT = "schemes.rating_sent"
CORRECTING = "schemes.rating_correcting"
PUBLISHED = "schemes.rating_published"
WITHDRAWN = "schemes.rating_withdrawn"
REPLIED = "schemes.rating_replied"
REPLY_OVER = "schemes.rating_reply_over"


def begin_rating(
    *, viewer: Viewer, initiative: Initiative, edition: Edition, second_rater_id: int, at: dt.datetime
) -> Rating:
    """Begin to rate an initiative together with a colleague; the two score apart.

    Raises:
        Forbidden: see `can_keep_initiative`.
        Refusal: `rated-already` while another rating is open; `not-a-rubric`; `not-a-colleague`.
    """
    can_keep_initiative(viewer, initiative).require()
    if open_rating_of(viewer, initiative):
        raise Refusal("rated-already", _("This initiative is being rated already."))
    if edition.pk not in {one.pk for one in rubrics()}:
        raise _refusal("not-a-rubric", _("Choose a rubric that is in force."), "edition")
    if second_rater_id not in {one.person_id for one in colleagues_of(viewer)}:
        raise _refusal("not-a-colleague", _("Choose a colleague."), "second_rater")
    with transaction.atomic():
        rating = Rating.objects.create(
            initiative=initiative,
            edition=edition,
            rater_id=viewer.person_id,
            second_rater_id=second_rater_id,
            opened_at=at,
        )
        rating.refresh_from_db()
        _record(BEGUN, viewer, rating, at)
    return rating


def save_indicator(
    *,
    viewer: Viewer,
    rating: Rating,
    indicator: str,
    value: str | None,
    rationale: str = "",
    language: str = "",
    at: dt.datetime,
) -> IndicatorScore:
    """Score an indicator: as one of the two while they score apart, as agreed while they compare.

    Args:
        value: None is "not assessed", which differs from the lowest value.

    Raises:
        Forbidden: see `can_score`. Refusal: `unknown-indicator`, `unknown-value`, `rationale-missing`.
    """
    if indicator not in rating.indicators:
        raise _refusal("unknown-indicator", _("The rubric has no such indicator."), "indicator")
    if value is not None and value not in rating.values:
        raise _refusal("unknown-value", _("The rubric has no such value."), "value")
    if value is not None and not rationale.strip():
        raise _refusal("rationale-missing", _("Say why."), "rationale")
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_score(viewer, rating).require()
        made, _is_new = IndicatorScore.objects.update_or_create(
            rating=rating,
            indicator=indicator,
            part=part_of(viewer, rating),
            defaults={
                "value": value,
                "rationale": rationale,
                "language": language,
                "person_id": viewer.person_id,
                "saved_at": at,
            },
        )
    return made


def cite(*, viewer: Viewer, rating: Rating, indicator: str, said: CitationFacts, at: dt.datetime) -> Citation:
    """Cite a dated piece of evidence for an indicator.

    Raises:
        Forbidden: see `can_cite`. Refusal: `unknown-indicator`, `source-of-tomorrow`.
    """
    if indicator not in rating.indicators:
        raise _refusal("unknown-indicator", _("The rubric has no such indicator."), "indicator")
    if said.dated_on > at.date() + dt.timedelta(days=1):
        raise _refusal("source-of-tomorrow", _("This date is still to come."), "dated_on")
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_cite(viewer, rating).require()
        return Citation.objects.create(
            rating=rating,
            indicator=indicator,
            title=said.title,
            url=said.url,
            dated_on=said.dated_on,
            grade=said.grade,
            person_id=viewer.person_id,
            at=at,
        )


def take_away(*, viewer: Viewer, citation: Citation) -> None:
    """Take a citation away before the initiative has the rating.

    Raises:
        Forbidden: see `can_cite`.
    """
    with transaction.atomic():
        can_cite(viewer, _locked(viewer, citation.rating)).require()
        citation.delete()


def hand_in(*, viewer: Viewer, rating: Rating, conflicts: str, at: dt.datetime) -> Rating:
    """Say as a rater that one is done, and what binds one to the initiative; with the second, the two compare.

    Raises:
        Forbidden: see `can_hand_in`.
        Refusal: `conflicts-missing`; `indicators-missing` while an indicator has neither a value nor "not assessed".
    """
    if not conflicts.strip():
        raise _refusal(
            "conflicts-missing", _("Say what binds you to the initiative, or that nothing does."), "conflicts"
        )
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_hand_in(viewer, rating).require()
        part = part_of(viewer, rating)
        scored = IndicatorScore.objects.filter(rating=rating, part=part).values_list("indicator", flat=True)
        if set(rating.indicators) - set(scored):
            raise Refusal(
                "indicators-missing", _("Every indicator needs a score, or “not assessed”."), status=422
            )
        setattr(rating, f"{part}_done_at", at)
        setattr(rating, f"{part}_note", conflicts)
        rating.save(update_fields=[f"{part}_done_at", f"{part}_note"])
        _record(HANDED_IN, viewer, rating, at)
        if rating.first_done_at and rating.second_done_at:
            _move(viewer, rating, RatingState.COMPARING, COMPARING, at)
    return rating


def send_rating(*, viewer: Viewer, rating: Rating, told_how: str, at: dt.datetime) -> Rating:
    """Give the rating to the initiative; from now the right of reply runs, as many days as the rubric says.

    Args:
        told_how: how the initiative got it: here, by letter to whom, on which day.

    Raises:
        Forbidden: see `can_send`. Refusal: `told-how-missing`; `evidence-missing` with the indicators that lack it.
    """
    if not told_how.strip():
        raise _refusal("told-how-missing", _("Say how the initiative was told."), "told_how")
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_send(viewer, rating).require()
        if missing := missing_of(sheet_of(viewer, rating)):
            sentence = _("These lack an agreed score or the evidence that it takes: %(titles)s.")
            raise Refusal("evidence-missing", sentence % {"titles": ", ".join(missing)}, status=422)
        rating.told_how, rating.sent_at = told_how, at
        _move(viewer, rating, RatingState.WITH_INITIATIVE, SENT, at, also=["told_how", "sent_at"])
        rating.refresh_from_db(fields=["sent_at", "reply_until"])
        if rating.reply_until:
            schedule(REPLY_OVER, rating, rating.reply_until, rating.body_id)
    return rating


def correct_rating(*, viewer: Viewer, rating: Rating, at: dt.datetime) -> Rating:
    """Take the rating back to put something right; when it is sent again, the clock begins anew.

    Raises:
        Forbidden: see `can_correct`.
    """
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_correct(viewer, rating).require()
        _move(viewer, rating, RatingState.COMPARING, CORRECTING, at)
        cancel(REPLY_OVER, rating, at=at)
        rating.refresh_from_db(fields=["sent_at", "reply_until", "told_how"])
    return rating


def publish_rating(*, viewer: Viewer, rating: Rating, at: dt.datetime) -> Rating:
    """Publish a rating after the initiative has had its say; it never changes again.

    Raises:
        Forbidden: see `can_publish_rating`.
    """
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_publish_rating(viewer, rating, at).require()
        rating.published_at = at
        _move(viewer, rating, RatingState.PUBLISHED, PUBLISHED, at, also=["published_at"])
        rating.refresh_from_db(fields=["published_at"])
    return rating


def withdraw_rating(*, viewer: Viewer, rating: Rating, at: dt.datetime) -> Rating:
    """Give a rating up before it is published.

    Raises:
        Forbidden: see `can_withdraw_rating`.
    """
    with transaction.atomic():
        rating = _locked(viewer, rating)
        can_withdraw_rating(viewer, rating).require()
        rating.withdrawn_at = at
        _move(viewer, rating, RatingState.WITHDRAWN, WITHDRAWN, at, also=["withdrawn_at"])
        cancel(REPLY_OVER, rating, at=at)
    return rating


def reply_to_rating(
    *, viewer: Viewer, rating: Rating, words: str, language: str = "", at: dt.datetime
) -> RatingReply:
    """Say as the initiative what it has to say; shown beside the rating when that is published.

    An initiative without an account replies by letter, and the raters pass its words on.

    Raises:
        Forbidden: see `can_reply_to_rating`. Refusal: `says-nothing`.
    """
    can_reply_to_rating(viewer, rating).require()
    if not words.strip():
        raise _refusal("says-nothing", _("Write a sentence or two."), "words")
    with transaction.atomic():
        reply = RatingReply.objects.create(
            rating=rating,
            organisation_id=viewer.organisation_id,
            is_passed_on=viewer.organisation_id == rating.body_id,
            words=words,
            language=language,
            at=at,
        )
        _record(REPLIED, viewer, rating, at)
    return reply


def _locked(viewer: Viewer, rating: Rating) -> Rating:
    """Return the rating, locked; row security gives the lock only to the organisation that rates."""
    if viewer.organisation_id != rating.body_id:
        denied("not-yours", _("Only the organisation that rates can do that.")).require()
    rows = Rating.objects.visible_to(viewer).select_related("initiative", "edition")
    return rows.select_for_update(of=("self",)).get(pk=rating.pk)


def _record(verb: str, viewer: Viewer, rating: Rating, at: dt.datetime) -> None:
    record(verb=verb, by=viewer, subject=rating, owner_id=rating.body_id, at=at, data=_names(rating))


def _move(
    viewer: Viewer, rating: Rating, to: RatingState, verb: str, at: dt.datetime, also: list[str] | None = None
) -> None:
    move(
        rating,
        to=to,
        lifecycle=RATING,
        verb=verb,
        by=viewer,
        owner_id=rating.body_id,
        at=at,
        data=_names(rating),
        also=also or [],
    )


def _names(rating: Rating) -> dict[str, str]:
    return {"initiative": rating.initiative.name}


def _refusal(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
