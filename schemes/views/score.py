"""The scoring screen: one criterion after the other, saved while one types; a second writer sees both versions."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.refusals import NotVisible, Refusal
from organisations.models import Person
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.overtaken import Overtaken
from schemes.actions.score import said_in, save_score
from schemes.forms.score import (
    FIELDS,
    ScoreForm,
    as_data,
    in_words,
    label_of,
    said_in_form,
    typed_of,
)
from schemes.models import Assessment, EvidenceUse
from schemes.permissions.assessment import can_ask, can_score
from schemes.queries.beside import before, evidence_for, questions_on, versions_of
from schemes.queries.criteria import Judged, judged_in, value_tone, value_word
from schemes.queries.score import texts_of
from schemes.views.assessment import bar_of, body_crumbs, closed_to, of_the_body
from sourcing.queries.evidence import checklist_for
from web.htmx import is_partial
from web.merging import ANSWER, Conflict, Merge, merge, packed, settled, unpacked
from web.pieces import Crumb

NEXT, GO = "next", "go-"


@require_safe
@member_required
def score_next(request: ViewerRequest, code: str) -> HttpResponse:
    """Lead to the first criterion that still needs a score, or to the first of all."""
    assessment = of_the_body(request, code)
    rows = judged_in(request.viewer, assessment)
    wanted = next((one for one in rows if one.state != "scored"), rows[0])
    return redirect("schemes:score", assessment.code, wanted.key)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def score(request: ViewerRequest, code: str, key: str) -> HttpResponse:
    """Show what is asked, said and proved, and take the score."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    rows = judged_in(request.viewer, assessment)
    current = _one(rows, key)
    if request.method == "POST":
        can_score(request.viewer, assessment).require()
        return _save(request, assessment, rows, current)
    uses = evidence_for(request.viewer, assessment, current.row)
    if is_partial(request):
        return render(request, "schemes/_score_sheet.html", _sheet(request, assessment, current, uses))
    return _page(request, assessment, rows, current, uses)


@require_POST
@member_required
def score_keep(request: ViewerRequest, code: str, key: str) -> HttpResponse:
    """Save what is typed while it is typed; whoever comes second is told, and nothing is overwritten."""
    assessment = of_the_body(request, code)
    can_score(request.viewer, assessment).require()
    current = _one(judged_in(request.viewer, assessment), key)
    form = _form(request, assessment, current, data=request.POST)
    typed = form.typed()
    if not typed.get("choice"):
        if not _is_begun(typed):
            return HttpResponse(status=204)
        note = _("Kept on this device. Choose a level, and it is saved for your colleagues as well.")
        return JsonResponse({"note": note}, status=409)
    try:
        saved = save_score(
            viewer=request.viewer,
            assessment=assessment,
            criterion=current.row,
            said=said_in_form(typed),
            version=_version(request),
            at=timezone.now(),
        )
    except Overtaken as overtaken:
        said = _("%(who)s saved this too. Your words are kept here: press “Save and next” to see both.")
        return JsonResponse({"note": said % {"who": _name(overtaken.person_id)}}, status=409)
    theirs = typed_of(texts_of_said(saved))
    return JsonResponse({"fields": {"version": str(saved.version), "base": packed(theirs)}})


@require_safe
@member_required
def score_bar(request: ViewerRequest, code: str, key: str) -> HttpResponse:
    """Say how far the scores have come and which level they give, as a part of the page."""
    assessment = of_the_body(request, code)
    if answer := closed_to(request, assessment):
        return answer
    rows = judged_in(request.viewer, assessment)
    context = bar_of(assessment, rows) | {"current": _one(rows, key), "assessment": assessment}
    return render(request, "schemes/_score_bar.html", context)


def texts_of_said(saved: Any) -> dict[str, Any]:
    """Return what a saved score says, as a merge compares it."""
    said = said_in(saved)
    return texts_of({name: getattr(said, name) for name in said.__slots__})


