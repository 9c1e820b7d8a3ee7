"""Looking anew, in a periodic audit, at the open CARs of earlier ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.finding import answer_requirement, reassess_car
from findings.forms.finding import ReassessmentForm
from findings.models import Audit, Finding, Reassessment
from findings.permissions import can_enter_findings
from findings.queries.audit import open_cars
from findings.views.audit import crumbs
from findings.views.entry import refuse
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def reassess(request: ViewerRequest, code: str, car_code: str) -> HttpResponse:
    """Look anew at an open CAR of an earlier audit: is the requirement met now, or does it still fall short?"""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    can_enter_findings(viewer, audit).require()
    known = next((one for one in open_cars(viewer, audit) if one.car.code == car_code.upper()), None)
    if known is None:
        raise NotVisible
    rows = Finding.objects.select_related("audit__version", "requirement__section", "requirement__version")
    car = fetch(Finding, known.car.code, viewer=viewer, queryset=rows)
    form = ReassessmentForm(
        request.POST or None, audit=audit, car=car, initial=_answer(known.reassessment, car)
    )
    if request.method == "POST" and form.is_valid():
        try:
            reassess_car(
                viewer=viewer,
                audit=audit,
                car=car,
                result=form.cleaned_data["result"],
                rationale=form.cleaned_data["rationale"],
                language=form.cleaned_data["language"],
                requirement=form.cleaned_data.get("requirement") or answer_requirement(audit, car),
                said=form.said(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Noted. Nothing closes before the audit is published."))
            return redirect("findings:audit", audit.code)
    context = {"audit": audit, "car": car, "form": form, "crumbs": [*crumbs(audit), Crumb(car.title)]}
    return render(request, "findings/audit_reassess.html", context, status=422 if form.is_bound else 200)


def _answer(answer: Reassessment | None, car: Finding) -> dict[str, Any]:
    if answer is None:
        return {"title": car.title}
    told = answer.successor
    return {
        "result": answer.result,
        "rationale": answer.rationale,
        "language": answer.language,
        "requirement": told.requirement_id if told else None,
        "title": told.title if told else car.title,
        "description": told.description if told else "",
    }
