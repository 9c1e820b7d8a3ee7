"""The two sides of a membership, and whoever works on an assessment; asked for many entries at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from ledger.models import Entry
from ledger.registry import NoticeOfMany, Recipient
from organisations.queries import people_of
from schemes.models import Assessment, Assignment, SchemeMembership

Sided = Assessment | SchemeMembership
Sides = Callable[[Entry, Sided], Iterable[int | None]]


def sides_of(model: type[Assessment] | type[SchemeMembership], sides: Sides) -> NoticeOfMany:
    """Return a notice's function that tells the people of those organisations that `sides` names for an entry."""

    def told(entries: Sequence[Entry]) -> Mapping[int, Iterable[Recipient]]:
        rows: dict[int, Sided] = dict(_short(model, {entry.subject_id for entry in entries}))
        wanted = {
            entry.pk: [one for one in sides(entry, rows[entry.subject_id]) if one is not None]
            for entry in entries
            if entry.subject_id in rows
        }
        people: dict[int | None, list[Recipient]] = defaultdict(list)
        for recipient in people_of({one for ids in wanted.values() for one in ids}):
            people[recipient.organisation_id].append(recipient)
        return {key: [person for one in ids for person in people[one]] for key, ids in wanted.items()}

    return told


def member(_entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The member."""
    yield thing.member_id


def body(_entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The scheme body."""
    yield thing.body_id


def those_who(assessment: Assessment, roles: Iterable[str]) -> list[Recipient]:
    """Return those who have one of these parts in an assessment; the whole scheme body while nobody has."""
    rows = Assignment.objects.in_force().filter(assessment=assessment, role__in=list(roles))
    named = set(rows.values_list("person_id", flat=True))
    everybody = list(people_of([assessment.body_id]))
    return [one for one in everybody if one.person_id in named] or everybody


def _short(
    model: type[Assessment] | type[SchemeMembership], ids: Iterable[int]
) -> Iterable[tuple[int, Sided]]:
    """Yield rows by key, with what says whose they are and how they stand, and no more."""
    columns = ["member_id", "body_id", "state", *(["kind", "due_on"] if model is Assessment else [])]
    for row in model.objects.filter(pk__in=list(ids)).only(*columns):
        yield row.pk, row
