"""Translations that people write themselves: side by side with the original, and shown below it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.translation import translate
from findings.forms.translation import PREFIX, TranslationForm
from findings.models import CorrectiveAction, Finding, PlanVersion, Translation
from findings.permissions.translation import can_share_translation, can_translate
from findings.queries.translation import (
    Subject,
    beside,
    own_newest,
    part_of,
    texts_of,
    translations_of,
)
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb
from web.writing import proposed_language


@member_required
def write(request: ViewerRequest, code: str, part: str) -> HttpResponse:
    """Show the original and fields for its translation side by side; keep what is written."""
    finding, subject = _original(request, code, part)
    can_translate(request.viewer, finding).require()
    form = _form(request, finding, subject)
    if request.method == "POST" and form.is_valid() and _keep(request, finding, subject, form):
        messages.success(request, _("Your translation stands below the original."))
        return redirect(f"{reverse('findings:finding', args=[finding.code])}#translations-{part}")
    context = {
        "finding": finding,
        "form": form,
        "rows": form.side_by_side(),
        "part": part,
        "original_language": getattr(subject, "language", ""),
        "crumbs": _way_back(finding, _("Translate")),
    }
    return render(request, "findings/translate.html", context, status=422 if form.is_bound else 200)


@member_required
def show(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one translation beside the original."""
    rows = Translation.objects.select_related("finding__audit")
    translation = fetch(Translation, code, viewer=request.viewer, queryset=rows)
    finding = fetch(Finding, translation.finding.code, viewer=request.viewer, queryset=_findings())
    subject = _subject_of(translation, finding)
    context = {
        "finding": finding,
        "original_language": getattr(subject, "language", ""),
        "shown": beside(subject, [translation])[0],
        "crumbs": _way_back(finding, _("Translation")),
    }
    return render(request, "findings/translation.html", context)


def panel(request: ViewerRequest, finding: Finding, **subjects: Subject | None) -> dict[str, Any]:
    """Return what the page of a finding shows of translations: those below each original, and whether to offer more.

    Args:
        subjects: the originals on the page: `plan=…`, `action=…`.
    """
    found = translations_of(request.viewer, finding)
    originals: dict[str, Subject] = {"finding": finding}
    originals |= {part: subject for part, subject in subjects.items() if subject is not None}
    return {
        "translations": {
            part: beside(subject, found) if found else [] for part, subject in originals.items()
        },
        "may_translate": bool(can_translate(request.viewer, finding)),
    }


def _findings() -> Any:
    return Finding.objects.select_related("audit", "requirement__section", "requirement__version")


def _original(request: ViewerRequest, code: str, part: str) -> tuple[Finding, Subject]:
    finding = fetch(Finding, code, viewer=request.viewer, queryset=_findings())
    subject = part_of(request.viewer, finding, part)
    if subject is None or not texts_of(subject):
        raise NotVisible
    return finding, subject


def _subject_of(translation: Translation, finding: Finding) -> Subject:
    if translation.subject_kind == "findings.finding":
        return finding
    model = PlanVersion if translation.subject_kind == "findings.planversion" else CorrectiveAction
    found: Subject | None = model._base_manager.filter(pk=translation.subject_id).first()
    if found is None:
        raise NotVisible
    return found


def _form(request: ViewerRequest, finding: Finding, subject: Subject) -> TranslationForm:
    """Return the form, filled with the organisation's last version in the language that is asked for."""
    may_share = bool(can_share_translation(request.viewer, finding))
    pieces = texts_of(subject)
    language = request.GET.get("language") or proposed_language()
    language = "" if language == getattr(subject, "language", "") else language
    is_shared = may_share and request.GET.get("audience") != "own"
    last = own_newest(request.viewer, subject, language, is_shared=is_shared)
    words = {f"{PREFIX}{name}": text for name, text in last.words.items()} if last else {}
    first = {"language": language, "audience": "shared" if is_shared else "own", **words}
    return TranslationForm(request.POST or None, pieces=pieces, may_share=may_share, initial=first)


def _keep(request: ViewerRequest, finding: Finding, subject: Subject, form: TranslationForm) -> bool:
    language = form.cleaned_data["language"]
    try:
        translate(
            viewer=request.viewer,
            finding=finding,
            subject=subject,
            language=language,
            words=form.words(),
            is_shared=form.is_shared,
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error("language" if "language" in refusal.fields else None, refusal.sentence)
        return False
    return True


def _way_back(finding: Finding, here: str) -> list[Crumb]:
    place = "findings:working_together" if finding.is_car else "findings:non_compliances"
    label = _("Working together") if finding.is_car else _("Findings")
    url = reverse("findings:finding", args=[finding.code])
    return [Crumb(label, reverse(place)), Crumb(finding.title, url), Crumb(here)]
