"""The plan of a CAR as a Word or Excel file, with the facts of its audit and what is typed so far."""

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.formats import DOCX, XLSX
from documents.renderings import File
from findings.forms.plan_typed import typed_from, typed_of_version, values_of
from findings.models import Finding
from findings.queries.draft import Standing, standing_of
from findings.reports.plan_docx import plan_as_docx
from findings.reports.plan_shape import PlanFile
from findings.reports.plan_xlsx import plan_as_xlsx
from organisations.visibility import Viewer
from web.dates import day_text

FORMS = (DOCX.extension, XLSX.extension)


def plan_file(viewer: Viewer, finding: Finding, form: str) -> File:
    """Return the plan of a CAR as a Word or Excel file to fill in: the draft, or what was shared last, or empty.

    Args:
        form: docx or xlsx.
    """
    content = content_for(finding, standing_of(viewer, finding))
    kind, write = (DOCX, plan_as_docx) if form == DOCX.extension else (XLSX, plan_as_xlsx)
    name = slugify(f"{finding.requirement.printed_code}-{finding.audit.site_name}", allow_unicode=False)
    return File(f"plan-{name}-{finding.code}.{form}", kind.media_type, write(content))


def content_for(finding: Finding, standing: Standing) -> PlanFile:
    """Return what goes into the file."""
    if standing.draft is not None:
        typed = dict(standing.draft.content.get("typed", {}))
    else:
        typed = typed_of_version(standing.latest) if standing.latest else typed_from({"rhythm": "3"})
    values = values_of(typed)
    audit = finding.audit
    return PlanFile(
        code=finding.code,
        title=finding.title,
        facts=[
            (_("CAR number"), finding.code),
            (_("Date"), day_text(timezone.localdate())),
            (_("Site"), f"{audit.site_name}, {audit.supplier_name}"),
            (_("Requirement"), f"{finding.requirement.printed_code} {finding.requirement.title}"),
            (_("Title"), finding.title),
            (_("What the audit found"), finding.description),
        ],
        facts_language=finding.language,
        values=values,
        said_language=str(values.get("language") or ""),
    )