def _save(
    request: ViewerRequest, assessment: Assessment, rows: list[Judged], current: Judged
) -> HttpResponse:
    form = _form(request, assessment, current, data=_answered(request, assessment, current))
    goes_on, typed = request.POST.get("to", NEXT), form.typed()
    is_light = goes_on.startswith(GO)
    if is_light and not _is_begun(typed) and not typed.get("choice"):
        return _lead_on(assessment, rows, current, goes_on)
    if not (_is_readable(form, typed) if is_light else form.is_valid()):
        uses = evidence_for(request.viewer, assessment, current.row)
        return _page(request, assessment, rows, current, uses, form=form, status=422)
    try:
        _keep(request, assessment, current, typed)
    except Overtaken as overtaken:
        return _merge_page(request, assessment, rows, current, form, overtaken)
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        form.add_error(None, refusal.sentence)
        uses = evidence_for(request.viewer, assessment, current.row)
        return _page(request, assessment, rows, current, uses, form=form, status=422)
    return _lead_on(assessment, rows, current, goes_on, request)


def _keep(request: ViewerRequest, assessment: Assessment, current: Judged, typed: dict[str, Any]) -> None:
    """Save; what the same person saved a moment ago on this very page is nobody else's, and stays in the versions."""
    about: dict[str, Any] = {
        "viewer": request.viewer,
        "assessment": assessment,
        "criterion": current.row,
        "said": said_in_form(typed),
    }
    try:
        save_score(version=_version(request), at=timezone.now(), **about)
    except Overtaken as overtaken:
        if overtaken.person_id != request.viewer.person_id:
            raise
        save_score(version=overtaken.version, at=timezone.now(), **about)


def _answered(request: ViewerRequest, assessment: Assessment, current: Judged) -> Any:
    """Return what was sent, with the answers of a merge put in."""
    answers = {name: str(value) for name, value in request.POST.items() if name.startswith(ANSWER)}
    if not answers:
        return request.POST
    theirs = unpacked(request.POST.get("base", ""), FIELDS) or {}
    typed = texts_of(_form(request, assessment, current, data=request.POST).typed())
    return as_data(settled(typed, theirs, answers))


def _is_begun(typed: dict[str, Any]) -> bool:
    return any(value for name, value in typed.items() if name not in {"choice", "language"})


def _is_readable(form: ScoreForm, typed: dict[str, Any]) -> bool:
    """Tell whether everything typed can be kept as it is, enough or not; says what cannot."""
    lost = [name for name in form.fields if form[name].data and not typed.get(name)]
    for name in list(form.errors):
        if name not in lost and name != "choice":
            del form.errors[name]
    return bool(typed.get("choice")) and not lost


def _merge_page(
    request: ViewerRequest,
    assessment: Assessment,
    rows: list[Judged],
    current: Judged,
    form: ScoreForm,
    overtaken: Overtaken,
) -> HttpResponse:
    """Show both people's words; what is sent next is compared with what stands there now."""
    theirs = typed_of(overtaken.theirs)
    mine = {name: texts_of(form.typed())[name] for name in form.fields}
    base = unpacked(request.POST.get("base", ""), FIELDS) or {}
    met = merge(base, mine, theirs, labels={name: label_of(form, name) for name in FIELDS})
    shown = Merge(
        met.values,
        [
            Conflict(
                one.name,
                one.base,
                in_words(form, one.name, one.mine),
                in_words(form, one.name, one.theirs),
                one.label,
            )
            for one in met.conflicts
        ],
        met.taken,
    )
    found = current.score
    both = _form(request, assessment, current, initial=met.values)
    more = {
        "merge": shown,
        "who": _name(overtaken.person_id),
        "when": found.saved_at if found else None,
        "taken": [label_of(form, name) for name in met.taken],
        "version": overtaken.version,
        "base": packed(theirs),
    }
    uses = evidence_for(request.viewer, assessment, current.row)
    return _page(request, assessment, rows, current, uses, form=both, more=more, status=409)


def _lead_on(
    assessment: Assessment,
    rows: list[Judged],
    current: Judged,
    goes_on: str,
    request: ViewerRequest | None = None,
) -> HttpResponse:
    """Go to the next criterion, the one before, or the one that was named."""
    wanted = goes_on.removeprefix(GO)
    named = next((one for one in rows if one.key == wanted), None)
    place = current.number - 2 if wanted == "before" else current.number
    if named is None and 0 <= place < len(rows):
        named = rows[place]
    if named is not None:
        return redirect("schemes:score", assessment.code, named.key)
    if request is not None:
        messages.success(request, _("Saved. That was the last criterion."))
    return redirect("schemes:assessment", assessment.code)


