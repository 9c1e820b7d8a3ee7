"""What the style sheets, scripts, templates and vendored files may hold."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from documents.models import Rendering
from findings.lifecycle import CAR, NON_COMPLIANCE, AuditState
from findings.models import Finding
from organisations.visibility import Role
from sourcing.lifecycle import EngagementState, ImportState, LinkState
from sourcing.models import ImportRow
from web.statuses import STATUSES

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
OUTSIDE_PAGES = ("mail", "pdf")  # letters and paper have no content security policy and no shared style sheet
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if not set(OUTSIDE_PAGES) & set(path.parts)
)
UNDRAWN = {
    "done",
    "now",
    "later",
    "next",
    "info",
    "script-only",
    "no-script",
}  # states of drawn classes, and hooks
STYLES = sorted(path for path in (STATIC / "css").glob("*.css") if path.stem not in OUTSIDE_PAGES)
SCRIPTS = sorted((STATIC / "js").glob("*.js"))

PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|float|clear)\s*:"
    r"|text-align\s*:\s*(?:left|right)",
)


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_sheets_know_no_left_and_right(path: Path) -> None:
    css = re.sub(r"@(?:media|container)[^{]*\{", "{", without_comments(path.read_text()))
    assert PHYSICAL.findall(css) == []


@pytest.mark.parametrize(
    "path", [path for path in STYLES if path.name != "tokens.css"], ids=lambda path: path.name
)
def test_colours_come_from_tokens(path: Path) -> None:
    css = without_comments(path.read_text())
    allowed = (
        {"#fff"} if path.name == "components.css" else set()
    )  # a QR code needs white paper in both themes
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|(?:rgba?|hsla?|oklch)\(", css)) == allowed


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_no_inline_style_script_or_handler(path: Path) -> None:
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"\{[%{].*?[%}]\}", "", text)
    assert (
        re.findall(r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|javascript:|hx-vals='js|hx-headers='js", text)
        == []
    )
    for opening in re.findall(r"<script[^>]*>", text):
        assert re.search(r"\ssrc=|type=\"application/json\"", opening), opening


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_compile(path: Path) -> None:
    get_template(path.relative_to(ROOT / "templates").as_posix())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_name_only_icons_that_are_drawn(path: Path) -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/sprite.svg").read_text()))
    named = set(re.findall(r"\{%\s*icon\s+\"([^\"]+)\"", path.read_text()))
    assert named <= drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_name_only_classes_that_are_drawn(path: Path) -> None:
    drawn = set(re.findall(r"\.([a-zA-Z][\w-]*)", "".join(style.read_text() for style in STYLES)))
    text = re.sub(r"\{[%{].*?[%}]\}", " ", path.read_text())
    named = {word for words in re.findall(r'\sclass="([^"]*)"', text) for word in words.split()}
    assert named - UNDRAWN <= drawn


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("audit", [*AuditState]),
        ("nc", [*NON_COMPLIANCE.moves]),
        ("car", [*CAR.moves]),
        ("link", [*LinkState]),
        ("engagement", [*EngagementState]),
        ("import", [*ImportState]),
        ("severity", Finding.Severity.values),
        ("finding", Finding.Kind.values),
        ("row", ImportRow.Verdict.values),
        ("rendering", Rendering.State.values),
        ("role", [*Role]),
    ],
)
def test_every_state_has_a_word_and_a_shape(kind: str, states: list[str]) -> None:
    assert set(states) <= STATUSES[kind].keys()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_do_nothing_that_the_policy_blocks(path: Path) -> None:
    assert (
        re.findall(
            r"\beval\(|new Function|\.innerHTML|setAttribute\(\s*[\"']style|document\.write", path.read_text()
        )
        == []
    )


def test_vendored_files_are_those_of_the_list() -> None:
    lines = (STATIC / "vendor/SHA256SUMS").read_text().splitlines()
    said = {path: digest for digest, path in (line.split("  ") for line in lines)}
    listed = {"SHA256SUMS", "README.md"}
    files = [path for path in (STATIC / "vendor").rglob("*") if path.is_file() and path.name not in listed]
    files += [STATIC / "icons/sprite.svg", STATIC / "css/fonts.css"]
    found = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
    assert found == said


def test_fonts_stay_within_three_megabytes() -> None:
    fonts = list((STATIC / "vendor/fonts").glob("*.woff2"))
    assert fonts
    assert sum(path.stat().st_size for path in fonts) < 3_000_000


def test_shared_work_is_never_red_or_a_warning() -> None:
    assert {look.tone for look in STATUSES["car"].values()} <= {"car", "good", "calm"}
    assert STATUSES["finding"]["car"].tone == "car"


def test_template_tags_need_no_load() -> None:
    drawn = engines["django"].from_string('{% tag_for "car" "open" %}').render({})
    assert 'class="tag car"' in drawn
