"""Who may attach evidence, and who may ask for it and answer."""

from django.utils.translation import gettext as _

from findings.models import EvidenceRequest, Finding
from findings.queries.plan import bases_of
from findings.visibility import Audience, Basis
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer
from sourcing.models import Evidence


def can_attach(viewer: Viewer, evidence: Evidence, audience: Audience) -> Decision:
    """An organisation attaches its own evidence; what shows workers or is internal, to nothing that others see."""
    if evidence.organisation_id != viewer.organisation_id:
        return denied("not-the-owner", _("Only the organisation that added this can attach it."))
    said = {"title": evidence.title}
    if evidence.is_retired:
        return denied("evidence-retired", _("“%(title)s” was put away. Choose another.") % said)
    if audience != Audience.OWNER and evidence.shows_workers:
        return denied(
            "shows-workers",
            _(
                "“%(title)s” shows names, faces, ID or bank numbers of workers, so others cannot see it."
                " Cover these in a copy, add the copy, and attach that."
            )
            % said,
        )
    if audience != Audience.OWNER and evidence.confidentiality == Evidence.Confidentiality.INTERNAL:
        return denied(
            "evidence-internal",
            _("“%(title)s” is only for your own organisation. Change who may see it, or choose another.")
            % said,
        )
    return can_edit(viewer)


def can_attach_to_finding(viewer: Viewer, finding: Finding) -> Decision:
    """The site shows evidence for a finding that it sees; the audit firm only until its audit is published."""
    if Basis.OWNER in bases_of(viewer, finding.audit_id):
        return can_edit(viewer)
    if viewer.organisation_id != finding.audit_firm_id:
        return denied("not-your-finding", _("Only the site and the audit firm attach evidence here."))
    if finding.audit.is_published:
        return denied("audit-published", _("This audit is published. A published audit never changes."))
    return can_edit(viewer)


def can_ask_for_evidence(viewer: Viewer, finding: Finding) -> Decision:
    """A customer asks the site about anything it sees; the audit firm of record about what it verifies."""
    if not finding.audit.is_published:
        return denied("audit-not-published", _("The audit is not published yet. You can ask after that."))
    bases = bases_of(viewer, finding.audit_id)
    if Basis.OWNER in bases:
        return denied("your-own-site", _("This is your own site. Add what you have to its evidence."))
    is_verifier = (
        viewer.organisation_id == finding.audit_firm_id and finding.kind == Finding.Kind.NON_COMPLIANCE
    )
    if Basis.CUSTOMER not in bases and not is_verifier:
        return denied(
            "not-yours-to-ask", _("Only a customer, or the audit firm that verifies, asks for evidence.")
        )
    return can_edit(viewer)


def can_answer_request(viewer: Viewer, request: EvidenceRequest) -> Decision:
    """The site answers what it is asked, once."""
    if viewer.organisation_id != request.supplier_id:
        return denied("not-asked", _("Only the site that is asked can answer this."))
    return _open(request) and can_edit(viewer)


def can_take_back_request(viewer: Viewer, request: EvidenceRequest) -> Decision:
    """Whoever asked takes it back while it is not answered."""
    if viewer.organisation_id != request.asker_id:
        return denied("not-the-asker", _("Only whoever asked can take this back."))
    return _open(request) and can_edit(viewer)


def _open(request: EvidenceRequest) -> Decision:
    return ALLOWED if request.state == "open" else denied("request-answered", _("This was answered already."))