def _one(rows: list[Judged], key: str) -> Judged:
    found = next((one for one in rows if one.key == key), None)
    if found is None:
        raise NotVisible
    return found


def _form(
    request: ViewerRequest,
    assessment: Assessment,
    current: Judged,
    *,
    data: Any = None,
    initial: dict[str, Any] | None = None,
) -> ScoreForm:
    uses = evidence_for(request.viewer, assessment, current.row)
    if initial is None and current.score is not None:
        initial = typed_of(texts_of_said(current.score))
    if initial:
        initial = {name: value for name, value in initial.items() if value or name != "language"}
        likely = initial.get("likely_on")
        initial["likely_on"] = dt.date.fromisoformat(likely) if isinstance(likely, str) else likely
    return ScoreForm(data, edition=assessment.edition.content, uses=uses, initial=initial or {})


def _version(request: ViewerRequest) -> int:
    sent = str(request.POST.get("version", ""))
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


def _name(person_id: int | None) -> str:
    found = Person.objects.filter(pk=person_id).first() if person_id else None
    return found.name if found else str(_("A colleague"))


def _page(
    request: ViewerRequest,
    assessment: Assessment,
    rows: list[Judged],
    current: Judged,
    uses: list[EvidenceUse],
    *,
    form: ScoreForm | None = None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, found, edition = request.viewer, current.score, assessment.edition.content
    may = can_score(viewer, assessment)
    last = before(viewer, assessment, current.row)
    sent = request.POST if form is not None and form.is_bound else {}
    base = packed(typed_of(texts_of_said(found))) if found else packed({})
    context: dict[str, Any] = {
        "assessment": assessment,
        "current": current,
        "previous_row": rows[current.number - 2] if current.number > 1 else None,
        "next_row": rows[current.number] if current.number < len(rows) else None,
        "may_score": may,
        "may_ask": can_ask(viewer, assessment),
        "form": form or _form(request, assessment, current),
        "version": sent.get("version") or (found.version if found else 0),
        "base": sent.get("base") or base,
        "group": next((one for one in edition.groups if one.key == current.data.group), None),
        "guidance": _guidance(assessment, current),
        "uses": uses,
        "last": last,
        "last_word": value_word(last.assessment.edition.content, last.score) if last and last.score else "",
        "last_tone": value_tone(last.assessment.edition.content, last.score) if last and last.score else "",
        "claimed": dict(edition.choices()).get(current.answer.claimed, "") if current.answer else "",
        "questions": questions_on(viewer, assessment, current.row),
        "versions": [(one, value_word(edition, one)) for one in versions_of(viewer, found)],
        "crumbs": [*body_crumbs(assessment), Crumb(_("Scores"))],
        **bar_of(assessment, rows),
        **_sheet(request, assessment, current, uses),
        **(more or {}),
    }
    request.place = "schemes:assessments"
    return render(request, "schemes/score.html", context, status=status)


def _guidance(assessment: Assessment, current: Judged) -> list[tuple[str, tuple[str, ...]]]:
    guidance = current.data.guidance
    return [(title, guidance[key]) for key, title in assessment.edition.content.choices() if key in guidance]


def _sheet(
    request: ViewerRequest, assessment: Assessment, current: Judged, uses: list[EvidenceUse]
) -> dict[str, Any]:
    """Return what the viewer in the page shows: one page of one piece of evidence."""
    shown = next((one for one in uses if one.code == request.GET.get("show", "").upper()), None)
    about: dict[str, Any] = {
        "assessment": assessment,
        "current": current,
        "shown": shown,
        "checklist": checklist_for(shown.kind) if shown else [],
    }
    if shown is None or not shown.pages:
        return about
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), shown.pages) if asked.isdecimal() and len(asked) < 7 else 1
    return about | {
        "number": number,
        "page_before": number - 1 if number > 1 else None,
        "page_after": number + 1 if number < shown.pages else None,
        "picture": reverse("schemes:evidence_use_page", args=[assessment.code, shown.code, number]),
    }
