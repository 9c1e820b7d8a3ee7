"""The closing report of a case on paper, made for named people of one organisation."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from findings.actions.incident import CASE_PDF
from findings.models import IncidentReport, IncidentStep
from findings.queries.incident import cases_of, story_of_case
from ledger.refusals import NotVisible
from organisations.queries import viewer_for


@rendering(CASE_PDF, stored_as=Document.Kind.REPORT)
def case_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write one version of the report: with the log that everyone named reads, and without anybody's messages.

    Raises:
        NotVisible: whoever asked is named no longer.
    """
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    report = IncidentReport.objects.select_related("incident").filter(pk=wanted.subject_id).first()
    if viewer is None or report is None or not cases_of(viewer).filter(pk=report.incident_id).exists():
        raise NotVisible
    incident, story = report.incident, story_of_case(report.incident)
    shared = [
        one
        for one in story.steps
        if one.audience == IncidentStep.Audience.ALL and one.at <= report.written_at
    ]
    context = {
        "incident": incident,
        "report": report,
        "steps": list(reversed(shared)),
        "tasks": [one for one in story.tasks if one.organisation_id is None],
        "cover": _("Confidential: for named people only"),
        "title": _("Report of a case"),
        "code": incident.code,
        "made_at": timezone.now(),
        "description": _("What happened, what was done, and what changes."),
    }
    # The name of the file says nothing of site or matter: it lies on desks and in downloads.
    return f"{_('report')}-{incident.code}-{report.number}.pdf", render_to_string(
        "findings/pdf/case.html", context
    )
