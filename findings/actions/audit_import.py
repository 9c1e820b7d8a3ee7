"""Bringing an audit in from a file or from pasted rows: kept and judged first, then applied all at once."""

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from documents.books import read_book, read_json
from documents.confined import Unfit
from documents.formats import MAX_BYTES
from documents.models import Document
from documents.sentences import refuse
from documents.uploads import clean_name, store_bytes, store_upload
from findings.actions.audit import open_audit, start_audit
from findings.actions.finding import add_finding, reassess_car
from findings.actions.management import rate_management
from findings.definitions.audit_file import (
    AUDITORS,
    FINDINGS,
    MANAGEMENT,
    MOST_COLUMNS,
    MOST_ROWS,
    Content,
    Misshapen,
    from_json,
    from_paste,
    from_sheets,
)
from findings.models import Audit, AuditImport, Auditor, Reassessment
from findings.permissions.audit_import import can_apply_import, can_bring_in
from findings.queries.audit import open_cars
from findings.queries.audit_import import Judged, Judgement, Verdict, judge
from findings.queries.import_words import sentence_of
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

JSON_TYPE = "application/json"
MOST_LINES = max(MOST_ROWS.values()) + 20
CHUNK = 256 * 1024


def bring_file(
    *, viewer: Viewer, audit: Audit | None, file: "UploadedFile[bytes]", at: dt.datetime
) -> AuditImport:
    """Keep a file (XLSX or JSON) and what its rows say; nothing is written to any audit yet.

    Args:
        audit: in progress, for its findings and grades; None for a file that makes a new audit.

    Raises:
        Forbidden: see `can_bring_in`.
        Refusal: a code of `documents.sentences`, or of `queries.import_words`; nothing is kept then.
    """
    can_bring_in(viewer, audit).require()
    name = clean_name(file.name or "")
    extension = name.rpartition(".")[2].lower()
    if extension not in {"xlsx", "json"}:
        raise _refused("not-a-workbook", status=415)
    with transaction.atomic():
        if extension == "xlsx":
            document = store_upload(by=viewer, file=file, kind=Document.Kind.IMPORT, at=at)
            content = _read(file, _from_book)
        else:
            content = _read(file, lambda source: from_json(read_json(source)))
            document = _keep_json(viewer, file, name, at)
        return _brought(viewer, audit, extension, document.name, content, at, document=document)


def bring_json(*, viewer: Viewer, audit: Audit | None, data: Any, at: dt.datetime) -> AuditImport:
    """Keep what a program sent, in the shape of the JSON file. Promises and refusals as `bring_file`."""
    can_bring_in(viewer, audit).require()
    content = _shaped(lambda: from_json(data))
    return _brought(viewer, audit, AuditImport.Source.JSON, _("Sent by a program"), content, at)


def bring_pasted(*, viewer: Viewer, audit: Audit, text: str, at: dt.datetime) -> AuditImport:
    """Keep rows of findings that were copied from a spreadsheet. Promises and refusals as `bring_file`."""
    can_bring_in(viewer, audit).require()
    content = _shaped(lambda: from_paste(text))
    return _brought(viewer, audit, AuditImport.Source.PASTE, _("Pasted rows"), content, at, pasted=text)


def apply_import(*, viewer: Viewer, brought: AuditImport, at: dt.datetime) -> AuditImport:
    """Take every row into the audit, through the same actions as the pages, all of them or none.

    Promises: judged anew, since the audit may have changed; applying it again changes nothing and gives it back, so
    that a second click, or a second try after the first was killed, does it once; a ledger entry.

    Raises:
        Forbidden: see `can_apply_import`.
        Refusal: `rows-have-errors` while a row cannot be taken; `import-put-away`; whatever an action refuses.
    """
    with transaction.atomic():
        brought = _locked(viewer, brought)
        if brought.state == AuditImport.State.APPLIED:
            return brought
        _require_waiting(brought)
        can_apply_import(viewer, brought).require()
        judgement = judge(viewer, brought, brought.audit)
        if not judgement.is_ready:
            raise Refusal(
                "rows-have-errors", _("Some rows cannot be taken. Nothing was written. Please look again.")
            )
        audit = brought.audit or _open(viewer, judgement, at)
        _name_auditors(audit, judgement)
        counts = _write(viewer, audit, judgement, at)
        brought.audit, brought.state, brought.applied_at = audit, AuditImport.State.APPLIED, at
        brought.summary = judgement.counts() | counts
        brought.save(update_fields=["audit", "state", "applied_at", "summary"])
        record(
            verb="findings.import_applied",
            by=viewer,
            subject=brought,
            owner_id=viewer.organisation_id,
            at=at,
            data={"audit": audit.code, **brought.summary},
        )
    return brought


def discard_import(*, viewer: Viewer, brought: AuditImport, at: dt.datetime) -> AuditImport:
    """Put away what was brought; the file stays with its firm. Raises `import-over` unless it waits."""
    with transaction.atomic():
        brought = _locked(viewer, brought)
        can_apply_import(viewer, brought).require()
        _require_waiting(brought)
        brought.state = AuditImport.State.DISCARDED
        brought.save(update_fields=["state"])
        record(
            verb="findings.import_discarded",
            by=viewer,
            subject=brought,
            owner_id=viewer.organisation_id,
            at=at,
        )
    return brought


