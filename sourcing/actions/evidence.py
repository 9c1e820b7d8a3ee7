"""What owners do with their evidence: add it once, put right what is said about it, put it away."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents.formats import CHUNK_BYTES
from documents.models import Document
from documents.pictures import page_count
from documents.uploads import store_upload
from ledger.dates import moment
from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from sourcing.models import Evidence, EvidenceSite, Site
from sourcing.models.evidence_facts import EvidenceFacts
from sourcing.permissions import can_add_evidence, can_change_evidence
from sourcing.queries.evidence import ANSWERS, kind_named, same_file

EXPIRING = "sourcing.evidence_expiring"
MORNING = time(9)


class SameFile(Refusal):
    """The very same file is there already; `existing` is the piece, as far as the member may see it."""

    def __init__(self, existing: Evidence | None) -> None:
        sentence = (
            _("You have this file already: “%(title)s”. Use that one.") % {"title": existing.title}
            if existing
            else _("Your organisation has this file already, for sites that you do not look after.")
        )
        super().__init__("same-file", sentence, fields={"file": [sentence]})
        self.existing = existing


def add_evidence(
    *,
    viewer: Viewer,
    facts: EvidenceFacts,
    sites: Sequence[Site] = (),
    file: "UploadedFile[bytes] | None" = None,
    url: str = "",
    shows_workers: bool,
    replaces: Evidence | None = None,
    at: datetime,
) -> Evidence:
    """Add a file or a link to what the viewer's organisation can show.

    Promises: one piece per file, however often it is sent; nobody else sees it before it is attached to
    something; reminders before it expires; what it replaces is put away. Nothing is kept when anything is refused.

    Args:
        sites: what it is about; none for the whole organisation.
        file, url: one of the two.
        shows_workers: whether names, faces, ID or bank numbers of workers can be read in it; then it stays inside.
        replaces: an own piece, such as the copy before names were covered.

    Raises:
        Forbidden: see `can_add_evidence`.
        SameFile: the same bytes are here already. Refusal: `file-or-link`, `limited-to-sites`, `unknown-kind`,
            `unknown-answer`, `dates-out-of-order`, or what `documents.uploads.store_upload` says of the file.
    """
    can_add_evidence(viewer).require()
    if bool(file) == bool(url):
        raise _refused("file-or-link", _("Add a file or a link."), "file")
    version = _checked(viewer, facts, sites)
    if replaces is not None:
        can_change_evidence(viewer, replaces).require()
    with transaction.atomic():
        sha256, document = _kept(viewer, file, at) if file else ("", None)
        try:
            with transaction.atomic():
                evidence = Evidence.objects.create(
                    organisation_id=viewer.organisation_id,
                    document=document,
                    url=url,
                    sha256=sha256,
                    pages=page_count(document) if document else 0,
                    shows_workers=shows_workers,
                    replaces=replaces,
                    person_id=viewer.person_id,
                    added_at=at,
                    **facts.columns(version),
                )
        except IntegrityError as error:
            if "evidence_same_file_once" in str(error):
                raise SameFile(None) from error
            raise
        _name_sites(evidence, sites)
        _record("sourcing.evidence_added", evidence, by=viewer, at=at, data={"kind": evidence.kind})
        _expect_expiry(evidence, sites, at)
        if replaces is not None:
            _retire(replaces, by=viewer, because=_("Replaced by a better copy."), at=at)
    return evidence


def change_evidence(
    *, viewer: Viewer, evidence: Evidence, facts: EvidenceFacts, sites: Sequence[Site], at: datetime
) -> Evidence:
    """Put right what is said about a piece; where it is attached already, the words of that day stay.

    The reminders move with the date. Without a difference nothing happens.

    Raises:
        Forbidden: see `can_change_evidence`.
        Refusal: as for `add_evidence`.
    """
    with transaction.atomic():
        evidence = _locked(viewer, evidence)
        can_change_evidence(viewer, evidence).require()
        version = _checked(viewer, facts, sites)
        before, was_about = EvidenceFacts.of(evidence), _site_ids(evidence)
        after = facts.columns(version)
        changed = [name for name, value in after.items() if getattr(evidence, name) != value]
        is_about = {site.pk for site in sites}
        if not changed and was_about == is_about:
            return evidence
        for name in changed:
            setattr(evidence, name, after[name])
        if changed:
            evidence.save(update_fields=changed)
        EvidenceSite.objects.filter(evidence=evidence, site_id__in=was_about - is_about).delete()
        _name_sites(evidence, [site for site in sites if site.pk not in was_about])
        _expect_expiry(evidence, sites, at)
        told = asdict(before)
        data: dict[str, object] = {
            "before": {name: _plain(told[name]) for name in changed if name in told},
            "after": {name: _plain(after[name]) for name in changed if name in told},
        }
        _record("sourcing.evidence_changed", evidence, by=viewer, at=at, data=data)
    return evidence


def retire_evidence(*, viewer: Viewer, evidence: Evidence, because: str, at: datetime) -> Evidence:
    """Put a piece away: it is offered nowhere any more, and where it was shown it stays, marked as put away.

    Raises:
        Forbidden: see `can_change_evidence`.
    """
    with transaction.atomic():
        evidence = _locked(viewer, evidence)
        can_change_evidence(viewer, evidence).require()
        return _retire(evidence, by=viewer, because=because, at=at)


def tell_of_expiry(*, evidence_id: int, expires_on: str, at: datetime) -> bool:
    """Record that a piece expires soon, so that its owner is told; tell whether it was.

    Does nothing for what was put away, or has another date by now. Acts for nobody: a date came.
    """
    evidence = Evidence.objects.get(pk=evidence_id)
    if evidence.is_retired or evidence.expires_on is None or evidence.expires_on.isoformat() != expires_on:
        return False
    _record(EXPIRING, evidence, by=None, at=at, data={"expires_on": expires_on})
    return True


def _locked(viewer: Viewer, evidence: Evidence) -> Evidence:
    return Evidence.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=evidence.pk)


def _retire(evidence: Evidence, *, by: Viewer, because: str, at: datetime) -> Evidence:
    evidence.retired_at, evidence.retired_because = at, because.strip()
    evidence.save(update_fields=["retired_at", "retired_because"])
    cancel(EXPIRING, evidence, at=at)
    _record("sourcing.evidence_retired", evidence, by=by, at=at, data={"because": evidence.retired_because})
    return evidence


def _kept(viewer: Viewer, file: "UploadedFile[bytes]", at: datetime) -> tuple[str, Document]:
    """Store a file unless it is here already; the checksum is of the bytes as they were sent."""
    digest = hashlib.sha256()
    for chunk in file.chunks(CHUNK_BYTES):
        digest.update(chunk)
    existing = same_file(viewer, digest.hexdigest())
    if existing is not None:
        raise SameFile(existing)
    document = store_upload(by=viewer, file=file, kind=Document.Kind.EVIDENCE, at=at)
    return digest.hexdigest(), document


def _checked(viewer: Viewer, facts: EvidenceFacts, sites: Sequence[Site]) -> str:
    """Refuse what makes no sense; return the version of the kind's checklist."""
    kind = kind_named(facts.kind)
    if kind is None:
        raise _refused("unknown-kind", _("Choose what kind of evidence this is."), "kind")
    known = {check.key for check in kind.checks}
    if not set(facts.answers) <= known or not set(facts.answers.values()) <= set(ANSWERS):
        raise _refused(
            "unknown-answer", _("Answer the questions of this kind with yes, no or not known."), "kind"
        )
    if viewer.site_ids is not None and (not sites or {one.pk for one in sites} - viewer.site_ids):
        raise _refused(
            "limited-to-sites", _("Choose at least one of the sites that you look after."), "sites"
        )
    for first, last, field in (
        (facts.issued_on, facts.expires_on, "expires_on"),
        (facts.period_from, facts.period_to, "period_to"),
    ):
        if first and last and last < first:
            raise _refused("dates-out-of-order", _("This date is before the first one."), field)
    return kind.version


