"""Initiatives and their ratings: two people rate, the initiative has its say, then everybody reads."""

from typing import Any

from django.utils import timezone

from organisations.models import Membership
from schemes.actions.rating import correct_rating, hand_in, publish_rating, send_rating, withdraw_rating
from schemes.lifecycle import RATING, RatingState
from schemes.models import Rating, RatingReply
from tests.factories import initiatives as make
from tests.matrices.cases import Case, api, done, everyone, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS, SCHEME_BODY

DESCRIBERS = SCHEME_BODY | {"stakeholder", "operator"}
OTHERS = MEMBERS - SCHEME_BODY
RATERS = frozenset({"assessor", "decider"})
WORDS = {"name": "Fair Looms", "summary": "A programme"}
SCORE = {"value": "1", "rationale": "Seen"}
CITED = {"title": "Minutes", "dated_on": "2026-01-02", "grade": "document"}


def build(world: Any) -> None:
    """Describe initiatives of the scheme body: rated and published, with the initiative, being scored, and a draft."""
    body, customer = world.organisations["body"], world.organisations["customer"]
    first, second = (
        Membership.objects.get(organisation=body, person=world.people[who]) for who in ("assessor", "decider")
    )
    for name, state, fields in (
        ("published", "published", {}),
        ("sent", "with_initiative", {"organisation": customer}),
        ("scoring", "scoring", {}),
        ("comparing", "comparing", {}),
    ):
        about = make.initiative(body, improving=[{"title": "x", "url": "x"}], covers="x", **fields)
        pair = make.rating(about, state=state, raters=(first, second))
        world.things[f"initiative_{name}"], world.things[f"rating_{name}"] = about, pair.rating
    world.things["citation"] = make.cite(make.Pair(world["rating_scoring"], first, second), "c1")
    make.score(make.Pair(world["rating_scoring"], first, second), "first", "1")
    for name in ("published", "sent"):
        passed_on = name == "published"
        RatingReply.objects.create(
            rating=world[f"rating_{name}"],
            organisation=body if passed_on else customer,
            is_passed_on=passed_on,
            words="x",
            at=timezone.now(),
        )
    world.things["initiative_draft"] = make.initiative(body, is_public=False)


def _begins(world: Any) -> dict[str, Any]:
    return {"edition": make.rubric().code, "second_rater": str(world.people["assessor"].pk)}


SCORED = ("rating_scoring", "c1")
PAGES: dict[str, dict[str, Case]] = {
    "schemes:initiatives": {"get": everyone()},
    "schemes:initiative_compare": {"get": everyone()},
    "schemes:ratings_csv": {"get": everyone()},
    "schemes:ratings_json": {"get": everyone()},
    "schemes:initiative": {"get": everyone(of=("initiative_published",))},
    "schemes:rating": {"get": everyone(of=("rating_published",))},
    "api-initiatives": {"get": api()},
    "api-initiative": {"get": api(of="initiative_published")},
    "schemes:initiative_new": {"get": page(DESCRIBERS), "post": done(DESCRIBERS, body=says(**WORDS))},
    "schemes:initiative_edit": {
        "get": page(SCHEME_BODY, forbidden=OTHERS, of="initiative_published"),
        "post": done(SCHEME_BODY, forbidden=OTHERS, of="initiative_published", body=says(**WORDS)),
    },
    "schemes:initiative_publish": {
        "get": page(SCHEME_BODY, of="initiative_draft"),
        "post": done(SCHEME_BODY, of="initiative_draft"),
    },
    "schemes:rating_begin": {
        "get": page(SCHEME_BODY, of="initiative_draft"),
        "post": done({"body", "decider"}, of="initiative_draft", body=_begins, otherwise={"assessor": 422}),
    },
    "schemes:rating_score": {
        "get": page(RATERS, forbidden={"body"}, of=SCORED),
        "post": done(RATERS, forbidden={"body"}, of=SCORED, body=says(**SCORE)),
    },
    "schemes:rating_cite": {"post": done(RATERS, forbidden={"body"}, of=SCORED, body=says(**CITED))},
    "schemes:rating_uncite": {
        "post": done(RATERS, forbidden={"body"}, of=(*SCORED, "citation")),
    },
    "schemes:rating_hand_in": {
        "post": done(
            {"assessor"},
            forbidden={"body"},
            of="rating_scoring",
            body=says(conflicts="Nothing"),
            otherwise={"decider": 422},
        )
    },
    "schemes:rating_send": {
        "post": page(SCHEME_BODY, of="rating_comparing", status=422, body=says(told_how="By letter"))
    },
    "schemes:rating_correct": {"post": done(SCHEME_BODY, forbidden={"customer"}, of="rating_sent")},
    "schemes:rating_publish": {"post": done(SCHEME_BODY, forbidden={"customer"}, of="rating_sent")},
    "schemes:rating_withdraw": {"post": done(SCHEME_BODY, forbidden={"customer"}, of="rating_sent")},
    "schemes:rating_reply": {
        "get": page({"customer"}, forbidden=SCHEME_BODY, of="rating_sent"),
        "post": done({"customer"}, forbidden=SCHEME_BODY, of="rating_sent", body=says(words="No")),
    },
}


