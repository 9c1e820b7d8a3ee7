"""A person's steps with a list: upload it, decide about possible matches, apply it or put it away."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.formats import format_of
from documents.models import Document
from documents.uploads import store_upload
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.actions.rows import CHUNK, in_chunks, rewrite
from sourcing.actions.working import ring
from sourcing.lifecycle import IMPORT, ImportState
from sourcing.models import ImportRow, MatchDecision, SiteImport
from sourcing.permissions import can_keep_register
from sourcing.queries.imports import undecided

Decision, Verdict = ImportRow.Decision, ImportRow.Verdict
LIST_TYPES = frozenset({"csv", "txt", "xlsx"})


def upload_list(*, viewer: Viewer, file: "UploadedFile[bytes]", at: datetime) -> SiteImport:
    """Keep a list and have a worker read it.

    Promises: the file is kept as a document of the viewer's organisation; an import in state uploaded; a ledger
    entry; a worker is rung for, and found by the sweep if it does not hear.

    Raises:
        Forbidden: the viewer only reads, or their organisation keeps no register.
        Refusal: "not-a-list", or a code of `documents.sentences`; nothing is kept.
    """
    can_keep_register(viewer).require()
    form = format_of(file.name or "")
    if form is None or form.extension not in LIST_TYPES:
        sentence = _("Choose a list as CSV or Excel (XLSX). This is another type of file.")
        raise Refusal("not-a-list", sentence, status=415, fields={"file": [sentence]})
    with transaction.atomic():
        document = store_upload(by=viewer, file=file, kind=Document.Kind.IMPORT, at=at)
        site_import = SiteImport.objects.create(
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            document=document,
            file_name=document.name,
            uploaded_at=at,
        )
        record(
            verb="sourcing.import_uploaded",
            by=viewer,
            subject=site_import,
            owner_id=viewer.organisation_id,
            at=at,
            data={"document": document.code, "size": document.size},
        )
        ring(site_import)
    return site_import


def decide(*, viewer: Viewer, site_import: SiteImport, answers: Mapping[int, bool], at: datetime) -> int:
    """Say of possible matches, by their lines, whether each is the same place; return how many were taken in.

    Promises: each answer is remembered for the line and that entry, in this and every later list; a line that is
    not the entry it was asked about is asked about the next likely one, if there is one. A line that is no
    possible match is passed over.

    Raises:
        Forbidden: the viewer only reads.
        Refusal: "not-in-preview".
    """
    with transaction.atomic():
        site_import = _in_preview(viewer, site_import)
        rows = list(
            site_import.rows.filter(verdict=Verdict.POSSIBLE, line__in=list(answers)).order_by("line")
        )
        _take_in(viewer, [(row, answers[row.line]) for row in rows if row.candidate_id], at)
    return len(rows)


def decide_all(*, viewer: Viewer, site_import: SiteImport, kind: str, is_same: bool, at: datetime) -> int:
    """Say the same of all possible matches of a kind that wait; return how many. Promises as for `decide`."""
    with transaction.atomic():
        site_import = _in_preview(viewer, site_import)
        rows = list(undecided(site_import).filter(reason=kind, candidate__isnull=False).order_by("line"))
        _take_in(viewer, [(row, is_same) for row in rows], at)
    return len(rows)


def begin_applying(*, viewer: Viewer, site_import: SiteImport, at: datetime) -> SiteImport:
    """Have a worker take the list into the register.

    Promises: state previewed → applying; a ledger entry; a worker is rung for. The register changes later, all at once.

    Raises:
        Forbidden: the viewer only reads.
        Refusal: "undecided", while possible matches wait; "not-in-preview".
    """
    with transaction.atomic():
        site_import = _in_preview(viewer, site_import)
        if waiting := undecided(site_import).count():
            sentence = ngettext(
                "%(count)s possible match waits for your decision.",
                "%(count)s possible matches wait for your decision.",
                waiting,
            )
            raise Refusal("undecided", sentence % {"count": waiting})
        site_import.refusal, site_import.rows_done, site_import.attempts = "", 0, 0
        site_import.person_id = viewer.person_id
        move(
            site_import,
            to=ImportState.APPLYING,
            lifecycle=IMPORT,
            verb="sourcing.import_begun",
            by=viewer,
            owner_id=viewer.organisation_id,
            at=at,
            also=["refusal", "rows_done", "attempts", "person"],
        )
        ring(site_import)
    return site_import


def discard(*, viewer: Viewer, site_import: SiteImport, at: datetime) -> SiteImport:
    """Put a list away without applying it; what was decided about its lines is still remembered.

    Raises:
        Forbidden: the viewer only reads.
        Refusal: "not-in-preview".
    """
    with transaction.atomic():
        site_import = _in_preview(viewer, site_import)
        move(
            site_import,
            to=ImportState.DISCARDED,
            lifecycle=IMPORT,
            verb="sourcing.import_discarded",
            by=viewer,
            owner_id=viewer.organisation_id,
            at=at,
        )
    return site_import


def _in_preview(viewer: Viewer, site_import: SiteImport) -> SiteImport:
    """Lock the list, then look: the viewer may change it, and it waits for a person."""
    locked = SiteImport.objects.visible_to(viewer).select_for_update().get(pk=site_import.pk)
    can_keep_register(viewer).require()
    if locked.state != ImportState.PREVIEWED:
        raise Refusal("not-in-preview", _("This list does not wait for a decision any more."))
    return locked


def _take_in(viewer: Viewer, answers: Iterable[tuple[ImportRow, bool]], at: datetime) -> None:
    for chunk in in_chunks(answers, CHUNK):
        kept = [
            MatchDecision(
                organisation_id=viewer.organisation_id,
                fingerprint=row.values["fingerprint"],
                entry_id=row.candidate_id,
                is_same=is_same,
                person_id=viewer.person_id,
                decided_at=at,
            )
            for row, is_same in chunk
            if row.candidate_id is not None
        ]
        MatchDecision.objects.bulk_create(
            {(one.fingerprint, one.entry_id): one for one in kept}.values(),
            update_conflicts=True,
            unique_fields=["organisation", "fingerprint", "entry"],
            update_fields=["is_same", "person", "decided_at"],
        )
        for row, is_same in chunk:
            _answer(row, is_same)
        rewrite([row for row, _is_same in chunk])


def _answer(row: ImportRow, is_same: bool) -> None:
    others = row.values.get("others", [])
    if is_same:
        row.decision = Decision.SAME
    elif others:
        (row.candidate_id, row.reason, row.score), *rest = others
        row.values = {**row.values, "others": rest}
        row.decision = Decision.NONE
    else:
        row.decision = Decision.DIFFERENT