def _site_ids(evidence: Evidence) -> set[int]:
    return set(EvidenceSite.objects.filter(evidence=evidence).values_list("site_id", flat=True))


def _name_sites(evidence: Evidence, sites: Sequence[Site]) -> None:
    EvidenceSite.objects.bulk_create(
        EvidenceSite(evidence=evidence, site=site, organisation_id=evidence.organisation_id) for site in sites
    )


def _expect_expiry(evidence: Evidence, sites: Sequence[Site], at: datetime) -> None:
    """Be reminded on some days before the date (`EVIDENCE_REMINDER_DAYS`), in the morning at the first site."""
    cancel(EXPIRING, evidence, at=at)
    if evidence.expires_on is None:
        return
    zone = ZoneInfo(min(sites, key=lambda site: site.pk).timezone if sites else "UTC")
    data = {"expires_on": evidence.expires_on.isoformat()}
    for days in settings.EVIDENCE_REMINDER_DAYS:
        on = evidence.expires_on - timedelta(days=days)
        due_at = moment(on, zone, MORNING)
        if due_at > at:
            schedule(EXPIRING, evidence, due_at, evidence.organisation_id, data, due_on=on)


def _plain(value: object) -> object:
    return (
        value
        if isinstance(value, str | list | None)
        else list(value)
        if isinstance(value, tuple)
        else str(value)
    )


def _record(
    verb: str, evidence: Evidence, *, by: Viewer | None, at: datetime, data: dict[str, object]
) -> None:
    record(verb=verb, by=by, subject=evidence, owner_id=evidence.organisation_id, at=at, data=data)


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
