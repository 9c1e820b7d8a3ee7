"""What people write keeps its language and direction."""

import pytest
from django.conf import settings
from django.template import Context, Template

from web.fields import WritingLanguageField
from web.languages import name_of


def drawn(text: str, language: str) -> str:
    template = Template("{% load thread %}{% said text language %}")
    return template.render(Context({"text": text, "language": language}))


@pytest.mark.parametrize(
    ("language", "attributes"),
    [("bn", 'lang="bn" dir="ltr"'), ("ar", 'lang="ar" dir="auto"'), ("", 'dir="auto"')],
)
def test_words_carry_their_language(language: str, attributes: str) -> None:
    assert drawn("a\nb", language) == f'<span class="said" {attributes}>a<br>b</span>'


def test_markup_in_words_stays_words() -> None:
    assert drawn("<script>", "vi") == '<span class="said" lang="vi" dir="ltr">&lt;script&gt;</span>'


@pytest.mark.parametrize("code", settings.WRITING_LANGUAGES)
def test_every_language_has_a_name_of_its_own(code: str) -> None:
    assert name_of(code) != code


def test_field_takes_a_language_or_none() -> None:
    field = WritingLanguageField()
    assert (field.clean("th"), field.clean("")) == ("th", "")
