"""The self-assessment, one criterion after another: saved as one types; colleagues never overwrite each other."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.answer import save_answer
from schemes.actions.overtaken import Overtaken
from schemes.forms.answer import COMPARED, NO, AnswerForm, said_from, typed_from, typed_of
from schemes.models import Answer, Assessment, Clarification, Score
from schemes.permissions.assessment import can_answer
from schemes.permissions.evidence import can_show_evidence
from schemes.queries.progress import Asked, Progress, progress_of
from schemes.views.member_pieces import (
    assessment_called,
    is_member,
    progress_note,
    readers_of,
    refuse,
    trail,
)
from sourcing.definitions.kinds import title_of
from web.merging import ANSWER, Conflict, Merge, merge, packed, same, settled, unpacked

RECENT = dt.timedelta(minutes=10)
# A colleague sent the answers while this page was open: said in words, and what is typed stays on the device.
CLOSED = {"submitted-already", "assessment-closed"}


@member_required
def next_answer(request: ViewerRequest, code: str) -> HttpResponse:
    """Go to the first criterion that has no answer yet; where all have one, to what is sent."""
    assessment = assessment_called(request, code)
    progress = progress_of(request.viewer, assessment)
    if progress.first_open is None:
        return redirect("schemes:submit", assessment.code)
    return redirect("schemes:answer", assessment.code, progress.first_open.criterion.key)


@member_required
def answer(request: ViewerRequest, code: str, criterion: str) -> HttpResponse:
    """Answer a criterion, with the questions that help beside the field; once sent it is only read."""
    assessment = assessment_called(request, code)
    progress, here = _here(request, assessment, criterion)
    may = can_answer(request.viewer, assessment)
    if request.method == "POST":
        may.require()
        return _save(request, assessment, progress, here)
    if not may:
        if assessment.submitted_at is None:
            may.require()
        return _read(request, assessment, progress, here)
    form = AnswerForm(edition=progress.edition, values=typed_of(here.answer))
    return _page(request, assessment, progress, here, form)


@member_required
@require_POST
def keep(request: ViewerRequest, code: str, criterion: str) -> HttpResponse:
    """Keep what is typed while it is typed; whoever comes second is told, and nothing is overwritten."""
    assessment = assessment_called(request, code)
    progress, here = _here(request, assessment, criterion)
    form = AnswerForm(request.POST, edition=progress.edition)
    if not form.is_valid():
        said = next(iter(form.errors.values()))
        return JsonResponse({"note": " ".join(str(one) for one in said)}, status=409)
    try:
        saved = _kept(request, assessment, here, form.typed(), _version(request))
    except Overtaken as found:
        note = _(
            "%(who)s saved this criterion too. Your words are kept here: press “Save and next” to see both."
        )
        return JsonResponse({"note": note % {"who": _writer(request, assessment, here, found)}}, status=409)
    except Refusal as refusal:
        if refusal.code not in CLOSED:
            raise
        return JsonResponse({"note": refusal.sentence}, status=409)
    return JsonResponse({"fields": {"version": str(saved.version), "base": packed(typed_of(saved))}})


def _here(request: ViewerRequest, assessment: Assessment, key: str) -> tuple[Progress, Asked]:
    progress = progress_of(request.viewer, assessment)
    here = progress.at(key)
    if here is None:
        raise NotVisible
    return progress, here


def _save(request: ViewerRequest, assessment: Assessment, progress: Progress, here: Asked) -> HttpResponse:
    form = AnswerForm(request.POST, edition=progress.edition)
    if not form.is_valid():
        return _page(request, assessment, progress, here, form)
    typed, base = form.typed(), unpacked(request.POST.get("base", ""), COMPARED)
    answers = {name: str(value) for name, value in request.POST.items() if name.startswith(ANSWER)}
    if answers and base:
        typed = settled(typed, base, answers)
    try:
        _kept(request, assessment, here, typed, _version(request))
    except Overtaken as found:
        return _both(request, assessment, progress, here, found, typed, base or {})
    except Refusal as refusal:
        refuse(form, refusal)
        return _page(request, assessment, progress, here, form)
    return redirect(_goes_on_to(request, assessment, progress, here))


def _kept(
    request: ViewerRequest, assessment: Assessment, here: Asked, typed: dict[str, Any], version: int
) -> Answer:
    """Save; what one saved oneself a moment ago, on its way when the form was sent, is no second version."""
    said: dict[str, Any] = {"viewer": request.viewer, "assessment": assessment, "criterion": here.criterion}
    try:
        return save_answer(said=said_from(typed), version=version, at=timezone.now(), **said)
    except Overtaken as found:
        theirs = typed_from(found.theirs)
        is_own = found.person_id == request.viewer.person_id and _goes_on_from(theirs, typed)
        base = unpacked(request.POST.get("base", ""), COMPARED) or {}
        is_unchanged = all(same(base.get(name), theirs[name]) for name in COMPARED)
        if not (is_own or is_unchanged):
            raise
        return save_answer(said=said_from(typed), version=found.version, at=timezone.now(), **said)


def _goes_on_from(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether nothing that was written is lost by what was written after it."""
    return all(str(after[name]).strip().startswith(str(before[name]).strip()) for name in ("text", "reason"))


