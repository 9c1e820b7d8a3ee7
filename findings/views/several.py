"""One thing done to several non-compliances: tick, read what will happen to each, confirm, read what happened."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions import several
from findings.actions.several import ANSWER, EXTEND, SUBMIT, VERIFY, Outcome
from findings.forms.corrective import AnswerTimeForm, AskForTimeForm, CorrectionFields, VerifyForm
from findings.views.pieces_of_several import verbs_for
from ledger.refusals import NotVisible, Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


class VerifySeveralForm(VerifyForm):
    """One answer for several; which version each is about is what stands there now."""

    number = None  # type: ignore[assignment]


FORMS: dict[str, type[forms.Form]] = {
    SUBMIT: CorrectionFields,
    EXTEND: AskForTimeForm,
    VERIFY: VerifySeveralForm,
    ANSWER: AnswerTimeForm,
}


@member_required
@require_POST
def do_to_several(request: ViewerRequest) -> HttpResponse:
    """First show what would happen to each row; once confirmed, do it row by row and say how each went."""
    request.place = "findings:non_compliances"
    verb = request.POST.get("verb", "")
    words = dict(verbs_for(request.viewer)).get(verb)
    if words is None:
        raise NotVisible
    is_confirmed = "confirmed" in request.POST
    form = FORMS[verb](request.POST if is_confirmed else None)
    back = {VERIFY: "findings:to_verify", ANSWER: "findings:extensions"}.get(verb, "findings:non_compliances")
    context = {
        "verb": verb,
        "words": words,
        "form": form,
        "back": reverse(back),
        "skipped_word": _("Skipped"),
        "done_word": _("Done") if is_confirmed else _("Will be done"),
    }
    codes = request.POST.getlist("code")
    try:
        if is_confirmed and form.is_valid():
            rows = _do(request, verb, codes, form)
            done = sum(one.is_done for one in rows)
            return render(request, "findings/several_done.html", context | {"rows": rows, "done": done})
        rows = several.foreseen(request.viewer, verb, codes)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence) if form.is_bound else None
        context |= {"rows": [], "ready": 0, "refusal": refusal.sentence}
        return render(request, "findings/several_confirm.html", context, status=refusal.status)
    context |= {"rows": rows, "ready": sum(one.is_done for one in rows), "done_word": _("Will be done")}
    return render(request, "findings/several_confirm.html", context, status=422 if form.is_bound else 200)


def _do(request: ViewerRequest, verb: str, codes: list[str], form: Any) -> list[Outcome]:
    said = dict(form.cleaned_data)
    if verb == SUBMIT:
        said = {"said": form.said()}
    elif verb == ANSWER:
        said = form.given()
    actions: dict[str, Callable[..., list[Outcome]]] = {
        SUBMIT: several.submit_several,
        EXTEND: several.ask_several,
        VERIFY: several.verify_several,
        ANSWER: several.answer_several,
    }
    return actions[verb](viewer=request.viewer, codes=codes, at=timezone.now(), **said)