# ------------------------------------------------------------ reading


def _from_book(source: IO[bytes]) -> Content:
    sheets = read_book(source, max_rows=MOST_LINES, max_columns=MOST_COLUMNS)
    return from_sheets([(one.name, one.rows) for one in sheets])


def _read(file: "UploadedFile[bytes]", reader: Callable[[IO[bytes]], Content]) -> Content:
    """Read a file in a confined child, from a copy with a descriptor that is cut at the limit."""
    with tempfile.TemporaryFile(prefix="audit-") as source:
        size = 0
        file.seek(0)
        for chunk in file.chunks(CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise refuse("too-big")
            source.write(chunk)
        source.flush()
        if not size:
            raise refuse("empty")
        return _shaped(lambda: reader(source))


def _shaped(reader: Callable[[], Content]) -> Content:
    try:
        return reader()
    except Misshapen as error:
        raise _refused(error.code, error.words) from error
    except Unfit as unfit:
        raise _refused(unfit.code) from unfit


def _refused(code: str, words: Mapping[str, str] | None = None, *, status: int = 422) -> Refusal:
    sentence = sentence_of(code, words or {})
    if sentence is None:
        return refuse(code)
    return Refusal(code, sentence, status=status, fields={"file": [sentence]})


def _keep_json(viewer: Viewer, file: "UploadedFile[bytes]", name: str, at: dt.datetime) -> Document:
    file.seek(0)
    kind = Document.Kind.IMPORT
    return store_bytes(by=viewer, name=name, media_type=JSON_TYPE, data=file.read(), kind=kind, at=at)


def _brought(
    viewer: Viewer,
    audit: Audit | None,
    source: str,
    name: str,
    content: Content,
    at: dt.datetime,
    *,
    document: Document | None = None,
    pasted: str = "",
) -> AuditImport:
    with transaction.atomic():
        brought = AuditImport.objects.create(
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            audit=audit,
            makes_audit=audit is None,
            document=document,
            source=source,
            file_name=name,
            content=content.to_json() | ({"pasted": pasted.replace("\0", "")} if pasted else {}),
            uploaded_at=at,
        )
        record(
            verb="findings.import_uploaded",
            by=viewer,
            subject=brought,
            owner_id=viewer.organisation_id,
            at=at,
            data={"source": source, "audit": audit.code if audit else ""},
        )
    return brought


# ------------------------------------------------------------ applying


def _locked(viewer: Viewer, brought: AuditImport) -> AuditImport:
    rows = AuditImport.objects.visible_to(viewer).select_related("audit__version")
    return rows.select_for_update(of=("self",)).get(pk=brought.pk)


def _require_waiting(brought: AuditImport) -> None:
    if brought.state != AuditImport.State.PREVIEWED:
        raise Refusal("import-over", _("This file does not wait for a decision any more."))


def _open(viewer: Viewer, judgement: Judgement, at: dt.datetime) -> Audit:
    wanted = judgement.new_audit
    if wanted is None:
        raise Refusal("rows-have-errors", _("The file does not say which audit it makes."))
    audit = open_audit(
        viewer=viewer,
        site=wanted.site,
        version=wanted.version,
        facts=wanted.facts,
        auditors=[],
        parent=wanted.parent,
        at=at,
    )
    return start_audit(viewer=viewer, audit=audit, at=at)


def _name_auditors(audit: Audit, judgement: Judgement) -> None:
    named = [one.value for one in judgement.of(AUDITORS, Verdict.NEW)]
    Auditor.objects.bulk_create(
        Auditor(
            audit=audit,
            audit_firm_id=audit.audit_firm_id,
            name=one.name,
            grade=one.grade,
            apsca_number=one.apsca_number,
            validated_on=one.validated_on,
            is_lead=one.is_lead,
        )
        for one in named
    )


def _write(viewer: Viewer, audit: Audit, judgement: Judgement, at: dt.datetime) -> dict[str, int]:
    waiting = {one.car.requirement_id: one.car for one in open_cars(viewer, audit)}
    rows = judgement.of(FINDINGS, Verdict.NEW, Verdict.CONTINUES)
    for one in rows:
        _write_finding(viewer, audit, one, waiting, at)
    cells = judgement.of(MANAGEMENT, Verdict.NEW, Verdict.CHANGED)
    if cells:
        rate_management(viewer=viewer, audit=audit, ratings=[one.value for one in cells], at=at)
    return {"findings": len(rows), "grades": len(cells)}


def _write_finding(
    viewer: Viewer, audit: Audit, row: Judged, waiting: dict[int, Any], at: dt.datetime
) -> None:
    said = row.value
    car = waiting.pop(said.requirement.pk, None) if said.is_car else None
    if car is None:
        add_finding(
            viewer=viewer,
            audit=audit,
            requirement=said.requirement,
            nature=said.nature,
            said=said.said,
            at=at,
        )
        return
    reassess_car(
        viewer=viewer,
        audit=audit,
        car=car,
        result=Reassessment.Result.STILL_SHORT,
        rationale=said.said.description[:4000],
        requirement=said.requirement,
        said=said.said,
        at=at,
    )
