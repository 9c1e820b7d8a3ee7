"""What people write in Markdown, as HTML that is safe to show.

markdown-it-py reads it (HTML in it is text, pictures are left out), nh3 keeps a short list of elements. Nothing is
stored: a page renders what it shows, so a better rule counts for every text at once; what was rendered lately is
remembered in the process by its very words.
"""

from functools import lru_cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from web.languages import direction_of

REMEMBERED = 2000  # texts
ELEMENTS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
RELATION = "nofollow noopener ugc"  # we do not vouch for what people link to
# Headings of a text stand below those of the page.
LOWER = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}

_reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(
    ["table", "strikethrough"]
)
_reader.disable("image")


@lru_cache(maxsize=REMEMBERED)
def rendered(text: str) -> SafeString:
    """Return Markdown as HTML: no script, style, picture, form or frame, whatever stands in it."""
    tokens = _reader.parse(text)
    for token in tokens:
        token.tag = LOWER.get(token.tag, token.tag)
    html = _reader.renderer.render(tokens, _reader.options, {})
    cleaned = nh3.clean(
        html,
        tags=ELEMENTS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=RELATION,
        generic_attribute_prefixes=None,
        strip_comments=True,
    )
    return mark_safe(cleaned)  # noqa: S308 - nh3 has cleaned it


def in_markdown(text: str, language: str = "") -> SafeString:
    """Return what a person wrote in Markdown, with its language and direction."""
    if not language:
        return format_html('<div class="said prose written" dir="auto">{}</div>', rendered(text))
    return format_html(
        '<div class="said prose written" lang="{}" dir="{}">{}</div>',
        language,
        direction_of(text, language),
        rendered(text),
    )
