"""The corrective action plan report of an audit, on paper and as a workbook."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.formats import XLSX
from documents.models import Document, Rendering
from documents.renderings import File, ViewerIds, rendering
from findings.actions.papers import CAPR
from findings.models import Audit, Finding, SiteReply
from findings.queries.capr import Capr, CarLine, NcLine, capr_of
from findings.reports.sheets import Cell, Page, workbook
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible
from organisations.queries import country_name, viewer_for
from web.dates import day_text
from web.statuses import look_of


@rendering(CAPR["pdf"], stored_as=Document.Kind.REPORT)
def capr_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write the report on paper, as the reader may see the audit now."""
    now = timezone.now()
    report = _report(wanted, ids, now)
    context = {
        "report": report,
        "audit": report.audit,
        "cover": _("Corrective action plan report"),
        "title": report.audit.site_name,
        "code": report.audit.code,
        "made_at": now,
        "description": _("What an audit found, and what was done about it."),
    }
    return f"{_name(report)}.pdf", render_to_string("findings/pdf/capr.html", context)


@rendering(CAPR["xlsx"], stored_as=Document.Kind.REPORT)
def capr_xlsx(wanted: Rendering, ids: ViewerIds) -> File:
    """Write the report as a workbook: the same words, a sheet for each kind."""
    now = timezone.now()
    report = _report(wanted, ids, now)
    return File(f"{_name(report)}.xlsx", XLSX.media_type, workbook(_pages(report, now)))


def _report(wanted: Rendering, ids: ViewerIds, now: dt.datetime) -> Capr:
    """Gather the report through the eyes of whoever asked, and leave lines in the owner's read log.

    Raises:
        NotVisible: they see the audit no longer.
    """
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = Audit.objects.visible_to(viewer).select_related("version", "parent")
    audit = rows.filter(pk=wanted.subject_id).first()
    if viewer is None or audit is None:
        raise NotVisible
    report = capr_of(viewer, audit, on=timezone.localdate(now))
    if audit.reads_are_logged:
        found = [one.finding for one in report.ncs] + [one.finding for one in report.cars]
        found += report.good_examples + report.observations
        seen = [Seen(one.pk, one.code, one.title, one.supplier_id) for one in found]
        log_reads(by=viewer, model=Finding, seen=seen, at=now)
    return report


def _name(report: Capr) -> str:
    return f"capr-{slugify(report.audit.site_name) or 'audit'}-{report.audit.code}"


def _pages(report: Capr, now: dt.datetime) -> Iterator[Page]:
    yield Page(_("Audit"), [_("Fact"), _("Value")], _facts(report, now))
    yield Page(
        _("Non-compliances"),
        [
            _("Code"), _("Requirement"), _("Title of the requirement"), _("Non-compliance"), _("What was found"),
            _("Evidence seen"), _("Workers affected"), _("Severity"), _("Due in the audit"), _("Due now"), _("Status"),
            _("Why it happened"), _("What was done"), _("What keeps it from coming back"),
            _("Who is responsible"), _("Done on"), _("Evidence"), _("Checked"), _("How it was checked"),
            _("Result"), _("Reason"), _("More time"), _("What the site says, and the answer"),
        ],
        [_nc_row(one) for one in report.ncs],
    )  # fmt: skip
    yield Page(
        _("Working together"),
        [
            _("Code"), _("Requirement"), _("Title of the requirement"), _("Finding"), _("What was found"),
            _("First raised"), _("Status"), _("Plan"), _("Plan shared"), _("Next report"),
            _("What the site says, and the answer"),
        ],
        [_car_row(one) for one in report.cars],
    )  # fmt: skip
    others = [(_("Good examples"), report.good_examples), (_("Observations"), report.observations)]
    for name, rows in others:
        if rows:
            header = [_("Code"), _("Requirement"), _("Title"), _("What was found")]
            yield Page(name, header, [_other_row(one) for one in rows])
    if report.management.cells:
        header = [_("Section"), _("Title"), _("Part"), _("Grade"), _("Note")]
        yield Page(_("Management systems"), header, _management(report))


