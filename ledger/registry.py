"""What the upper apps tell the ledger: whom to notify, what else to do, and what to do when something is due.

Apps register at start in their `notices` and `tasks` modules, which are found by themselves. Calls still go
down only: the ledger holds functions, never imports of the apps they come from.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from ledger.models import Channel, Delivery, Entry, Occurrence

BOTH = (Channel.INBOX, Channel.EMAIL)
OCCURRENCES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person to be told, and the organisation as whose member they are told.

    Args:
        person: the person, or the id; None for somebody without an account, who needs an `address`.
        organisation: the organisation, its id, or None when the notice is about the person alone.
        channels: how to tell them.
        address: where to write to somebody without an account; by e-mail alone.

    Raises:
        ValueError: neither a person nor an address, or both.
    """

    person: models.Model | int | None
    organisation: models.Model | int | None
    channels: tuple[Channel, ...] = BOTH
    address: str = ""

    def __post_init__(self) -> None:
        if (self.person is None) == (not self.address):
            raise ValueError("A recipient is either a person or an address.")

    @property
    def person_id(self) -> int | None:
        """The person's id, or None for an address."""
        return None if self.person is None else _id(self.person)

    @property
    def key(self) -> tuple[int | None, str]:
        """What makes two recipients the same."""
        return self.person_id, self.address

    @property
    def organisation_id(self) -> int | None:
        """The organisation's id, or None."""
        return None if self.organisation is None else _id(self.organisation)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small file that goes with a letter."""

    name: str
    content: str
    media_type: str


NoticeFunction = Callable[[Entry], Iterable[Recipient]]
PathFunction = Callable[[Entry], str]
AttachFunction = Callable[[Delivery], Iterable[Attachment]]
WordsFunction = Callable[[Delivery], Mapping[str, Any]]
StopFunction = Callable[[Delivery], str]
ReactionFunction = Callable[[Entry], None]
OccurrenceFunction = Callable[[Occurrence, datetime], None]
NoticeOfMany = Callable[[Sequence[Entry]], Mapping[int, Iterable[Recipient]]]
ReactionToMany = Callable[[Sequence[Entry]], None]
OccurrencesFunction = Callable[[Sequence[Occurrence], datetime], None]
NightlyFunction = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told of a verb, in which words, and where the words lead.

    Args:
        verb: `"findings.plan_shared"`.
        recipients: the people to be told, as of the moment it is asked.
        route: name of the page to open, reversed with the subject's code; empty for none.
        secret_path: finds the page to open each time a letter is written, for a path with a secret in it, which
            must never lie in the database; an empty string withholds the letter.
        attach: makes the files that go with each letter, a calendar file for one.
        code_in: the word of the entry's data that holds the code of the page, or several parted by spaces where its
            address has several; the subject's own code where it is empty.
        of_many: names the people of many entries at once, by the entry's key; None where only `recipients` is asked.
        says: finds more words for the letter each time it is written, for what must not lie in the entry; templates of
            the body get them under these names.
        stop_path: finds the page that ends letters like this one by one POST, without signing in (RFC 8058); the
            letter's headers and its last line lead there. Its secret never lies in the database.
    """

    verb: str
    recipients: NoticeFunction
    route: str = ""
    secret_path: PathFunction | None = None
    attach: AttachFunction | None = None
    code_in: str = ""
    of_many: NoticeOfMany | None = None
    says: WordsFunction | None = None
    stop_path: StopFunction | None = None

    @property
    def words(self) -> str:
        """Template path without ending, `findings/mail/plan_shared`; see `ledger.words`."""
        app, _, name = self.verb.partition(".")
        return f"{app}/mail/{name}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is done for many occurrences of a kind at once, and for how many at most."""

    function: OccurrencesFunction
    size: int


_notices: dict[str, Notice] = {}
_reactions: dict[str, list[ReactionFunction]] = {}
_reactions_to_many: dict[str, list[ReactionToMany]] = {}
_occurrences: dict[str, OccurrenceFunction] = {}
_batches: dict[str, Batch] = {}
_nightly: dict[str, NightlyFunction] = {}


def notice(
    verb: str,
    *,
    route: str = "",
    secret_path: PathFunction | None = None,
    attach: AttachFunction | None = None,
    code_in: str = "",
    says: WordsFunction | None = None,
    stop_path: StopFunction | None = None,
) -> Callable[[NoticeFunction], NoticeFunction]:
    """Register the function that names the people to be told of `verb`.

    It is asked when the entry is relayed and again before each e-mail goes out, so it must answer for
    *now*: people who have left, or may no longer see the subject, are not told.
    """

    def register(function: NoticeFunction) -> NoticeFunction:
        _once(_notices, verb, "notice")
        _notices[verb] = Notice(
            verb, function, route, secret_path, attach, code_in, says=says, stop_path=stop_path
        )
        return function

    return register


