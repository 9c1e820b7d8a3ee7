"""Who is told of what happens to audits; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.lifecycle import AuditState
from findings.models import Audit
from findings.queries.plan import customers_who_see
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

FINDING, AUDIT = "findings:finding", "findings:audit"


def _audit_of(entry: Entry) -> Audit:
    return Audit.objects.get(pk=entry.subject_id)


@notice("findings.audit_submitted", route="findings:audit")
def _site_that_reads(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site, as long as they can still read the audit."""
    audit = _audit_of(entry)
    can_read = audit.state not in {AuditState.SCHEDULED, AuditState.IN_PROGRESS}
    return people_of([audit.supplier_id], site_id=audit.site_id) if can_read else ()


@notice("findings.audit_taken_back")
def _site_that_read(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    audit = _audit_of(entry)
    return people_of([audit.supplier_id], site_id=audit.site_id)


@notice("findings.audit_published", route="findings:audit")
def _site_and_customers(entry: Entry) -> Iterable[Recipient]:
    """The site's people, then the members of the customers that see the audit now; each is told alone."""
    audit = _audit_of(entry)
    yield from people_of([audit.supplier_id], site_id=audit.site_id)
    yield from people_of(organisation.pk for organisation in customers_who_see(audit))


phrase("findings.audit_opened", _("%(who)s opened the audit %(what)s."), route=AUDIT)
phrase("findings.audit_changed", _("%(who)s changed what is known of the audit %(what)s."), route=AUDIT)
phrase("findings.audit_started", _("%(who)s started the audit %(what)s."), route=AUDIT)
phrase("findings.audit_submitted", _("%(who)s sent the audit %(what)s to the site."), route=AUDIT)
phrase("findings.audit_taken_back", _("%(who)s took the audit %(what)s back to work."), route=AUDIT)
phrase("findings.audit_published", _("%(who)s published the audit %(what)s."), route=AUDIT)
phrase("findings.audit_superseded", _("A later audit superseded the audit %(what)s."), route=AUDIT)
phrase("findings.finding_added", _("%(who)s wrote the finding “%(what)s”."), route=FINDING)
phrase("findings.finding_changed", _("%(who)s changed the finding “%(what)s”."), route=FINDING)
phrase("findings.photos_added", _("%(who)s added photos to the finding “%(what)s”."), route=FINDING)
phrase("findings.photo_described", _("%(who)s said what a photo of “%(what)s” shows."), route=FINDING)
phrase(
    "findings.photo_removed", _("%(who)s deleted a photo of “%(what)s” before publication."), route=FINDING
)
phrase("findings.finding_deleted", _("%(who)s deleted the finding “%(what)s” before publication."))
phrase(
    "findings.non_compliance_superseded",
    _("A later audit superseded the non-compliance “%(what)s”."),
    route=FINDING,
)