def _is_of(reader: Reader, organisation: Any) -> bool:
    return reader.organisation is not None and organisation == reader.organisation


def _initiative(_known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody what is published; who describes it, and the initiative itself, also before."""
    mine = _is_of(reader, row["body_id"]) or _is_of(reader, row["organisation_id"])
    return row["published_at"] is not None or mine


def _rating(known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody what is published; those who rate; the initiative while it has its say."""
    itself = known["schemes.Initiative"][row["initiative_id"]]["organisation_id"]
    has_its_say = row["state"] == "with_initiative" and _is_of(reader, itself)
    return row["state"] == "published" or _is_of(reader, row["body_id"]) or has_its_say


def _of_rating(known: Facts, reader: Reader, row: Row) -> bool:
    return _rating(known, reader, known["schemes.Rating"][row["rating_id"]])


def _score(known: Facts, reader: Reader, row: Row) -> bool:
    """As its rating, but while two people score, each sees their own."""
    is_apart = known["schemes.Rating"][row["rating_id"]]["state"] == "scoring"
    return _of_rating(known, reader, row) and (not is_apart or row["person_id"] == reader.person)


RULES = {
    "schemes.Initiative": _initiative,
    "schemes.Rating": _rating,
    "schemes.IndicatorScore": _score,
    "schemes.Citation": _of_rating,
    "schemes.RatingReply": _of_rating,
}
KEPT = {
    "schemes.IndicatorScore.indicator": "a key",
    "schemes.IndicatorScore.value": "a key",
    "schemes.Citation.indicator": "a key",
}
SHAPES = {"schemes.Initiative.improving": lambda word, _old: [{"title": word, "url": word}]}


def _with(state: str) -> dict[str, Any]:
    """Return the columns that a state has."""
    at = timezone.now()
    sent = state in {RatingState.WITH_INITIATIVE, RatingState.PUBLISHED}
    return {
        "reply_until": at if sent else None,
        "sent_at": at if sent else None,
        "told_how": "By letter" if sent else "",
        "first_done_at": None if state == RatingState.SCORING else at,
        "second_done_at": at,
        "first_note": "" if state == RatingState.SCORING else "Nothing",
        "second_note": "Nothing",
        "published_at": at if state == RatingState.PUBLISHED else None,
    }


WATCHERS = frozenset({"customer", "supplier", "operator", "stakeholder"})
LIVES = [
    Life(
        Rating,
        "rating_sent",
        RATING,
        {
            "hand in": (
                now(hand_in, "rating", conflicts="Nothing"),
                {RatingState.SCORING: RatingState.COMPARING},
                frozenset({"assessor"}),
            ),
            "send": (
                now(send_rating, "rating", told_how="By letter"),
                {RatingState.COMPARING: RatingState.WITH_INITIATIVE},
                SCHEME_BODY,
            ),
            "correct": (
                now(correct_rating, "rating"),
                {RatingState.WITH_INITIATIVE: RatingState.COMPARING},
                SCHEME_BODY,
            ),
            "publish": (
                now(publish_rating, "rating"),
                {RatingState.WITH_INITIATIVE: RatingState.PUBLISHED},
                SCHEME_BODY,
            ),
            "withdraw": (
                now(withdraw_rating, "rating"),
                {
                    RatingState.SCORING: RatingState.WITHDRAWN,
                    RatingState.COMPARING: RatingState.WITHDRAWN,
                    RatingState.WITH_INITIATIVE: RatingState.WITHDRAWN,
                },
                SCHEME_BODY,
            ),
        },
        WATCHERS,
        ("initiative", "edition"),
        _with,
    )
]
STORY = (
    ("decider", "schemes:rating_begin"),
    ("customer", "schemes:rating_reply"),
    ("body", "schemes:rating_publish"),
)
LISTS = {
    "schemes:initiatives": "supplier",
    "schemes:ratings_json": "supplier",
    "schemes:ratings_csv": "supplier",
    "api-initiatives": "supplier",
}
NO_LISTS = {"schemes:initiative_new": "a form", "schemes:initiative_compare": "four at most"}


def grow(_small: Any) -> None:
    """Publish one more rating of one more initiative."""
    make.rating(state="published")
