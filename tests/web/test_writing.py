"""A form proposes the language that was written in last; a text is set as its own letters run."""

import pytest
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from web.fields import WritingLanguageField
from web.languages import direction_of, name_of
from web.templatetags.thread import said, said_words
from web.writing import WritingMiddleware, proposed_language


class Words(forms.Form):
    language = WritingLanguageField()


class Membership:
    code = "M1"


def asked(
    method: str = "get", said: str = "", cookie: str = "", status: int = 200, path: str = "/x/"
) -> tuple[str, HttpResponse]:
    """Return what a form proposes within a request, and the answer."""
    request = getattr(RequestFactory(), method)(path, {"language": said} if said else {})
    request.membership = Membership()
    if cookie:
        request.COOKIES["writing-M1"] = cookie
    seen = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(Words()["language"].value())
        return HttpResponse(status=status)

    response = WritingMiddleware(answer)(request)
    return seen[0], response


def test_the_language_of_the_interface_is_proposed_first() -> None:
    assert asked()[0] == "en"
    with translation.override("ar"):
        assert proposed_language() == "ar"
    with translation.override("xx"):
        assert proposed_language() == ""


def test_what_was_written_in_last_is_proposed_next_time() -> None:
    _, response = asked("post", said="bn")
    cookie = response.cookies["writing-M1"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("bn", True, "Lax")
    assert asked(cookie="bn")[0] == "bn"
    assert proposed_language() == "en"  # outside of the request nothing is left


@pytest.mark.parametrize(
    "given",
    [
        {"said": "bn", "status": 422},
        {"said": "xx"},
        {"said": "en-gb"},
        {"said": "bn", "cookie": "bn"},
        {"said": "bn", "path": "/api/v1/x/"},
    ],
)
def test_only_words_that_were_taken_are_remembered(given: dict[str, str]) -> None:
    assert not asked("post", **given)[1].cookies  # type: ignore[arg-type]


def test_a_cookie_of_nonsense_is_none() -> None:
    assert asked(cookie="<script>")[0] == "en"


def test_every_language_is_offered_by_its_own_name() -> None:
    names = {code: str(label) for code, label in Words().fields["language"].choices}  # type: ignore[attr-defined]
    assert (names["bn"], names["vi"], names["zh-hant"]) == ("বাংলা", "Tiếng Việt", "繁體中文")
    assert all(name_of(code) != code for code in settings.WRITING_LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("يتقاضى العمال", "ar", "rtl"),
        ("H&M Dhaka: العمال يتقاضون", "ar", "rtl"),
        ("Workers", "en", "ltr"),
        ("Workers", "", "auto"),
        ("يتقاضى العمال", "en", "auto"),
        ("Workers are paid", "ar", "auto"),
        ("123", "ar", "rtl"),
        ("বাংলা", "bn", "ltr"),
    ],
)
def test_a_text_runs_as_its_language_does_or_as_its_letters_do(
    text: str, language: str, direction: str
) -> None:
    assert direction_of(text, language) == direction


def test_words_are_escaped_and_kept_apart() -> None:
    assert said("<b>\nx", "ur") == '<span class="said" lang="ur" dir="auto">&lt;b&gt;<br>x</span>'
    assert said_words("<i>", "ar") == '<bdi class="said" lang="ar">&lt;i&gt;</bdi>'
    assert said_words("x") == '<bdi class="said">x</bdi>'
