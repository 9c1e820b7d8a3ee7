"""The history of a site, on paper with a drawn picture and its table, and as a workbook."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.formats import XLSX
from documents.models import Document, Rendering
from documents.renderings import File, ViewerIds, rendering
from findings.actions.papers import SITE_HISTORY
from findings.models import Audit, Finding
from findings.queries.site_history import AuditLine, Chain, SiteHistory, ended_on, site_history
from findings.reports.drawing import bars
from findings.reports.sheets import Cell, Page, workbook
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible
from organisations.queries import viewer_for
from sourcing.models import Site
from web.statuses import look_of


@rendering(SITE_HISTORY["pdf"], stored_as=Document.Kind.REPORT)
def site_history_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write the history on paper, as the reader may see the site now."""
    now = timezone.now()
    history = _history(wanted, ids, now)
    context = {
        "history": history,
        "site": history.site,
        "chart": bars(
            [(f"{one.on:%m/%Y}", one.open, one.closed) for one in history.moments],
            (_("open"), _("put right or superseded")),
        ),
        "cover": _("History of a site"),
        "title": history.site.name,
        "code": history.site.code,
        "made_at": now,
        "description": _("Audits, non-compliances over time, and what is worked on together."),
    }
    return f"{_name(history)}.pdf", render_to_string("findings/pdf/site_history.html", context)


@rendering(SITE_HISTORY["xlsx"], stored_as=Document.Kind.REPORT)
def site_history_xlsx(wanted: Rendering, ids: ViewerIds) -> File:
    """Write the history as a workbook."""
    history = _history(wanted, ids, timezone.now())
    return File(f"{_name(history)}.xlsx", XLSX.media_type, workbook(_pages(history)))


def _history(wanted: Rendering, ids: ViewerIds, now: dt.datetime) -> SiteHistory:
    """Gather the history through the eyes of whoever asked, and leave lines in the owner's read log.

    Raises:
        NotVisible: they see the site no longer.
    """
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    site = Site.objects.visible_to(viewer).filter(pk=wanted.subject_id).first()
    if viewer is None or site is None:
        raise NotVisible
    history = site_history(viewer, site, on=timezone.localdate(now))
    audits = [
        Seen(one.audit.pk, one.audit.code, str(one.audit), one.audit.supplier_id) for one in history.audits
    ]
    log_reads(by=viewer, model=Audit, seen=audits, at=now)
    cars = [car for chain in history.chains for car in chain.cars]
    found = [Seen(one.pk, one.code, one.title, one.supplier_id) for one in (*history.ncs, *cars)]
    log_reads(by=viewer, model=Finding, seen=found, at=now)
    return history


def _name(history: SiteHistory) -> str:
    return f"history-{slugify(history.site.name) or 'site'}-{history.site.code}"


def _pages(history: SiteHistory) -> Iterator[Page]:
    severities = list(Finding.Severity.values)
    yield Page(
        _("Audits"),
        [
            _("Last day"),
            _("Kind"),
            _("Methodology"),
            _("Audit firm"),
            *(str(look_of("severity", one).word) for one in severities),
            _("Not closed now"),
            _("Verified and closed"),
            _("Superseded"),
            _("Working together"),
            _("Good examples"),
            _("Code"),
        ],
        [_audit_row(one, severities) for one in history.audits],
    )
    yield Page(
        _("Over time"),
        [_("Day"), _("Open"), _("Put right or superseded")],
        [(one.on, one.open, one.closed) for one in history.moments],
    )
    yield Page(
        _("Non-compliances"),
        [
            _("Raised"),
            _("Requirement"),
            _("Non-compliance"),
            _("Severity"),
            _("Due"),
            _("Status"),
            _("Ended"),
            _("Code"),
        ],
        [_nc_row(one) for one in history.ncs],
    )
    yield Page(
        _("Working together"),
        [
            _("Issue since"),
            _("Raised"),
            _("Requirement"),
            _("Finding"),
            _("Status"),
            _("Continues"),
            _("Code"),
        ],
        [row for chain in history.chains for row in _chain_rows(chain)],
    )


def _audit_row(line: AuditLine, severities: Sequence[str]) -> Sequence[Cell]:
    audit, tally = line.audit, line.tally
    return [
        audit.ends_on,
        audit.get_kind_display(),
        str(audit.version),
        audit.audit_firm_name,
        *(tally.by_severity.get(one, 0) for one in severities),
        line.not_closed,
        line.now.get("verified_closed", 0),
        line.now.get("superseded", 0),
        tally.cars,
        tally.good_examples,
        audit.code,
    ]


def _nc_row(one: Finding) -> Sequence[Cell]:
    return [
        one.raised_on,
        one.requirement.printed_code,
        one.title,
        str(look_of("severity", one.severity).word),
        one.due_by,
        str(look_of("nc", one.state).word),
        ended_on(one),
        one.code,
    ]


def _chain_rows(chain: Chain) -> Iterator[Sequence[Cell]]:
    codes = {one.pk: one.code for one in chain.cars}
    for car in chain.cars:
        yield [
            chain.since,
            car.raised_on,
            car.requirement.printed_code,
            car.title,
            str(look_of("car", car.state).word),
            codes.get(car.predecessor_id or 0, ""),
            car.code,
        ]
