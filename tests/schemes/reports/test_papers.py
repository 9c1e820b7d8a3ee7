"""Papers of assessments: what they hold, for whom, in which letters, and that they are made once."""

import datetime as dt
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.db import connection
from django.utils import timezone

from documents.models import Document, Rendering
from documents.renderings import request_rendering, work
from documents.storage import open_bytes
from ledger.refusals import NotVisible
from organisations.visibility import Viewer
from schemes.actions.papers import ask_for_paper
from schemes.definitions.ladder import Result
from schemes.lifecycle import Outcome
from schemes.models import Assessment
from schemes.models.facts import ItemSaid, NoticeSaid
from schemes.queries.papers import KINDS, papers_of
from schemes.reports.assessment import rungs_of, steps_of
from tests.conftest import owner_role
from tests.documents.test_scripts import boxes_of, fonts_of
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db
# One name for each script that the papers promise to have letters for.
NAMES = {
    "latin": "Häuser & Söhne Textilien GmbH",
    "vietnamese": "Công ty Cổ phần May Mặc Đường Nguyễn",
    "cyrillic": "Швейная фабрика «Заря» Объединение",
    "arabic": "شركة النسيج المتحدة للتجارة",
    "bengali": "পূর্বাচল পোশাক কারখানা লিমিটেড",
    "chinese": "东方纺织服装有限公司",
}
PICTURES = os.environ.get("PAPER_SHOTS", "")


def made(viewer: Viewer, story: Play, key: str) -> bytes:
    """Ask for a paper of the newest assessment that has one, let the worker make it, and return it."""
    with as_viewer(viewer):
        found = next(one for one in _papers(viewer, story) if one.key == key)
        row = ask_for_paper(viewer=viewer, paper=found, at=timezone.now())
    assert work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
    with as_viewer(viewer):
        ready = Rendering.objects.select_related("document").get(pk=row.pk)
        assert ready.state == Rendering.State.DONE, ready.error
        assert ready.document is not None
        with open_bytes(ready.document) as content:
            data = content.read()
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        name = os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[-1].split(" ")[0].replace("/", "-")
        (Path(PICTURES) / f"{key}-{name}.pdf").write_bytes(data)
    return data


def _papers(viewer: Viewer, story: Play) -> list[Any]:
    rows = Assessment.objects.visible_to(viewer).filter(membership__scheme=story.scheme)
    found = papers_of(viewer, list(rows.select_related("edition").order_by("-pk")))
    return [paper for papers in found.values() for paper in papers]


def kinds(viewer: Viewer, story: Play) -> list[str]:
    with as_viewer(viewer):
        return [one.key for one in _papers(viewer, story)]


def text_of(data: bytes) -> str:
    """Return the words of a PDF on one line."""
    with pypdfium2.PdfDocument(data) as book:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in book).split())


def well_made(data: bytes) -> None:
    """Check that a PDF is tagged, named, in a language, and PDF/UA by its own word, with every font inside."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang)
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        meta = opened.open_metadata()
        assert meta["pdfuaid:part"] == "1"
        assert meta["dc:title"]
    fonts = fonts_of(data)
    assert fonts
    assert all(fonts.values()), fonts
    assert [name for name in fonts if not name.startswith(("Inter", "Noto-Sans"))] == []
    assert boxes_of(data) == 0


def named(name: str, **about: Any) -> Play:
    """Return a story of an organisation with a name."""
    story = play(organisation=people.organisation(name), **about)
    story.apply(consents_to_register=True)
    return story


@pytest.mark.parametrize("script", NAMES)
def test_a_certificate_has_letters_for_the_name(script: str) -> None:
    story = named(NAMES[script])
    story.decide(Outcome.AWARD)
    data = made(story.member, story, "certificate")
    well_made(data)
    with pypdfium2.PdfDocument(data) as book:
        assert len(book) == 1
        width, height = book[0].get_size()
        assert width > height
    words = text_of(data)
    if script in {"latin", "vietnamese", "cyrillic", "chinese"}:
        assert NAMES[script] in words
    assert "Bronze" in words
    assert "slavery-free" not in words.lower()


def test_a_certificate_says_what_it_says_until_when_and_where_to_check() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    with as_viewer(story.boss) as viewer:
        certificate = next(one for one in _papers(viewer, story) if one.key == "certificate").certificate
    assert certificate is not None
    words = text_of(made(story.member, story, "certificate"))
    for wanted in (
        "Level 1 of 3",
        "What this says",
        "What it never says",
        "It says what was looked at, and no more.",
        f"{certificate.issued_on:%-d %b %Y}",
        f"{certificate.expires_on:%-d %b %Y}",
        story.body.name,
    ):
        assert wanted in words, wanted
    assert f"/verify/{certificate.code}/" in words.replace(" ", "")


def test_a_camera_reads_the_address_to_check_off_the_certificate() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    with as_viewer(story.boss) as viewer:
        certificate = next(one for one in _papers(viewer, story) if one.key == "certificate").certificate
    assert certificate is not None
    with pypdfium2.PdfDocument(made(story.member, story, "certificate")) as book:
        seen = [
            found.text
            for page in book
            for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil().convert("L"))
        ]
    assert seen == [f"{settings.SITE_URL}/verify/{certificate.code}/"]


def test_every_picture_on_a_certificate_says_what_it_shows() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    with pikepdf.open(io.BytesIO(made(story.member, story, "certificate"))) as opened:
        figures = [one for one in elements(opened.Root.StructTreeRoot) if one.get("/S") == "/Figure"]
        assert len(figures) == 2
        assert all(str(one.Alt) for one in figures)


def elements(node: Any) -> Iterator[Any]:
    """Yield every element of a PDF's tree of structure."""
    children = node.get("/K", ())
    for child in children if isinstance(children, pikepdf.Array) else (children,):
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def test_the_report_explains_the_level_line_by_line_and_every_criterion() -> None:
    story = named(NAMES["bengali"], criteria=4)
    scores = {"c1": "gold", "c2": "silver", "c3": "bronze", "c4": "bronze"}
    story.decide(Outcome.AWARD, scores, reasons="Основание: видно из бумаг. 证据充分。")
    words = text_of(data := made(story.member, story, "report"))
    well_made(data)
    frozen = story.assessment().result
    assert frozen is not None
    result = Result.from_json(frozen)
    content = story.edition.content
    sentences = [
        line.sentence for rung in rungs_of(content, story.assessment().result) for line in rung.lines
    ]
    assert len(sentences) == len(result.lines)
    for wanted in (
        *sentences,
        *(sentence for _title, sentence in steps_of(content, story.assessment().result)),
        *(one.title for one in content.criteria),
        "Seen in the papers.",
        "Level: Bronze.",
        "Основание: видно из бумаг.",
        "The shortest way to Silver",
        "It says what was looked at, and no more.",
    ):
        assert wanted in words, wanted


