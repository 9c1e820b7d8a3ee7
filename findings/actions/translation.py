"""Writing one's own translation beside an original."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from findings.models import Finding, Translation
from findings.permissions.translation import can_share_translation, can_translate
from findings.queries.translation import Subject, sum_of, texts_of
from ledger.entries import record
from ledger.models.subjects import kind_of
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

LONGEST = 10_000


def translate(
    *,
    viewer: Viewer,
    finding: Finding,
    subject: Subject,
    language: str,
    words: Mapping[str, str],
    is_shared: bool,
    at: dt.datetime,
) -> Translation:
    """Write a translation of a finding, a plan or a corrective action; a second one is a new version.

    Promises: the original stays as it is and is what counts; the translation carries the organisation's name; an
    unshared one is read, and its entry seen, by the viewer's own organisation only.

    Args:
        finding: what the subject belongs to, or is. words: by the names that `texts_of` gives; empty ones are left out.
        is_shared: with all who see the original.

    Raises:
        Forbidden: see `can_translate` and `can_share_translation`.
        NotVisible: the viewer does not see the finding.
        Refusal: `unknown-language`, `same-language`, `nothing-translated`, `unknown-text`, `too-long`.
    """
    can_translate(viewer, finding).require()
    if is_shared:
        can_share_translation(viewer, finding).require()
    said = _checked(subject, language, words)
    with transaction.atomic():
        if not Finding.objects.visible_to(viewer).filter(pk=finding.pk).exists():
            raise NotVisible
        made = Translation.objects.create(
            finding=finding,
            audit_id=finding.audit_id,
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            subject_kind=kind_of(subject),
            subject_id=subject.pk,
            language=language,
            words=said,
            original=sum_of(subject),
            is_shared=is_shared,
            number=0,  # the database counts
            made_at=at,
        )
        made.refresh_from_db()
        record(
            verb="findings.translated",
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id if is_shared else viewer.organisation_id,
            at=at,
            data={"of": kind_of(subject), "language": language, "translation": made.code},
        )
    return made


def _checked(subject: Subject, language: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return the words that are there, or refuse with what is wrong."""
    if language not in settings.WRITING_LANGUAGES:
        raise _refused("unknown-language", _("Choose the language of your translation."), "language")
    if language == getattr(subject, "language", ""):
        raise _refused("same-language", _("The original is in this language."), "language")
    said = {name: text.strip() for name, text in words.items() if text.strip()}
    known = {one.name for one in texts_of(subject)}
    if unknown := sorted(said.keys() - known):
        raise _refused("unknown-text", _("The original has no such text: %(name)s.") % {"name": unknown[0]})
    if not said:
        raise _refused("nothing-translated", _("Translate at least one text."))
    if long := [name for name, text in said.items() if len(text) > LONGEST]:
        raise _refused("too-long", _("This text is too long: %(name)s.") % {"name": long[0]})
    return said


def _refused(code: str, sentence: str, name: str = "") -> Refusal:
    return Refusal(code, sentence, status=422, fields={name: [sentence]} if name else {})
