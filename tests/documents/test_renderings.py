"""Made in the background, once in effect: run twice, killed midway, or with the broker gone."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from documents import renderings
from documents.models import Document, Rendering
from documents.renderings import File, ViewerIds, claim, rendering, request_rendering, ring_pending, work
from documents.storage import storage
from ledger import bell, entries
from ledger.acting import acting
from ledger.refusals import Refusal
from organisations.models import Organisation
from organisations.visibility import Viewer
from tests.factories import organisations

AT = timezone.now()
KIND = "trial.report"
AsRole = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def renderer(monkeypatch: pytest.MonkeyPatch) -> list[ViewerIds]:
    """Register a small report, and a press that is quick; return through whose eyes each was written."""
    seen: list[ViewerIds] = []
    monkeypatch.setattr(renderings, "_renderers", {})
    monkeypatch.setattr(renderings, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())

    @rendering(KIND, stored_as=Document.Kind.PLAN_PDF)
    def write(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
        seen.append(ids)
        return (
            f"plan {wanted.subject_code}.pdf",
            f"<p>{Organisation.objects.get(pk=ids.organisation_id).name}</p>",
        )

    return seen


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Catch the bell; return what it rang for."""
    rings: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        bell, "ring", lambda task, *arguments, queue="system": rings.append((task, *arguments, queue))
    )
    return rings


def as_(viewer: Viewer) -> AbstractContextManager[None]:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def ask(viewer: Viewer, at: datetime = AT) -> Rendering:
    with as_(viewer):
        subject: models.Model = Organisation.objects.get(pk=viewer.organisation_id)
        return request_rendering(by=viewer, kind=KIND, subject=subject, at=at)


def make(viewer: Viewer, wanted: Rendering, **more: Any) -> bool:
    return work(
        organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=wanted.pk, **more
    )


def now(viewer: Viewer, wanted: Rendering) -> Rendering:
    with as_(viewer):
        return Rendering.objects.select_related("document").get(pk=wanted.pk)


def test_asking_makes_a_row_and_rings(viewer: Viewer, rung: list[tuple[Any, ...]]) -> None:
    wanted = ask(viewer)
    assert (wanted.state, wanted.percent, wanted.is_pending) == ("queued", 0, True)
    assert wanted.subject_kind == "organisations.organisation"
    assert rung == [("documents.render", viewer.organisation_id, viewer.person_id, wanted.pk, "default")]


def test_asking_twice_is_asking_once(viewer: Viewer) -> None:
    assert ask(viewer) == ask(viewer)


def test_an_unknown_kind_is_a_mistake_of_ours(viewer: Viewer) -> None:
    with as_(viewer), pytest.raises(LookupError):
        request_rendering(by=viewer, kind="nothing", subject=Organisation.objects.get(), at=AT)


def test_a_worker_makes_the_file(viewer: Viewer, renderer: list[ViewerIds]) -> None:
    wanted = ask(viewer)
    assert make(viewer, wanted)
    done = now(viewer, wanted)
    assert (done.state, done.percent, done.error, done.claim) == ("done", 100, "", None)
    assert done.document is not None
    assert done.document.name == f"plan {wanted.subject_code}.pdf"
    assert (done.document.kind, done.document.media_type) == ("plan_pdf", "application/pdf")
    assert done.document.organisation_id == viewer.organisation_id
    assert renderer == [ViewerIds(viewer.person_id, viewer.organisation_id)]


def test_running_twice_makes_it_once(viewer: Viewer, renderer: list[ViewerIds]) -> None:
    wanted = ask(viewer)
    assert [make(viewer, wanted), make(viewer, wanted)] == [True, False]
    assert len(renderer) == 1


def test_asking_when_it_is_there_rings_for_nobody(viewer: Viewer, rung: list[tuple[Any, ...]]) -> None:
    make(viewer, ask(viewer))
    rung.clear()
    assert ask(viewer).state == "done"
    assert rung == []