def _version(request: ViewerRequest) -> int:
    typed = str(request.POST.get("version", ""))
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def _goes_on_to(request: ViewerRequest, assessment: Assessment, progress: Progress, here: Asked) -> str:
    """Return where the button that was pressed leads: to the next criterion unless it says otherwise."""
    go = request.POST.get("go", "next")
    before, after = progress.neighbours(here)
    if go == "all":
        return reverse("schemes:assessment", args=[assessment.code])
    if go == "show":
        url = reverse("schemes:evidence_show", args=[assessment.code])
        return f"{url}?criterion={here.criterion.key}"
    where = before if go == "before" and before else after
    if where is None:
        return reverse("schemes:submit", args=[assessment.code])
    return reverse("schemes:answer", args=[assessment.code, where.criterion.key])


def _both(
    request: ViewerRequest,
    assessment: Assessment,
    progress: Progress,
    here: Asked,
    found: Overtaken,
    typed: dict[str, Any],
    base: dict[str, Any],
) -> HttpResponse:
    """Show both people's words and ask what stays; what is sent next is compared with what stands there now."""
    theirs = typed_from(found.theirs)
    labels = AnswerForm(edition=progress.edition).labels()
    mine = {name: typed[name] for name in COMPARED}
    merged = merge(base, mine, theirs, labels=labels)
    shown = Merge(merged.values, [_for_people(one, progress) for one in merged.conflicts], merged.taken)
    form = AnswerForm(edition=progress.edition, values={**merged.values, "language": typed["language"]})
    more = {
        "merge": shown,
        "who": _writer(request, assessment, here, found),
        "when": _saved(request, assessment, here).saved_at,
        "taken": [labels[name] for name in merged.taken],
        "version": found.version,
        "base": packed(theirs),
    }
    return _page(request, assessment, progress, here, form, more=more, status=409)


def _for_people(conflict: Conflict, progress: Progress) -> Conflict:
    """Return a conflict whose values read as the form shows them."""
    names = {"yes": _("Yes"), NO: _("No, it is not relevant to us")}
    if conflict.name == "claimed":
        names = {"": _("Not there yet, or not sure"), **dict(progress.edition.choices())}
    if conflict.name not in {"claimed", "is_relevant"}:
        return conflict
    mine, theirs = (names.get(str(one or ""), "") for one in (conflict.mine, conflict.theirs))
    return replace(conflict, mine=mine, theirs=theirs)


def _saved(request: ViewerRequest, assessment: Assessment, here: Asked) -> Answer:
    rows = Answer.objects.visible_to(request.viewer).select_related("person")
    return rows.get(assessment=assessment, criterion=here.criterion)


def _writer(request: ViewerRequest, assessment: Assessment, here: Asked, found: Overtaken) -> str:
    if found.person_id == request.viewer.person_id:
        return _("You, in another window,")
    return str(_saved(request, assessment, here).person or _("A colleague"))


def _page(
    request: ViewerRequest,
    assessment: Assessment,
    progress: Progress,
    here: Asked,
    form: AnswerForm,
    *,
    more: dict[str, Any] | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Draw the form; a form that is only shown again keeps what its writer began with."""
    posted = request.POST if form.is_bound else {}
    answer = here.answer
    context = _about(request, assessment, progress, here) | {
        "form": form,
        "version": posted.get("version", answer.version if answer else 0),
        "base": posted.get("base", packed(typed_of(answer))),
        "saved_at": answer.saved_at if answer else None,
        "also": _also(request, assessment, here),
        **(more or {}),
    }
    return render(request, "schemes/answer.html", context, status=status or (422 if form.is_bound else 200))


def _read(request: ViewerRequest, assessment: Assessment, progress: Progress, here: Asked) -> HttpResponse:
    """Show what was sent, what was asked about it, and once decided what the assessor found."""
    questions = Clarification.objects.visible_to(request.viewer).filter(
        assessment=assessment, criterion=here.criterion
    )
    mine = is_member(request, assessment)
    context = _about(request, assessment, progress, here) | {
        "titles": dict(progress.edition.choices()),
        "questions": list(questions),
        "score": _score(request, assessment, here) if mine else None,
        "is_member": mine,
    }
    return render(request, "schemes/answer_read.html", context)


def _score(request: ViewerRequest, assessment: Assessment, here: Asked) -> Score | None:
    rows = Score.objects.visible_to(request.viewer)
    return rows.filter(assessment=assessment, criterion=here.criterion).first()


def _about(request: ViewerRequest, assessment: Assessment, progress: Progress, here: Asked) -> dict[str, Any]:
    before, after = progress.neighbours(here)
    titles = dict(progress.edition.choices())
    return {
        "assessment": assessment,
        "membership": assessment.membership,
        "edition": assessment.edition,
        "progress": progress,
        "progress_note": progress_note(progress),
        "here": here,
        "before": before,
        "after": after,
        "guidance": [(titles[key], here.about.guidance[key]) for key in titles if key in here.about.guidance],
        "helps": [title_of(kind) for kind in here.about.evidence],
        "claimed_title": titles.get(here.answer.claimed, "") if here.answer else "",
        "may_show": bool(can_show_evidence(request.viewer, assessment)),
        "readers": readers_of(assessment),
        "crumbs": trail(request, assessment, here.criterion.title),
    }


def _also(request: ViewerRequest, assessment: Assessment, here: Asked) -> str:
    """Say who wrote here a moment ago."""
    answer = here.answer
    if answer is None or answer.person_id == request.viewer.person_id:
        return ""
    if timezone.now() - answer.saved_at > RECENT:
        return ""
    who = _saved(request, assessment, here).person
    return _("%(who)s has just worked on this criterion.") % {"who": who} if who else ""
