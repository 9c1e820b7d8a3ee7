"""Every page in a language that nobody speaks: what shows without brackets was never given to gettext."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from config import pseudo
from config.apps import PSEUDO_LANGUAGES
from config.pseudo import CLOSE, OPEN
from tests.locale.pages import untranslated, where_is
from tests.matrices.crawl import Crowd
from tests.matrices.policy import POLICY, THIRD_PARTY
from tests.matrices.principals import BY_NAME

READERS = ("anonymous", "nobody", "supplier", "customer", "firm", "stakeholder")


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the pseudo languages speak, and browsers choose them by cookie."""
    known = trans_real.check_for_language
    monkeypatch.setattr(
        trans_real, "check_for_language", lambda code: code in PSEUDO_LANGUAGES or known(code)
    )
    monkeypatch.setattr(trans_real, "_translations", dict(vars(trans_real)["_translations"]))
    pseudo.install(*PSEUDO_LANGUAGES)
    yield
    translation.activate(settings.LANGUAGE_CODE)


def pages_of(crowd: Crowd, name: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Give the route, address and text of every page that this reader gets, errors included."""
    who = BY_NAME[name]
    crowd.enter(who)
    crowd.speak(who, language)
    asked = {
        route: case.arguments(crowd.world)
        for route, cases in POLICY.items()
        if (case := cases.get("get")) is not None and not case.is_json
    }
    if name in {"anonymous", "nobody", "supplier"}:
        asked |= {route: list(arguments) for route, arguments in THIRD_PARTY.items()}
    for route, arguments in asked.items():
        url = reverse(route, args=arguments)
        answer = crowd.ask(who, "get", url)
        if answer.is_html and answer.status < 500:
            yield route, url, answer.text


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("name", READERS)
def test_every_text_of_every_page_is_translatable(crowd: Crowd, name: str) -> None:
    found: dict[str, str] = {}
    seen = 0
    for route, _url, text in pages_of(crowd, name, "en-xa"):
        if route.startswith("styleguide:"):
            continue
        seen += OPEN in text
        for bare in untranslated(text):
            found.setdefault(bare, route)
    assert seen > 0
    told = [f"“{text}” on {route} ({where_is(text)})" for text, route in found.items()]
    assert not told, "\n" + "\n".join(told)


@pytest.mark.usefixtures("speaking")
def test_pages_turn_round_where_people_read_from_right_to_left(crowd: Crowd) -> None:
    heads = {
        url: " ".join(text[text.index("<html") :].split())
        for _route, url, text in pages_of(crowd, "supplier", "ar-xb")
        if "<html" in text  # some addresses answer with a part of a page
    }
    assert len(heads) > 20
    assert [url for url, head in heads.items() if not head.startswith('<html lang="ar-xb" dir="rtl"')] == []


def test_pseudo_keeps_placeholders_and_markup() -> None:
    shown = pseudo.pseudo("%(count)s <b>sites</b> of {name} &amp; co.")
    assert re.findall(r"%\(count\)s|<b>|</b>|\{name\}|&amp;", shown) == [
        "%(count)s",
        "<b>",
        "</b>",
        "{name}",
        "&amp;",
    ]
    assert shown.startswith(OPEN)
    assert shown.endswith(CLOSE)
    assert len(pseudo.pseudo("Working together")) >= 1.3 * len("Working together")


def test_pseudo_languages_are_for_development_only() -> None:
    assert set(PSEUDO_LANGUAGES) <= {code for code, _label in settings.LANGUAGES}
    assert translation.get_language_info("ar-xb")["bidi"]
