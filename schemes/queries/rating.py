"""Questions about ratings: what was given, what differs, what it adds up to, what is still missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from organisations.models import Membership
from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData, GroupData
from schemes.definitions.tally import Tally, tally
from schemes.lifecycle import RatingState
from schemes.models import Citation, Edition, IndicatorScore, Initiative, Rating, RatingReply
from schemes.models.rating import Grade, Part


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: what each part gave, and what is cited for it."""

    criterion: CriterionData
    scores: Mapping[str, IndicatorScore]
    citations: tuple[Citation, ...]
    titles: Mapping[str, str]
    needs_proof: bool

    @property
    def agreed(self) -> IndicatorScore | None:
        """The score that counts."""
        return self.scores.get(Part.AGREED)

    @property
    def agreed_label(self) -> str:
        """The agreed value with its title, `2 · Done`; empty when there is none."""
        value = self.agreed.value if self.agreed else None
        return f"{value} · {self.titles[value]}" if value is not None else ""

    @property
    def differs(self) -> bool:
        """Whether the two raters gave different values."""
        both = [self.scores.get(part) for part in (Part.FIRST, Part.SECOND)]
        return all(both) and len({one.value for one in both if one}) > 1

    @property
    def is_proved(self) -> bool:
        """Whether something more than the initiative's own word is cited."""
        return any(one.grade != Grade.SELF_CLAIM for one in self.citations)

    def lacks(self, value: str | None) -> bool:
        """Tell whether `value` would stand without the evidence that it takes."""
        return value is not None and (not self.citations or (self.needs_proof and not self.is_proved))


@dataclass(frozen=True, slots=True)
class Pillar:
    """A pillar with its lines and its points."""

    group: GroupData
    lines: tuple[Line, ...]
    points: int
    most: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole rating as its page shows it."""

    pillars: tuple[Pillar, ...]
    total: int | None
    most: int

    @property
    def lines(self) -> list[Line]:
        """Every line, in the order of the rubric."""
        return [line for pillar in self.pillars for line in pillar.lines]


def rubrics() -> list[Edition]:
    """Return the rubrics for initiatives that are in force."""
    rows = Edition.objects.visible_to(None).in_force().filter(shape="rubric", scheme__subject="initiative")
    return list(rows.select_related("scheme").order_by("title", "pk"))


def sheet_of(viewer: Viewer | None, rating: Rating) -> Sheet:
    """Return a rating with what the viewer may see of its scores."""
    return sheets_of(viewer, [rating])[rating.pk]


def sheets_of(viewer: Viewer | None, ratings: Iterable[Rating]) -> dict[int, Sheet]:
    """Return the same for several ratings, by their key: two questions for all of them."""
    wanted = {one.pk: one for one in ratings}
    scores: dict[int, list[IndicatorScore]] = {}
    for score in IndicatorScore.objects.visible_to(viewer).filter(rating__in=wanted):
        scores.setdefault(score.rating_id, []).append(score)
    citations: dict[int, list[Citation]] = {}
    for citation in Citation.objects.visible_to(viewer).filter(rating__in=wanted).order_by("pk"):
        citations.setdefault(citation.rating_id, []).append(citation)
    return {
        key: _sheet(one.edition.content, scores.get(key, ()), citations.get(key, ()))
        for key, one in wanted.items()
    }


def _sheet(edition: EditionData, scores: Iterable[IndicatorScore], citations: Iterable[Citation]) -> Sheet:
    given: dict[str, dict[str, IndicatorScore]] = {}
    for score in scores:
        given.setdefault(score.indicator, {})[score.part] = score
    cited: dict[str, list[Citation]] = {}
    for one in citations:
        cited.setdefault(one.indicator, []).append(one)
    counted = counted_of(edition, [score for parts in given.values() for score in parts.values()])
    titles = dict(edition.choices())
    pillars = []
    for found in counted.pillars:
        lines = []
        for criterion in edition.criteria_of(found.group.key):
            parts = given.get(criterion.key, {})
            value = next((parts[p].value for p in (Part.AGREED, Part.FIRST, Part.SECOND) if p in parts), None)
            needs = bool(value is not None and edition.scale and edition.scale.needs_proof(value))
            lines.append(Line(criterion, parts, tuple(cited.get(criterion.key, ())), titles, needs))
        pillars.append(Pillar(found.group, tuple(lines), found.points, found.most, found.is_complete))
    return Sheet(tuple(pillars), counted.total, counted.most)


def counted_of(edition: EditionData, scores: Iterable[IndicatorScore]) -> Tally:
    """Return what the agreed scores add up to; there is no total while a pillar has a gap."""
    return tally(edition, {one.indicator: one.value for one in scores if one.part == Part.AGREED})


def published_of(initiatives: Iterable[Initiative]) -> dict[int, list[Rating]]:
    """Return the published ratings of initiatives, newest first, by the initiative's key."""
    found: dict[int, list[Rating]] = {}
    rows = Rating.objects.filter(initiative__in=list(initiatives), state=RatingState.PUBLISHED)
    for rating in rows.select_related("edition").order_by("-published_at", "-pk"):
        found.setdefault(rating.initiative_id, []).append(rating)
    return found


def tallies_of(ratings: Iterable[Rating]) -> dict[int, Tally]:
    """Return what published ratings add up to, by their key: one question for all of them."""
    wanted = {one.pk: one for one in ratings}
    scores: dict[int, list[IndicatorScore]] = {key: [] for key in wanted}
    for score in IndicatorScore.objects.filter(rating__in=wanted, part=Part.AGREED):
        scores[score.rating_id].append(score)
    return {key: counted_of(wanted[key].edition.content, given) for key, given in scores.items()}


def open_rating_of(viewer: Viewer | None, initiative: Initiative) -> Rating | None:
    """Return the rating that is being made, if the viewer may know of it."""
    if viewer is None:
        return None
    ended = [RatingState.PUBLISHED, RatingState.WITHDRAWN]
    return Rating.objects.visible_to(viewer).filter(initiative=initiative).exclude(state__in=ended).first()


def replies_to(viewer: Viewer | None, rating: Rating) -> list[RatingReply]:
    """Return what the initiative said, oldest first."""
    return list(RatingReply.objects.visible_to(viewer).filter(rating=rating).order_by("pk"))


def colleagues_of(viewer: Viewer) -> list[Membership]:
    """Return the viewer's active colleagues, among whom a second rater is found."""
    rows = Membership.objects.active().filter(organisation_id=viewer.organisation_id)
    return list(
        rows.exclude(person_id=viewer.person_id).select_related("person").order_by("person__name", "pk")
    )


def missing_of(sheet: Sheet) -> list[str]:
    """Return the titles of the indicators that keep a rating from being given to the initiative."""
    return [
        line.criterion.title for line in sheet.lines if line.agreed is None or line.lacks(line.agreed.value)
    ]


def part_of(viewer: Viewer, rating: Rating) -> str:
    """Return which part the viewer scores now: "first", "second", "agreed", or "" for none."""
    is_first, is_second = viewer.person_id == rating.rater_id, viewer.person_id == rating.second_rater_id
    if rating.state == RatingState.SCORING:
        if is_first and rating.first_done_at is None:
            return Part.FIRST.value
        return Part.SECOND.value if is_second and rating.second_done_at is None else ""
    return Part.AGREED.value if rating.state == RatingState.COMPARING and (is_first or is_second) else ""