def test_asked_for_anew_it_is_made_again_and_the_old_file_stays(viewer: Viewer) -> None:
    wanted = ask(viewer)
    make(viewer, wanted)
    old = now(viewer, wanted).document
    with as_(viewer):
        subject: models.Model = Organisation.objects.get(pk=viewer.organisation_id)
        again = request_rendering(by=viewer, kind=KIND, subject=subject, anew=True, at=AT)
    assert (again.pk, again.state, again.document) == (wanted.pk, "queued", None)
    assert make(viewer, wanted)
    new = now(viewer, wanted).document
    assert old is not None
    assert new is not None
    assert old.pk != new.pk
    with as_(viewer):
        assert Document.objects.filter(pk=old.pk).exists()


def test_a_finished_file_needs_no_press(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    @rendering("table")
    def write(wanted: Rendering, ids: ViewerIds) -> File:
        return File("list.csv", "text/csv", b"a,b\n")

    monkeypatch.setattr(renderings, "render_pdf", None)
    with as_(viewer):
        subject: models.Model = Organisation.objects.get(pk=viewer.organisation_id)
        wanted = request_rendering(by=viewer, kind="table", subject=subject, at=AT)
    assert make(viewer, wanted)
    done = now(viewer, wanted)
    assert done.document is not None
    assert (done.document.name, done.document.media_type, done.document.size) == ("list.csv", "text/csv", 4)


def test_another_organisation_cannot_run_it(viewer: Viewer) -> None:
    wanted = ask(viewer)
    stranger = organisations.viewer(organisations.organisation())
    assert not make(stranger, wanted)
    assert now(viewer, wanted).state == "queued"


def test_a_refusal_is_told_in_its_own_words(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(html: str) -> bytes:
        raise Refusal("pdf-too-slow", "Choose fewer rows.")

    monkeypatch.setattr(renderings, "render_pdf", refuse)
    wanted = ask(viewer)
    assert not make(viewer, wanted)
    failed = now(viewer, wanted)
    assert (failed.state, failed.error, failed.document) == ("failed", "Choose fewer rows.", None)


def test_a_fault_of_ours_is_told_plainly_and_can_be_tried_again(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(html: str) -> bytes:
        raise KeyError("secret detail")

    monkeypatch.setattr(renderings, "render_pdf", stumble)
    wanted = ask(viewer)
    make(viewer, wanted)
    assert now(viewer, wanted).error == "We could not make this file. Please ask for it again."
    monkeypatch.setattr(renderings, "render_pdf", lambda _html: b"%PDF-")
    again = ask(viewer, at=AT + timedelta(minutes=1))
    assert (again.pk, again.state, again.error, again.attempts) == (wanted.pk, "queued", "", 0)
    assert make(viewer, again)


def test_a_claim_holds_until_its_lease_ends(viewer: Viewer) -> None:
    wanted = ask(viewer)
    with as_(viewer):
        first = claim(wanted.pk, at=AT)
        assert first is not None
        assert claim(wanted.pk, at=AT + timedelta(seconds=59)) is None
        second = claim(wanted.pk, at=AT + timedelta(seconds=61))
        assert second is not None
        assert second.claim != first.claim
        third = claim(wanted.pk, at=AT + timedelta(seconds=62), was_lost=True)
        assert third is not None
        assert claim(wanted.pk, at=AT + timedelta(minutes=9)) is None
    assert now(viewer, wanted).error == "We could not make this file after several tries."


def test_a_worker_that_was_given_up_finishes_nothing(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ask(viewer)

    def overtaken(html: str) -> bytes:
        monkeypatch.setattr(renderings, "render_pdf", lambda _html: b"%PDF-second")
        assert make(viewer, wanted, was_lost=True)
        return b"%PDF-first"

    monkeypatch.setattr(renderings, "render_pdf", overtaken)
    assert not make(viewer, wanted)
    with as_(viewer):
        document = Document.objects.get()
    assert now(viewer, wanted).document == document
    assert storage().open(document.storage_key).read() == b"%PDF-second"


def test_progress_is_seen_while_it_goes_on(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    wanted = ask(viewer)

    def look(html: str) -> bytes:
        seen.append(now(viewer, wanted).percent)
        return b"%PDF-"

    monkeypatch.setattr(renderings, "render_pdf", look)
    make(viewer, wanted)
    assert seen == [40]


def test_the_sweep_rings_for_the_unheard_and_the_silent(
    viewer: Viewer, rung: list[tuple[Any, ...]], as_job: AsRole
) -> None:
    wanted = ask(viewer)
    rung.clear()
    with as_job():
        assert ring_pending(AT + timedelta(seconds=10)) == 0
        assert ring_pending(AT + timedelta(seconds=30)) == 1
    with as_(viewer):
        claim(wanted.pk, at=AT)
    with as_job():
        assert ring_pending(AT + timedelta(seconds=59)) == 0
        assert ring_pending(AT + timedelta(seconds=61)) == 1
    assert rung == [("documents.render", viewer.organisation_id, viewer.person_id, wanted.pk, "default")] * 2


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("once_per_organisation", {"pk": None, "code": "OTHER"}),
        ("percent_to_100", {"percent": 101}),
        ("done_means_document", {"state": "done"}),
        ("working_means_claimed", {"state": "working"}),
        ("failed_means_error", {"state": "failed"}),
        ("failed_means_error", {"error": "x"}),
    ],
)
def test_the_database_holds_what_must_be_true(
    constraint: str, change: dict[str, Any], viewer: Viewer
) -> None:
    wanted = ask(viewer)
    for name, value in change.items():
        setattr(wanted, name, value)
    with (
        as_(viewer),
        pytest.raises(IntegrityError, match=f"documents_rendering_{constraint}"),
        transaction.atomic(),
    ):
        wanted.save()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_make_it_once(viewer: Viewer, renderer: list[ViewerIds]) -> None:
    wanted = ask(viewer)
    made: list[bool] = []
    start = threading.Barrier(8)

    def one() -> None:
        start.wait()
        try:
            made.append(make(viewer, wanted))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made) == [False] * 7 + [True]
    with as_(viewer):
        assert Document.objects.count() == 1


@pytest.fixture
def fork() -> Callable[[Callable[[Callable[[], None]], None]], None]:
    """Return a function that runs work in a process and kills it with -9 when the work says `here()`."""

    def run(job: Callable[[Callable[[], None]], None]) -> None:
        connection.close()
        read, write = os.pipe()

        def here() -> None:
            os.write(write, b"x")
            signal.pause()

        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                job(here)
            os._exit(1)
        os.close(write)
        try:
            assert os.read(read, 1) == b"x"
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(read)

    return run


MOMENTS = ["writing", "pressing", "bytes kept", "row written"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_is_made_once(
    moment: str, viewer: Viewer, fork: Callable[..., None], monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    wanted = ask(viewer)

    def die(here: Callable[[], None]) -> None:
        stop = _stopping_at(here)
        if moment == "writing":
            renderings._renderers[KIND] = renderings.Renderer(stop, Document.Kind.REPORT)
        elif moment == "pressing":
            monkeypatch.setattr(renderings, "render_pdf", stop)
        elif moment == "bytes kept":
            monkeypatch.setattr(entries, "record", stop)
        else:
            monkeypatch.setattr(renderings, "_let_go", stop)
        make(viewer, wanted)

    fork(die)
    left = now(viewer, wanted)
    assert (left.state, left.document) == ("working", None)
    assert not make(viewer, wanted)  # the lease still holds
    assert make(viewer, wanted, was_lost=True)  # the broker says that the worker died
    done = now(viewer, wanted)
    with as_(viewer):
        assert Document.objects.get() == done.document
    assert done.state == "done"


def _stopping_at(here: Callable[[], None]) -> Any:
    def stop(*_arguments: object, **_more: object) -> None:
        here()

    return stop


PENDING = {"label": "the plan", "status_url": "/s/", "file_url": "/f/", "again_url": "/a/"}


def test_the_fragment_asks_again_only_while_it_waits(viewer: Viewer) -> None:
    wanted = ask(viewer)
    waiting = render_to_string("documents/rendering.html", {"rendering": wanted, **PENDING})
    assert 'hx-get="/s/"' in waiting
    assert "<progress" in waiting
    make(viewer, wanted)
    ready = render_to_string("documents/rendering.html", {"rendering": now(viewer, wanted), **PENDING})
    assert "hx-get" not in ready
    assert 'href="/f/"' in ready


def test_the_fragment_says_what_went_wrong(viewer: Viewer) -> None:
    failed = Rendering(state="failed", error="Choose fewer rows.", requested_at=AT)
    shown = render_to_string("documents/rendering.html", {"rendering": failed, **PENDING})
    assert "Choose fewer rows." in shown
    assert 'action="/a/"' in shown
