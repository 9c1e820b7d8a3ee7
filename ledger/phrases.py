"""How each verb reads in a history: one sentence, in the reader's language.

Apps register their sentences in their `notices` module. A sentence may name `%(who)s` (the person, or the
organisation when it is not the reader's own), `%(what)s` (the subject's name) and any word of the entry's data
(`%(before)s`, `%(after)s`). Labels of choices are looked up in `labels`, so that no raw state is ever shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ledger.models import Entry


@dataclass(frozen=True, slots=True)
class Phrase:
    """The sentence of a verb.

    Args:
        verb: `"findings.plan_shared"`.
        words: the sentence with its placeholders.
        route: name of the subject's page, reversed with its code; empty for none.
        labels: what a value of the entry's data is called: `{"editor": _("Editor")}`.
    """

    verb: str
    words: str | Promise
    route: str = ""
    labels: Mapping[str, str | Promise] = field(default_factory=dict)


_phrases: dict[str, Phrase] = {}


def phrase(
    verb: str, words: str | Promise, *, route: str = "", labels: Mapping[str, str | Promise] | None = None
) -> None:
    """Register the sentence with which `verb` stands in activity pages and histories."""
    if verb in _phrases:
        raise ImproperlyConfigured(f"There is a phrase for {verb!r} already.")
    _phrases[verb] = Phrase(verb, words, route, dict(labels or {}))


def phrase_for(verb: str) -> Phrase | None:
    """Return the phrase of `verb`, or None when no app gave one."""
    return _phrases.get(verb)


def phrases() -> dict[str, Phrase]:
    """Return every phrase by verb."""
    return dict(_phrases)


def sentence_of(entry: Entry, *, who: str) -> str:
    """Return the sentence of `entry`, with `who` as its doer; a verb without a phrase is named plainly."""
    known = phrase_for(entry.verb)
    if known is None:
        verb = entry.verb.rpartition(".")[2].replace("_", " ")
        return _("%(who)s: %(verb)s. %(what)s") % {"who": who, "verb": verb, "what": entry.subject_label}
    values = _Values({key: str(known.labels.get(str(value), value)) for key, value in entry.data.items()})
    values |= {"who": who, "what": entry.subject_label}
    return str(known.words) % values


class _Values(dict[str, str]):
    """Values of a sentence; one that an old entry does not have is left out, never an error."""

    def __missing__(self, key: str) -> str:
        return ""