def notice_of_many(verb: str, *, route: str = "") -> Callable[[NoticeOfMany], NoticeOfMany]:
    """Register the function that names the people to be told of many entries of `verb` at once.

    For what happens to thousands on one day: the relay asks once per batch, so the function needs as many statements
    for a hundred entries as for one. It answers by the entry's key; an entry left out is told to nobody. Before each
    letter it is asked again, for that entry alone. The rest is as for `notice`.
    """

    def register(function: NoticeOfMany) -> NoticeOfMany:
        def of_one(entry: Entry) -> Iterable[Recipient]:
            return function([entry]).get(entry.pk, ())

        _once(_notices, verb, "notice")
        _notices[verb] = Notice(verb, of_one, route, of_many=function)
        return function

    return register


def reaction_to_many(verb: str) -> Callable[[ReactionToMany], ReactionToMany]:
    """Register what an app does because `verb` happened to many things; called once per batch of the relay.

    As for `reaction`; the entries stand oldest first. If the batch fails, each is tried alone.
    """

    def register(function: ReactionToMany) -> ReactionToMany:
        _reactions_to_many.setdefault(verb, []).append(function)
        return function

    return register


def reaction(verb: str) -> Callable[[ReactionFunction], ReactionFunction]:
    """Register what an app does because `verb` happened below it; one verb may have several.

    It runs in the relay as the role job, in one transaction with the deliveries: exactly once in effect. It
    may run after later entries, and again after a failure, so it looks at things as they are now.
    """

    def register(function: ReactionFunction) -> ReactionFunction:
        _reactions.setdefault(verb, []).append(function)
        return function

    return register


def occurrence(kind: str) -> Callable[[OccurrenceFunction], OccurrenceFunction]:
    """Register what happens when an occurrence of `kind` falls due.

    It runs once in effect, in one transaction with the mark that it is done, perhaps long after the due
    moment: it looks at the subject as it is now and does nothing for things closed meanwhile.
    """

    def register(function: OccurrenceFunction) -> OccurrenceFunction:
        _once(_occurrences, kind, "occurrence")
        _occurrences[kind] = function
        return function

    return register


def occurrences(
    kind: str, *, size: int = OCCURRENCES_AT_ONCE
) -> Callable[[OccurrencesFunction], OccurrencesFunction]:
    """Register what happens when many occurrences of `kind` fall due together; the function gets up to `size`.

    They are done and marked as done in one transaction. A batch that fails is undone as a whole, and each of its rows
    is done alone, so that a bad one spoils no other. The rest is as for `occurrence`.
    """

    def register(function: OccurrencesFunction) -> OccurrencesFunction:
        def one(row: Occurrence, at: datetime) -> None:
            function([row], at)

        _once(_occurrences, kind, "occurrence")
        _occurrences[kind], _batches[kind] = one, Batch(function, size)
        return function

    return register


def nightly(name: str) -> Callable[[NightlyFunction], NightlyFunction]:
    """Register a check that runs once a night, each in a transaction of its own; raising is its alarm."""

    def register(function: NightlyFunction) -> NightlyFunction:
        _once(_nightly, name, "nightly check")
        _nightly[name] = function
        return function

    return register


def notice_for(verb: str) -> Notice | None:
    """Return the notice of `verb`, or None when nobody is told."""
    return _notices.get(verb)


def reactions_to(verb: str) -> tuple[ReactionFunction, ...]:
    """Return what is done because of `verb`, in the order of registration."""
    many = (_for_one(function) for function in _reactions_to_many.get(verb, ()))
    return (*_reactions.get(verb, ()), *many)


def is_told_together(verb: str) -> bool:
    """Tell whether everything that follows from `verb` can be done for many entries at once."""
    notice = _notices.get(verb)
    return (notice is None or notice.of_many is not None) and verb not in _reactions


def reactions_to_many(verb: str) -> tuple[ReactionToMany, ...]:
    """Return what is done because of many entries of `verb`, in the order of registration."""
    return tuple(_reactions_to_many.get(verb, ()))


def _for_one(function: ReactionToMany) -> ReactionFunction:
    return lambda entry: function([entry])


def batch_of(kind: str) -> Batch | None:
    """Return what is done when many of `kind` fall due, or None when each is done alone."""
    return _batches.get(kind)


def handler_of(kind: str) -> OccurrenceFunction:
    """Return what is done when `kind` falls due; raises LookupError when nothing is registered."""
    if kind not in _occurrences:
        raise LookupError(f"Nothing is registered for occurrences of kind {kind!r}.")
    return _occurrences[kind]


def nightly_checks() -> dict[str, NightlyFunction]:
    """Return the nightly checks by name."""
    return dict(_nightly)


def notices() -> dict[str, Notice]:
    """Return every notice by verb; tests hold each against its templates."""
    return dict(_notices)


def _once(registered: object, name: str, what: str) -> None:
    if name in registered:  # type: ignore[operator]
        raise ImproperlyConfigured(f"There is a {what} for {name!r} already.")


def _id(thing: models.Model | int) -> int:
    return thing if isinstance(thing, int) else int(thing.pk)
