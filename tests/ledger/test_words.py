"""Every notice that any app registers has its words, and a page to open."""

import re
from typing import Any

import pytest
from django.template import Context, Engine
from django.urls import reverse
from django.utils import timezone

from ledger import registry, words
from ledger.models import Delivery, Entry
from ledger.registry import Notice
from organisations.models import Organisation, Person


def all_notices() -> list[Notice]:
    return [notice for _, notice in sorted(registry.notices().items())]


class Thing(dict[str, str]):
    """What words go through one by one: named whole in some, by its parts in others."""

    def __str__(self) -> str:
        return "A thing"


class Details(dict[str, Any]):
    """Whatever a notice asks of an entry's data, there are two of it, or what its words make of it: a day, a list."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        loader = Engine.get_default().find_template
        self.words = "".join(
            str(loader(f"{notice.words}{end}")[0].source) for end in (".subject.txt", ".txt")
        )

    def __missing__(self, name: str) -> Any:
        if re.search(rf"data\.{name}\|iso_day", self.words):
            return "2026-05-04"
        if name in {"since", "until"} or re.search(rf"data\.{name}\|when_said", self.words):
            return "2026-05-04T09:00:00+00:00"
        if re.search(rf"in data\.{name}\b|data\.{name}\|length", self.words):
            return [Thing(event="overdue", supplier="Willow Yarn Works", what="A thing", title="A thing")]
        return 2


def an_entry(notice: Notice) -> Entry:
    return Entry(
        verb=notice.verb,
        actor=Person(name="Lin"),
        organisation=Organisation(name="Willow Yarn Works"),
        subject_code="0123456789",
        subject_label="A thing",
        at=timezone.now(),
        data=Details(notice),
    )


@pytest.mark.parametrize("notice", all_notices(), ids=lambda notice: notice.verb)
def test_notice_has_a_subject_and_a_body(notice: Notice, db: None) -> None:
    entry, person = an_entry(notice), Person(name="Bo", language="en-gb", timezone="UTC")
    with words.reading_as(person):
        title = words.title_of(notice, entry, person=person)
        letter = words.letter_of(notice, Delivery(entry=entry, person=person, verb=notice.verb, title=title))
    assert title
    assert letter.subject == title
    assert len(letter.text.splitlines()) > 5
    body = (
        Engine.get_default()
        .get_template(f"{notice.words}.txt")
        .render(Context({"entry": entry, "data": entry.data}))
    )
    assert body.strip()


@pytest.mark.parametrize("notice", all_notices(), ids=lambda notice: notice.verb)
def test_notice_leads_to_a_page(notice: Notice) -> None:
    if notice.route:
        entry = an_entry(notice)
        codes = [entry.data[word] for word in notice.code_in.split()] or ["0123456789"]
        assert words.path_of(notice, entry) == reverse(notice.route, args=codes)
