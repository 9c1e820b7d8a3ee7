"""Who is told of what happens to audits, findings and plans; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Finding, Share
from findings.queries.plan import customers_who_see
from findings.queries.share import people_named
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of


def _car_of(entry: Entry) -> Finding:
    return Finding.objects.select_related("audit").get(pk=entry.subject_id)


def _customers(entry: Entry) -> Iterable[Recipient]:
    """Members of the customers that see the CAR now; each is told alone and learns of no other."""
    finding = _car_of(entry)
    return people_of(organisation.pk for organisation in customers_who_see(finding.audit))


def _site(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    finding = _car_of(entry)
    return people_of([finding.supplier_id], site_id=finding.site_id)


def _site_of_plan(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members, while its CAR is still in progress."""
    finding = _car_of(entry)
    return _site(entry) if finding.state == FindingState.IN_PROGRESS else ()


notice("findings.plan_shared", route="findings:finding")(_customers)
notice("findings.plan_updated", route="findings:finding")(_customers)
notice("findings.plan_answered", route="findings:finding")(_site)
notice("findings.update_soon", route="findings:plan_update")(_site_of_plan)
notice("findings.update_due", route="findings:plan_update")(_site_of_plan)
notice("findings.update_late", route="findings:plan_update")(_site_of_plan)


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


notice("findings.car_raised", route="findings:finding")(_site)


def _recipients_of(share: Share) -> Iterable[Recipient]:
    """Whom a share names: a person, an address without an account by letter, or an organisation’s people."""
    if share.organisation_id:
        yield from people_of([share.organisation_id])
        return
    known = list(people_named(share))
    yield from (Recipient(person, None) for person in known)
    if not known:
        yield Recipient(None, None, address=share.email)


@notice("findings.shared_outside", route="findings:shared")
def _reader_of_share(entry: Entry) -> Iterable[Recipient]:
    """Whoever may read it, while they may."""
    share = Share.objects.get(pk=entry.subject_id)
    return _recipients_of(share) if share.state == "in_force" else ()


@notice("findings.share_ended")
def _reader_no_more(entry: Entry) -> Iterable[Recipient]:
    """Whoever could read it."""
    return _recipients_of(Share.objects.get(pk=entry.subject_id))


@notice("findings.share_over")
def _both_sides_of_share(entry: Entry) -> Iterable[Recipient]:
    """Whoever could read it, and the owner's people of the site; each side is told alone."""
    share = Share.objects.select_related("audit").get(pk=entry.subject_id)
    yield from _recipients_of(share)
    yield from people_of([share.owner_id], site_id=share.audit.site_id)


phrase("findings.shared_outside", _("%(who)s shared what was found at %(what)s with %(recipient)s."))
phrase("findings.share_ended", _("%(who)s ended what %(recipient)s could read about %(what)s."))
phrase("findings.share_over", _("What %(recipient)s could read about %(what)s has ended by its date."))

FINDING, AUDIT = "findings:finding", "findings:audit"
phrase("findings.audit_opened", _("%(who)s opened the audit %(what)s."), route=AUDIT)
phrase("findings.audit_changed", _("%(who)s changed what is known of the audit %(what)s."), route=AUDIT)
phrase("findings.audit_started", _("%(who)s started the audit %(what)s."), route=AUDIT)
phrase("findings.audit_submitted", _("%(who)s sent the audit %(what)s to the site."), route=AUDIT)
phrase("findings.audit_taken_back", _("%(who)s took the audit %(what)s back to work."), route=AUDIT)
phrase("findings.audit_published", _("%(who)s published the audit %(what)s."), route=AUDIT)
phrase("findings.audit_superseded", _("A later audit superseded the audit %(what)s."), route=AUDIT)
phrase("findings.finding_added", _("%(who)s wrote the finding “%(what)s”."), route=FINDING)
phrase("findings.finding_changed", _("%(who)s changed the finding “%(what)s”."), route=FINDING)
phrase("findings.finding_deleted", _("%(who)s deleted the finding “%(what)s” before publication."))
phrase(
    "findings.non_compliance_superseded",
    _("A later audit superseded the non-compliance “%(what)s”."),
    route=FINDING,
)
phrase("findings.car_raised", _("“%(what)s” was raised, to be worked on together."), route=FINDING)
phrase("findings.car_understood", _("%(who)s answered the three questions about “%(what)s”."), route=FINDING)
phrase("findings.car_in_progress", _("“%(what)s” is in progress: a plan is shared."), route=FINDING)
phrase("findings.car_reassessed", _("%(who)s looked at “%(what)s” anew."), route=FINDING)
phrase("findings.car_closed", _("A later periodic audit closed “%(what)s”."), route=FINDING)
phrase(
    "findings.plan_shared", _("%(who)s shared version %(version)s of the plan on “%(what)s”."), route=FINDING
)
phrase("findings.plan_updated", _("%(who)s reported what has changed about “%(what)s”."), route=FINDING)
phrase("findings.plan_answered", _("%(who)s answered the plan on “%(what)s”."), route=FINDING)
phrase("findings.update_soon", _("A report on “%(what)s” is due in a week."), route=FINDING)
phrase("findings.update_due", _("A report on “%(what)s” is due."), route=FINDING)
phrase("findings.update_late", _("The report on “%(what)s” is a week late."), route=FINDING)
