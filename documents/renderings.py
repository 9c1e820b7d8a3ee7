"""Making files in the background: a row says what is wanted, a worker claims it and says how it went.

Killed at any moment, the work is done once in effect. The claim is taken in its own transaction under a
fresh token; every later step asks for that token, so a worker that was given up cannot finish over its
successor. The document and "done" commit together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from documents.formats import PDF
from documents.models import Document, Rendering
from documents.pdf import render_pdf
from documents.uploads import require_member, store_bytes
from ledger import bell
from ledger.acting import acting
from ledger.models import Actor
from ledger.models.subjects import about, code_of
from ledger.refusals import Refusal

log = structlog.get_logger(__name__)

TASK = "documents.render"
LEASE = timedelta(seconds=60)  # longer than the slowest single step, the press at 30 seconds
MOST_ATTEMPTS = 3
QUIET_FOR = timedelta(seconds=20)
SWEEP_LIMIT = 200


class ViewerIds(NamedTuple):
    """Through whose eyes the file is made; the upper app builds its `Viewer` from it."""

    person_id: int
    organisation_id: int


@dataclass(frozen=True, slots=True)
class File:
    """A file that is finished as it is: a table or a Word document, say, that needs no press."""

    name: str
    media_type: str
    data: bytes


Written = tuple[str, str] | File  # a page for the press (file name, HTML), or a finished file
RenderingFunction = Callable[[Rendering, ViewerIds], Written]


@dataclass(frozen=True, slots=True)
class Renderer:
    """How one kind of rendering is made: the function that writes the page, and what the file is kept as."""

    write: RenderingFunction
    stored_as: Document.Kind


class LostClaim(Exception):
    """Another worker has taken the rendering over."""


_renderers: dict[str, Renderer] = {}


def rendering(
    kind: str, *, stored_as: Document.Kind = Document.Kind.REPORT
) -> Callable[[RenderingFunction], RenderingFunction]:
    """Register what writes renderings of `kind`: `fn(rendering, viewer_ids)` gives (file name, HTML) or a `File`.

    It runs as the person who asked (`ledger.acting`), in their language, in a transaction that is rolled back
    into nothing when it fails; it reads only what that person may see, and raises a `Refusal` with a
    sentence when there is nothing to make. Register in the app's `reports` module, which is found by itself.
    """

    def register(function: RenderingFunction) -> RenderingFunction:
        if kind in _renderers:
            raise ImproperlyConfigured(f"There is a rendering for {kind!r} already.")
        _renderers[kind] = Renderer(function, stored_as)
        return function

    return register


def request_rendering(
    *,
    by: Actor,
    kind: str,
    subject: models.Model,
    audit: models.Model | None = None,
    incident: models.Model | None = None,
    group: models.Model | None = None,
    anew: bool = False,
    at: datetime,
) -> Rendering:
    """Ask for a file about `subject`, or return the one that is there or on its way.

    Promises: one row per organisation, kind and subject however often and by whomever it is asked for; a
    failed one starts anew; the work happens even when the broker is down, once the sweep has seen the row.

    Args:
        by: the person, acting for an organisation; the file will belong to it.
        kind: as registered by `@rendering`.
        subject: what it is about, saved; something that does not change, such as one version of a plan.
        audit: when given, everyone who sees that audit sees the file.
        incident: when given, only people named in that case see the file, and that it was asked for.
        group: when given, only people inside that group see the file, and that it was asked for.
        anew: make it again where it is there already, for a subject that does change; the file that was
            made before stays with whoever has it.
        at: now.
    """
    if kind not in _renderers:
        raise LookupError(f"Nothing is registered for renderings of kind {kind!r}.")
    person_id, organisation_id = require_member(by)
    with transaction.atomic():
        wanted, _is_new = Rendering.objects.select_for_update().get_or_create(
            organisation_id=organisation_id,
            kind=kind,
            **about(subject),
            defaults={
                "subject_code": code_of(subject),
                "person_id": person_id,
                "requested_at": at,
                "audit_id": audit.pk if audit else None,
                "incident_id": incident.pk if incident else None,
                "group_id": group.pk if group else None,
            },
        )
        if wanted.state == Rendering.State.FAILED or (anew and wanted.state == Rendering.State.DONE):
            _queue_again(wanted, person_id, at)
        if (incident or group) and wanted.is_pending and wanted.person_id != person_id:
            # Whoever asked first may be inside no longer, and then could not make it.
            _queue_again(wanted, person_id, at)
        if wanted.is_pending:
            _ring(wanted)
    return wanted


def work(
    *,
    organisation_id: int,
    person_id: int,
    rendering_id: int,
    was_lost: bool = False,
    clock: Callable[[], datetime] = timezone.now,
) -> bool:
    """Make the file if it is still wanted and nobody else is at it; tell whether it was made.

    Args:
        organisation_id: for whom; with `person_id` it decides what the database shows.
        person_id: who asked.
        rendering_id: the row.
        was_lost: the broker says that the worker who had it died, so its claim is void at once.
        clock: gives the time now.
    """
    ids = ViewerIds(person_id, organisation_id)
    with acting(person_id=person_id, organisation_id=organisation_id):
        claimed = claim(rendering_id, at=clock(), was_lost=was_lost)
    if claimed is None:
        return False
    with translation.override(_language(claimed, ids)):
        try:
            _make(claimed, ids, clock)
        except LostClaim:
            return False
        except OperationalError:
            raise  # the database went away; the lease runs out and the sweep rings again
        except Refusal as refusal:
            return _fail(claimed, ids, refusal.sentence, clock())
        except Exception:
            log.exception("rendering_failed", kind=claimed.kind, rendering=claimed.code)
            return _fail(claimed, ids, _("We could not make this file. Please ask for it again."), clock())
    return True


def claim(rendering_id: int, *, at: datetime, was_lost: bool = False) -> Rendering | None:
    """Take the rendering for this worker, or return None when it is finished or in other hands.

    After three workers died over it, it fails instead of taking a fourth along.
    """
    free = Q(state=Rendering.State.QUEUED) | Q(state=Rendering.State.WORKING, leased_until__lt=at)
    if was_lost:
        free |= Q(state=Rendering.State.WORKING)
    with transaction.atomic():
        wanted = Rendering.objects.select_for_update(skip_locked=True).filter(free, pk=rendering_id).first()
        if wanted is None:
            return None
        if wanted.attempts >= MOST_ATTEMPTS:
            _close_failed(wanted, _("We could not make this file after several tries."), at)
            return None
        wanted.state, wanted.percent, wanted.attempts = Rendering.State.WORKING, 10, wanted.attempts + 1
        wanted.claim, wanted.leased_until = uuid4(), at + LEASE
        wanted.save(update_fields=["state", "percent", "attempts", "claim", "leased_until"])
        return wanted


def ring_pending(at: datetime) -> int:
    """Ring for every rendering that waits unheard or whose worker fell silent; return how many.

    Runs as the role job, which sees the rows of every organisation.
    """
    unheard = Q(state=Rendering.State.QUEUED, requested_at__lt=at - QUIET_FOR)
    silent = Q(state=Rendering.State.WORKING, leased_until__lt=at)
    waiting = list(Rendering.objects.filter(unheard | silent).order_by("requested_at")[:SWEEP_LIMIT])
    for each in waiting:
        _ring(each)
    return len(waiting)


def _make(claimed: Rendering, ids: ViewerIds, clock: Callable[[], datetime]) -> None:
    renderer = _renderers[claimed.kind]
    with acting(person_id=ids.person_id, organisation_id=ids.organisation_id):
        written = renderer.write(claimed, ids)
    _progress(claimed, ids, 40, clock())
    file = written if isinstance(written, File) else _pressed(*written)
    _progress(claimed, ids, 90, clock())
    _finish(claimed, ids, file=file, stored_as=renderer.stored_as, at=clock())


def _pressed(name: str, html: str) -> File:
    return File(name, PDF.media_type, render_pdf(html))


def _progress(claimed: Rendering, ids: ViewerIds, percent: int, at: datetime) -> None:
    """Tell the reader how far it is and renew the lease; raise LostClaim when it is no longer ours."""
    with acting(person_id=ids.person_id, organisation_id=ids.organisation_id):
        ours = Rendering.objects.filter(pk=claimed.pk, claim=claimed.claim)
        if not ours.update(percent=percent, leased_until=at + LEASE):
            raise LostClaim


def _finish(
    claimed: Rendering, ids: ViewerIds, *, file: File, stored_as: Document.Kind, at: datetime
) -> None:
    """Keep the file and say "done" in one transaction."""
    with acting(person_id=ids.person_id, organisation_id=ids.organisation_id):
        ours = Rendering.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if ours is None:
            raise LostClaim
        ours.document = store_bytes(
            by=ids,
            name=file.name,
            media_type=file.media_type,
            data=file.data,
            kind=stored_as,
            audit=ours.audit,
            incident=ours.incident,
            group=ours.group,
            at=at,
        )
        ours.state, ours.percent, ours.finished_at = Rendering.State.DONE, 100, at
        _let_go(ours, "document")


def _fail(claimed: Rendering, ids: ViewerIds, sentence: str, at: datetime) -> bool:
    with acting(person_id=ids.person_id, organisation_id=ids.organisation_id):
        ours = Rendering.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if ours is not None:
            _close_failed(ours, sentence, at)
    return False


def _close_failed(wanted: Rendering, sentence: str, at: datetime) -> None:
    wanted.state, wanted.percent, wanted.finished_at = Rendering.State.FAILED, 0, at
    wanted.error = sentence[:300]
    _let_go(wanted, "error")


def _queue_again(wanted: Rendering, person_id: int, at: datetime) -> None:
    wanted.state, wanted.error, wanted.attempts, wanted.finished_at = Rendering.State.QUEUED, "", 0, None
    wanted.person_id, wanted.requested_at, wanted.percent, wanted.document = person_id, at, 0, None
    _let_go(wanted, "error", "attempts", "person", "requested_at", "document")


def _let_go(wanted: Rendering, *also: str) -> None:
    wanted.claim = wanted.leased_until = None
    wanted.save(update_fields=["state", "percent", "claim", "leased_until", "finished_at", *also])


def _language(claimed: Rendering, ids: ViewerIds) -> str:
    with acting(person_id=ids.person_id, organisation_id=ids.organisation_id):
        return claimed.person.language or settings.LANGUAGE_CODE


def _ring(wanted: Rendering) -> None:
    bell.ring(TASK, wanted.organisation_id, wanted.person_id, wanted.pk, queue="default")