def _facts(report: Capr, now: dt.datetime) -> list[tuple[Cell, ...]]:
    audit = report.audit
    facts: list[tuple[Cell, ...]] = [
        (_("As of"), f"{now:%Y-%m-%d %H:%M} UTC"),
        (_("Site"), audit.site_name),
        (_("Country"), country_name(audit.site_country)),
        (_("Supplier"), audit.supplier_name),
        (_("Audit firm"), audit.audit_firm_name),
        (_("Methodology"), str(audit.version)),
        (_("Kind"), audit.get_kind_display()),
        (_("Notice"), audit.get_notice_display()),
        (_("Pillars"), audit.pillars),
        (_("First day"), audit.starts_on),
        (_("Last day"), audit.ends_on),
        (_("Status"), str(look_of("audit", audit.state).word)),
        (_("Published"), timezone.localdate(audit.published_at) if audit.published_at else None),
        (_("Reference elsewhere"), audit.reference),
        (_("Corrections since"), report.revisions),
    ]
    for one in report.auditors:
        lead = f", {_('lead')}" if one.is_lead else ""
        facts.append((_("Auditor"), f"{one.name}{lead} ({one.grade} {one.apsca_number})"))
    facts += [(str(look_of("severity", name).word), count) for name, count in report.counts]
    return [*facts, (_("Working together (not counted among these)"), len(report.cars))]


def _nc_row(line: NcLine) -> Sequence[Cell]:
    one, action, check = line.finding, line.action, line.verification
    return [
        one.code,
        one.requirement.printed_code,
        one.requirement.title,
        one.title,
        one.description,
        one.objective_evidence,
        one.workers_affected,
        str(look_of("severity", one.severity).word),
        one.due_on,
        one.due_by,
        str(look_of("nc", line.status).word),
        "\n".join(action.whys) if action else one.root_cause,
        action.correction if action else "",
        action.prevention if action else "",
        action.responsible if action else "",
        action.done_on if action else None,
        "\n".join(use.title for use in line.evidence),
        timezone.localdate(check.verified_at) if check else None,
        check.get_method_display() if check else "",
        check.get_result_display() if check else "",
        check.reason if check else "",
        "\n".join(_time(extension) for extension in line.extensions),
        _said(line.replies),
    ]


def _time(extension: Any) -> str:
    answer = getattr(extension, "answer", None)
    if answer is None:
        return _("Asked until %(day)s") % {"day": day_text(extension.wanted_on)}
    if answer.is_granted:
        return _("Granted until %(day)s") % {"day": day_text(answer.ends_on)}
    return _("Refused: %(reason)s") % {"reason": answer.reason}


def _said(replies: list[SiteReply]) -> str:
    parts = []
    for one in replies:
        parts.append(f"{one.get_kind_display()}: {one.text}")
        if one.answer:
            parts.append(f"{look_of('reply', one.state).word}: {one.answer}")
    return "\n".join(parts)


def _car_row(line: CarLine) -> Sequence[Cell]:
    one, plan, latest = line.finding, line.plan, line.latest
    version = _("Version %(n)s") % {"n": latest.number} if latest else _("No plan yet")
    return [
        one.code,
        one.requirement.printed_code,
        one.requirement.title,
        one.title,
        one.description,
        one.first_raised_on,
        str(look_of("car", one.state).word),
        version,
        timezone.localdate(latest.shared_at) if latest else None,
        plan.next_update_on if plan else None,
        _said(line.replies),
    ]


def _other_row(one: Finding) -> Sequence[Cell]:
    return [one.code, one.requirement.printed_code, one.title, one.description]


def _management(report: Capr) -> list[Sequence[Cell]]:
    return [
        [
            cell.section.code,
            cell.section.title,
            cell.element.title,
            cell.rating.grade.title if cell.rating else "",
            cell.rating.note if cell.rating else "",
        ]
        for cell in report.management.cells
    ]
