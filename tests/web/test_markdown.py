"""What people write in Markdown: shown as they mean it, and inert whatever stands in it."""

import re

import pytest

from web.markdown import in_markdown, rendered

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<svg onload="alert(1)"><circle/></svg>',
    "<iframe src='https://evil.example'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "<form action='https://evil.example'><input name=password></form>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<!-- <script>alert(1)</script> -->",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "![x][p]\n\n[p]: https://evil.example/pixel.png",
    '[x](https://a.example "x\\" onmouseover=\\"alert(1)")',
    "[x][y]\n\n[y]: javascript:alert(1)",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '``` x" onclick="alert(1)\ny\n```',
    "| <script>alert(1)</script> |\n|---|\n| <img onerror=alert(1)> |",
    "\x00<script\x00>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
TAG = re.compile(r"<\s*/?\s*([a-z0-9]+)([^>]*)>", re.IGNORECASE)
MAY = {"p", "a", "br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "em", "strong"}


@pytest.mark.parametrize("text", ATTACKS)
def test_what_is_meant_to_run_is_inert(text: str) -> None:
    html = rendered(text)
    found = {(name.lower(), about) for name, about in TAG.findall(html)}
    assert {name for name, _about in found} <= MAY
    for name, about in found:
        attributes = set(re.findall(r"([a-z-]+)=\"", about))
        assert attributes <= ({"href", "title", "rel"} if name == "a" else set()), (name, about)
        for address in re.findall(r'href="([^"]*)"', about):
            assert address.startswith("https://"), address
    assert "<!--" not in html


def test_links_say_that_we_do_not_vouch_for_them() -> None:
    assert rendered("[Guide](https://example.org/a)") == (
        '<p><a href="https://example.org/a" rel="nofollow noopener ugc">Guide</a></p>\n'
    )


def test_paragraphs_lists_quotations_and_tables_are_shown() -> None:
    html = rendered("# Title\n\n**bold** and *slanted*\n\n- one\n- two\n\n> said\n\n| a |\n|---|\n| b |")
    for piece in (
        "<h3>Title</h3>",
        "<strong>bold</strong>",
        "<em>slanted</em>",
        "<li>one</li>",
        "<blockquote>",
    ):
        assert piece in html
    assert "<td>b</td>" in html
    assert rendered("one\ntwo") == "<p>one<br>\ntwo</p>\n"


def test_language_and_direction_stand_around_the_words() -> None:
    html = in_markdown("مرحبا بكم", "ar")
    assert 'lang="ar"' in html
    assert 'dir="rtl"' in html
    assert 'lang="x&quot; onclick=&quot;y' in in_markdown("a", 'x" onclick="y')


@pytest.mark.parametrize("text", ["[" * 20_000, "*a " * 6_600, "> " * 9_000, "`" * 20_000, "[a](" * 5_000])
def test_texts_made_to_be_slow_are_not(text: str) -> None:
    import time

    begun = time.process_time()
    rendered(text)
    assert time.process_time() - begun < 2
