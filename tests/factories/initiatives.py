"""Initiatives and their ratings."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from organisations.models import Membership, Organisation
from schemes.models import Citation, Edition, IndicatorScore, Initiative, Rating
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes
from tests.factories.tracker import keeper

_numbers = itertools.count(1)
BEFORE = dt.date(2026, 1, 15)


def rubric(**fields: Any) -> Edition:
    """Return a small rubric for initiatives that is in force, made once per test: three indicators, 0 to 3."""
    with owner_role():
        found = Edition.objects.filter(scheme__key="small-rubric").first()
    if found is not None:
        return found
    return schemes.edition(schemes.scheme(key="small-rubric", subject="initiative"), shape="rubric", **fields)


def initiative(of: Organisation | None = None, *, is_public: bool = True, **fields: Any) -> Initiative:
    """Make an initiative, its page published unless told otherwise."""
    body = of or keeper()
    said = {
        "name": f"Initiative {next(_numbers)}",
        "summary": "What it is",
        "added_at": timezone.now(),
    } | fields
    with owner_role():
        made = Initiative.objects.create(body=body, **said)
        if is_public:
            made.published_at = timezone.now()
            made.save(update_fields=["published_at"])
        made.refresh_from_db()
    made.body = body
    return made


@dataclass
class Pair:
    """A rating with the two people who make it."""

    rating: Rating
    first: Membership
    second: Membership

    @property
    def indicators(self) -> list[str]:
        """The keys of what is rated."""
        return self.rating.indicators


def rating(
    of: Initiative | None = None,
    *,
    state: str = "scoring",
    value: str = "2",
    raters: tuple[Membership, Membership] | None = None,
    **fields: Any,
) -> Pair:
    """Make a rating with its two raters, in a state that it came to by its own way.

    Args:
        value: what every indicator is given, by both and together.
    """
    about = of or initiative()
    first, second = raters or (people.membership(about.body), people.membership(about.body))
    with owner_role():
        made = Rating.objects.create(
            initiative=about,
            edition=rubric(),
            rater=first.person,
            second_rater=second.person,
            opened_at=timezone.now(),
            **fields,
        )
        made.refresh_from_db()
        made.initiative = about
    pair = Pair(made, first, second)
    steps = ("scoring", "comparing", "with_initiative", "published")
    if state == "withdrawn":
        advance(pair, "withdrawn", value)
    else:
        for step in steps[1 : steps.index(state) + 1]:
            advance(pair, step, value)
    return pair


def score(pair: Pair, part: str, value: str | None) -> None:
    """Give every indicator one value, as one part."""
    with owner_role():
        for key in pair.indicators:
            IndicatorScore.objects.create(
                rating=pair.rating,
                indicator=key,
                part=part,
                value=value,
                rationale="Because",
                person=pair.second.person if part == "second" else pair.first.person,
                saved_at=timezone.now(),
            )


def cite(pair: Pair, key: str, grade: str = "document", **fields: Any) -> Citation:
    """Cite one piece of evidence."""
    said = {"title": "A report", "dated_on": BEFORE, "at": timezone.now()} | fields
    with owner_role():
        return Citation.objects.create(rating=pair.rating, indicator=key, grade=grade, **said)


def advance(pair: Pair, to: str, value: str = "2") -> None:
    """Bring a rating to its next state with all that it takes; the reply clock has run out by then."""
    one, at = pair.rating, timezone.now()
    if to == "comparing":
        score(pair, "first", value)
        score(pair, "second", value)
        one.first_done_at = one.second_done_at = at
        one.first_note = one.second_note = "None"
    elif to == "with_initiative":
        score(pair, "agreed", value)
        for key in pair.indicators:
            cite(pair, key)
        one.sent_at, one.told_how = at - dt.timedelta(days=31), "By letter"
    elif to == "published":
        one.published_at = at
    elif to == "withdrawn":
        one.withdrawn_at = at
    one.state = to
    with owner_role():
        about = one.initiative
        one.save()
        one.refresh_from_db()
        one.initiative = about
