"""Who is told of trade links, engagements and lists; words in `sourcing/mail/`.

Of links and engagements the admins and editors of the other side are told, of a list whoever works on it.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Evidence, EvidenceSite, SiteImport, TradeLink


def _other_end(entry: Entry) -> Iterable[Recipient]:
    """The end of the link that did not act, as long as the link is what the notice says."""
    link = TradeLink.objects.get(pk=entry.subject_id)
    told_state = entry.data.get("after", LinkState.PROPOSED)
    if link.state != told_state:
        return ()
    is_from_buyer = entry.organisation_id == link.buyer_id
    return people_of([link.supplier_id if is_from_buyer else link.buyer_id])


def _other_side(entry: Entry) -> Iterable[Recipient]:
    """The side of the engagement that did not act; of a supplier only those who work on the site."""
    engagement = Engagement.objects.get(pk=entry.subject_id)
    told_state = entry.data.get("after", EngagementState.PROPOSED)
    if engagement.state != told_state:
        return ()
    if entry.organisation_id == engagement.supplier_id:
        return people_of([engagement.audit_firm_id])
    return people_of([engagement.supplier_id], site_id=engagement.site_id)


def _importer(entry: Entry) -> Iterable[Recipient]:
    """The person who waits for a list so long that they may have left the page; as long as they are a member."""
    site_import = SiteImport.objects.get(pk=entry.subject_id)
    if not entry.data.get("is_long") or site_import.state != entry.data.get("after"):
        return ()
    members = people_of([site_import.organisation_id])
    return [one for one in members if one.person_id == entry.actor_id]


def _keepers(entry: Entry) -> Iterable[Recipient]:
    """Whoever can renew a piece: its owner's editors, those limited to sites only for what is about theirs."""
    evidence = Evidence.objects.get(pk=entry.subject_id)
    is_same = evidence.expires_on and evidence.expires_on.isoformat() == entry.data.get("expires_on")
    if evidence.is_retired or not is_same:
        return ()
    named = EvidenceSite.objects.filter(evidence=evidence).values_list("site_id", flat=True)
    sites: list[int | None] = list(named) or [None]
    told: dict[int | None, Recipient] = {}
    for site_id in sites:
        for one in people_of([evidence.organisation_id], site_id=site_id):
            told.setdefault(one.person_id, one)
    return list(told.values())


notice("sourcing.evidence_expiring", route="findings:evidence_piece")(_keepers)
notice("sourcing.import_read", route="sourcing:import")(_importer)
notice("sourcing.import_applied", route="sourcing:import")(_importer)
notice("sourcing.link_proposed", route="sourcing:link")(_other_end)
notice("sourcing.link_accepted", route="sourcing:link")(_other_end)
notice("sourcing.link_declined", route="sourcing:link")(_other_end)
notice("sourcing.link_withdrawn", route="sourcing:link")(_other_end)
notice("sourcing.link_ended", route="sourcing:link")(_other_end)
notice("sourcing.engagement_proposed", route="sourcing:engagement")(_other_side)
notice("sourcing.engagement_accepted", route="sourcing:engagement")(_other_side)
notice("sourcing.engagement_declined", route="sourcing:engagement")(_other_side)
notice("sourcing.engagement_ended", route="sourcing:engagement")(_other_side)

phrase("sourcing.site_added", _("%(who)s added the site %(what)s."), route="sourcing:site")
phrase("sourcing.site_changed", _("%(who)s changed the site %(what)s."), route="sourcing:site")
phrase("sourcing.register_entry_changed", _("%(who)s changed %(what)s in the site register."))
phrase("sourcing.link_proposed", _("%(who)s proposed a trade link."), route="sourcing:link")
phrase("sourcing.link_accepted", _("%(who)s accepted a trade link."), route="sourcing:link")
phrase("sourcing.link_declined", _("%(who)s declined a trade link."), route="sourcing:link")
phrase("sourcing.link_withdrawn", _("%(who)s took a proposed trade link back."), route="sourcing:link")
phrase("sourcing.link_ended", _("%(who)s ended a trade link."), route="sourcing:link")
phrase(
    "sourcing.engagement_proposed",
    _("%(who)s asked an audit firm to audit a site."),
    route="sourcing:engagement",
)
phrase("sourcing.engagement_accepted", _("%(who)s accepted an engagement."), route="sourcing:engagement")
phrase("sourcing.engagement_declined", _("%(who)s declined an engagement."), route="sourcing:engagement")
phrase("sourcing.engagement_ended", _("%(who)s ended an engagement."), route="sourcing:engagement")
phrase("sourcing.import_uploaded", _("%(who)s uploaded the list %(what)s."), route="sourcing:import")
phrase("sourcing.import_read", _("The list %(what)s was read."), route="sourcing:import")
phrase("sourcing.import_refused", _("The list %(what)s could not be read."), route="sourcing:import")
phrase("sourcing.import_begun", _("%(who)s began to add the list %(what)s."), route="sourcing:import")
phrase("sourcing.import_applied", _("The list %(what)s was added to the register."), route="sourcing:import")
phrase(
    "sourcing.import_given_back",
    _("The list %(what)s was not added; it can be tried again."),
    route="sourcing:import",
)
phrase("sourcing.import_discarded", _("%(who)s put the list %(what)s away."), route="sourcing:import")
EVIDENCE = "findings:evidence_piece"
phrase("sourcing.evidence_added", _("%(who)s added the evidence “%(what)s”."), route=EVIDENCE)
phrase("sourcing.evidence_changed", _("%(who)s changed what is said about “%(what)s”."), route=EVIDENCE)
phrase("sourcing.evidence_retired", _("%(who)s put the evidence “%(what)s” away."), route=EVIDENCE)
phrase("sourcing.evidence_expiring", _("The evidence “%(what)s” ends soon."), route=EVIDENCE)
