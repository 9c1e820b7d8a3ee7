"""Mails are written in the reader's language: every word of every notice can be, and a catalogue makes them so."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

from config.catalogues import languages_in
from config.pseudo import OPEN
from ledger import words
from ledger.models import Delivery
from ledger.registry import Notice
from organisations.models import Organisation, Person
from tests.ledger.test_words import all_notices, an_entry
from tests.locale.pages import untranslated
from tests.locale.test_pseudo import speaking

__all__ = ["speaking"]
# What people typed, or what things are called: the same in every language.
OURS = ("Lin", "Bo", "Willow Yarn Works", "A thing")


def letter(notice: Notice, language: str) -> words.Letter:
    """Return the mail of a notice as a reader of a language gets it."""
    person = Person(name="Bo", language=language, timezone="Asia/Dhaka")
    entry = an_entry(notice)
    with words.reading_as(person):
        title = words.title_of(notice, entry, person=person)
        delivery = Delivery(
            entry=entry,
            person=person,
            organisation=Organisation(name="Willow Yarn Works"),
            verb=notice.verb,
            title=title,
        )
        return words.letter_of(notice, delivery)


def bare(text: str) -> list[str]:
    """Return what gettext never saw."""
    for name in OURS:
        text = text.replace(name, " ")
    return untranslated(text)


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("notice", all_notices(), ids=lambda notice: notice.verb)
def test_every_word_of_a_mail_is_translatable(notice: Notice, db: None) -> None:
    made = letter(notice, "en-xa")
    assert OPEN in made.subject
    assert bare(made.html) == []
    assert [one for line in made.text.splitlines() for one in bare(f"<p>{line}</p>")] == []


@pytest.mark.usefixtures("speaking")
def test_a_mail_turns_round_where_its_reader_reads_from_right_to_left(db: None) -> None:
    assert '<html lang="ar-xb" dir="rtl"' in letter(all_notices()[0], "ar-xb").html


def catalogue(folder: Path, code: str, messages: dict[str, str]) -> None:
    """Write a compiled catalogue, in the format of GNU gettext."""
    known = sorted(({"": "Content-Type: text/plain; charset=UTF-8\n"} | messages).items())
    texts = [(one.encode(), other.encode()) for one, other in known]
    start = 28 + 16 * len(texts)
    tables: list[list[bytes]] = [[], []]
    body = b""
    for side in (0, 1):
        for pair in texts:
            tables[side].append(struct.pack("<II", len(pair[side]), start + len(body)))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, start)
    target = folder / code / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(head + b"".join(tables[0]) + b"".join(tables[1]) + body)


@pytest.fixture
def bengali(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation to which an operator has added a catalogue."""
    catalogue(tmp_path, "bn", {"Dear %(name)s,": "প্রিয় %(name)s,"})
    monkeypatch.setattr(trans_real, "_translations", {})
    given: dict[str, Any] = {"LANGUAGES": [("en-gb", "English"), *languages_in(tmp_path)]}
    with override_settings(LOCALE_PATHS=[tmp_path], **given):
        yield tmp_path
    translation.activate("en-gb")


def test_a_catalogue_makes_mails_speak_its_language(bengali: Path, db: None) -> None:
    notice = next(one for one in all_notices() if one.verb == "findings.plan_shared")
    assert letter(notice, "bn").text.startswith("প্রিয় Bo,")
    assert '<html lang="bn" dir="ltr"' in letter(notice, "bn").html
    assert letter(notice, "en-gb").text.startswith("Dear Bo,")


def test_a_language_without_a_catalogue_reads_the_installations_own(bengali: Path, db: None) -> None:
    notice = all_notices()[0]
    assert letter(notice, "vi").text.startswith("Dear Bo,")


def test_catalogues_are_found_by_their_folders(tmp_path: Path) -> None:
    for code in ("bn", "zh_Hans", "xx"):
        catalogue(tmp_path, code, {})
    (tmp_path / "vi" / "LC_MESSAGES").mkdir(parents=True)  # not compiled
    assert [code for code, _name in languages_in(tmp_path)] == ["bn", "zh-hans"]
    assert languages_in(tmp_path / "missing") == []