def test_the_schedule_says_what_by_when_and_what_is_done() -> None:
    story = named(NAMES["vietnamese"])
    by_on = dt.date(2031, 3, 9)
    items = (
        ItemSaid(what="Viết chính sách lao động.", language="vi", by_on=by_on, criterion="c1"),
        ItemSaid(what="اكتب السياسة", language="ar", by_on=by_on + dt.timedelta(days=30)),
    )
    story.decide(Outcome.IMPROVE, {}, items=items)
    data = made(story.boss, story, "schedule")
    well_made(data)
    words = text_of(data)
    for wanted in (
        "2 steps, the last by 8 Apr 2031.",
        "Viết chính sách lao động.",
        "9 Mar 2031",
        "Criterion 1",
    ):
        assert wanted in words, wanted
    assert "Not yet" in words


def test_the_notice_says_what_follows_if_nothing_is_done() -> None:
    story = named(NAMES["cyrillic"])
    story.decide(Outcome.AWARD, "silver")
    story.interim()
    notice = NoticeSaid(
        words="培训采购员。", language="zh-hans", answer_by=story.clock.date() + dt.timedelta(days=90)
    )
    story.decide(Outcome.NOTICE, "silver", is_improved=False, notice=notice)
    data = made(story.member, story, "notice")
    well_made(data)
    words = text_of(data)
    for wanted in (
        "培训采购员。",
        "Otherwise the level goes from Silver down to Bronze.",
        "Nothing of this notice is public.",
    ):
        assert wanted in words, wanted
    assert kinds(story.member, story) == ["report", "notice", "report", "certificate"]


def test_the_lowest_level_is_followed_by_the_end() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    story.interim()
    story.decide(Outcome.NOTICE, is_improved=False)
    words = text_of(made(story.member, story, "notice"))
    assert "Bronze is the lowest level: otherwise the membership ends." in words


def test_a_certificate_that_does_not_count_any_more_says_so_on_paper() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    story.interim()
    story.decide(Outcome.CONTINUE)
    with as_viewer(story.member) as viewer:
        older = [one for one in _papers(viewer, story) if one.key == "certificate"][1]
        row = ask_for_paper(viewer=viewer, paper=older, at=timezone.now())
    assert work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
    with owner_role(), open_bytes(Document.objects.get(rendering=row)) as content:
        assert "Followed by a newer certificate" in text_of(content.read())


def test_nothing_is_made_before_the_decision() -> None:
    story = named("Mill")
    story.propose()
    assert kinds(story.member, story) == []
    assert kinds(story.boss, story) == []


@pytest.mark.parametrize("key", KINDS)
def test_nobody_else_gets_a_paper_made(key: str) -> None:
    story = named("Mill")
    decision = story.decide(Outcome.AWARD)
    stranger = people.viewer(people.organisation())
    assert kinds(stranger, story) == []
    subject = story.assessment() if key == "report" else decision
    with as_viewer(stranger):
        row = request_rendering(by=stranger, kind=KINDS[key], subject=subject, at=timezone.now())
    assert not work(
        organisation_id=stranger.organisation_id, person_id=stranger.person_id, rendering_id=row.pk
    )
    with owner_role():
        row.refresh_from_db()
        assert row.state == Rendering.State.FAILED
        assert row.error == NotVisible().sentence


def test_papers_of_many_assessments_cost_the_same() -> None:
    story = named("Mill")
    story.decide(Outcome.AWARD)
    counts = []
    for _round in range(2):
        with as_viewer(story.member) as viewer, _Counted() as counted:
            _papers(viewer, story)
        counts.append(counted.count)
        story.interim()
        story.decide(Outcome.CONTINUE)
    assert counts[0] == counts[1]
    assert counts[0] <= 6


class _Counted:
    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "_Counted":
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)

    def __exit__(self, *about: Any) -> None:
        self._wrapper.__exit__(*about)
