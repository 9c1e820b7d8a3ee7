"""Who is told of what a site says, of the firm's answers, and of the time there is for both."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.lifecycle import AuditState
from findings.models import Audit, SiteReply
from findings.queries.plan import customers_who_see
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

AUDIT, REPLY = "findings:audit", "findings:reply"


def _audit_of(entry: Entry) -> Audit:
    return Audit.objects.get(pk=entry.subject_id)


def _reply_of(entry: Entry) -> SiteReply:
    return SiteReply.objects.select_related("audit").get(pk=entry.subject_id)


def _firm(audit: Audit) -> Iterable[Recipient]:
    return people_of([audit.audit_firm_id])


def _site(audit: Audit) -> Iterable[Recipient]:
    return people_of([audit.supplier_id], site_id=audit.site_id)


@notice("findings.review_soon", route="findings:audit_review")
def _site_that_can_comment(entry: Entry) -> Iterable[Recipient]:
    """The site, while it can still comment."""
    audit = _audit_of(entry)
    return _site(audit) if audit.state == AuditState.SUBMITTED else ()


@notice("findings.review_over", route=AUDIT)
def _both_sides_of_review(entry: Entry) -> Iterable[Recipient]:
    """The firm, which can publish now, and the site; each is told alone."""
    audit = _audit_of(entry)
    if audit.state == AuditState.SUBMITTED:
        yield from _firm(audit)
        yield from _site(audit)


@notice("findings.review_finished", route=AUDIT)
def _firm_that_waits(entry: Entry) -> Iterable[Recipient]:
    """The firm, while the audit is with the site."""
    audit = _audit_of(entry)
    return _firm(audit) if audit.state == AuditState.SUBMITTED else ()


@notice("findings.dispute_raised", route=REPLY)
def _firm_that_answers(entry: Entry) -> Iterable[Recipient]:
    """The firm, of a dispute after publication; before it the firm is told when the site has finished."""
    reply = _reply_of(entry)
    return _firm(reply.audit) if reply.state == "open" and reply.audit.is_published else ()


@notice("findings.dispute_answered", route=REPLY)
def _site_that_disputed(entry: Entry) -> Iterable[Recipient]:
    """The site, as long as it can read the audit."""
    audit = _reply_of(entry).audit
    return _site(audit) if audit.state not in {AuditState.SCHEDULED, AuditState.IN_PROGRESS} else ()


@notice("findings.audit_revised", route=AUDIT)
def _readers_of_revision(entry: Entry) -> Iterable[Recipient]:
    """The site, then the members of the customers that see the audit now; each is told alone."""
    audit = _audit_of(entry)
    yield from _site(audit)
    yield from people_of(organisation.pk for organisation in customers_who_see(audit))


phrase("findings.review_soon", _("The time to comment on the audit %(what)s is nearly over."), route=AUDIT)
phrase("findings.review_over", _("The time to comment on the audit %(what)s is over."), route=AUDIT)
phrase("findings.review_finished", _("%(who)s has no more comments on the audit %(what)s."), route=AUDIT)
phrase("findings.nothing_to_say", _("%(who)s has nothing to say about “%(what)s”."), route=REPLY)
phrase("findings.site_commented", _("%(who)s commented on “%(what)s”."), route=REPLY)
phrase("findings.dispute_raised", _("%(who)s disputed “%(what)s”."), route=REPLY)
phrase("findings.dispute_taken_back", _("%(who)s took back the dispute of “%(what)s”."), route=REPLY)
phrase("findings.dispute_answered", _("%(who)s answered the dispute of “%(what)s”."), route=REPLY)
phrase("findings.audit_revised", _("%(who)s corrected the published audit %(what)s."), route=AUDIT)
phrase(
    "findings.finding_withdrawn",
    _("%(who)s withdrew the non-compliance “%(what)s”."),
    route="findings:finding",
)
phrase("findings.finding_corrected", _("%(who)s corrected the finding “%(what)s”."), route="findings:finding")
phrase("findings.follow_up_chosen", _("%(who)s chose what the audit %(what)s follows up."), route=AUDIT)
phrase("findings.follow_up_noted", _("%(who)s noted what the audit %(what)s saw again."), route=AUDIT)
