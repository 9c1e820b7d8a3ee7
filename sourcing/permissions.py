"""Who may do what with sites, trade links, engagements and registers."""

from django.utils.translation import gettext as _

from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Evidence, EvidenceSite, Site, TradeLink


def can_see_register(viewer: Viewer) -> Decision:
    """Buyers keep a register of the places they know; every member reads it."""
    if viewer.has(Capability.BUYER):
        return ALLOWED
    return denied("not-a-buyer", _("Only organisations that buy keep a site register."))


def can_keep_register(viewer: Viewer) -> Decision:
    """Editors and admins of a buyer change its register and import lists into it."""
    return can_see_register(viewer) and can_edit(viewer)


def can_add_site(viewer: Viewer) -> Decision:
    """Editors of a supplier who look after all of its sites."""
    if not viewer.has(Capability.SUPPLIER):
        return denied("not-a-supplier", _("Only suppliers keep sites of their own."))
    return _for_all_sites(viewer)


def can_change_site(viewer: Viewer, site: Site) -> Decision:
    """The supplier owns its sites' data."""
    if site.organisation_id != viewer.organisation_id:
        return denied("not-the-owner", _("Only the supplier can change what stands here."))
    return can_edit(viewer)


def can_propose_to_supplier(viewer: Viewer) -> Decision:
    """Editors of a buyer ask a supplier for a trade link."""
    if not viewer.has(Capability.BUYER):
        return denied("not-a-buyer", _("Only buyers can ask a supplier for a trade link."))
    return can_edit(viewer)


def can_propose_to_customer(viewer: Viewer) -> Decision:
    """Editors of a supplier, who look after all of its sites, offer a customer a trade link."""
    if not viewer.has(Capability.SUPPLIER):
        return denied("not-a-supplier", _("Only suppliers can offer a customer a trade link."))
    return _for_all_sites(viewer)


def can_answer_link(viewer: Viewer, link: TradeLink) -> Decision:
    """The side that did not propose a link accepts or declines it."""
    if link.proposed_by_id == viewer.organisation_id:
        return denied("own-proposal", _("The other side has to answer this."))
    if link.state != LinkState.PROPOSED:
        return denied("answered", _("This has been answered already."))
    return _on_our_side(viewer, link)


def can_withdraw_link(viewer: Viewer, link: TradeLink) -> Decision:
    """The side that proposed a link takes it back while there is no answer."""
    if link.proposed_by_id != viewer.organisation_id:
        return denied("not-your-proposal", _("Only the side that asked can take this back."))
    if link.state != LinkState.PROPOSED:
        return denied("answered", _("This has been answered already."))
    return _on_our_side(viewer, link)


def can_end_link(viewer: Viewer, link: TradeLink) -> Decision:
    """Either side ends a link in force, at once."""
    if link.state != LinkState.ACCEPTED:
        return denied("not-in-force", _("Only a trade link in force can be ended."))
    return _on_our_side(viewer, link)


def can_ask_for_audit(viewer: Viewer) -> Decision:
    """Editors of a supplier engage an audit firm for their sites."""
    if not viewer.has(Capability.SUPPLIER):
        return denied("not-a-supplier", _("Only suppliers can ask an audit firm to audit a site."))
    return can_edit(viewer)


def can_answer_engagement(viewer: Viewer, engagement: Engagement) -> Decision:
    """The audit firm accepts or declines."""
    if engagement.audit_firm_id != viewer.organisation_id:
        return denied("not-the-firm", _("The audit firm has to answer this."))
    if engagement.state != EngagementState.PROPOSED:
        return denied("answered", _("This has been answered already."))
    return can_edit(viewer)


def can_end_engagement(viewer: Viewer, engagement: Engagement) -> Decision:
    """Either side ends an engagement; the supplier also takes back one without an answer."""
    open_states = {EngagementState.ACTIVE}
    if engagement.supplier_id == viewer.organisation_id:
        open_states.add(EngagementState.PROPOSED)
    if engagement.state not in open_states:
        return denied("not-running", _("Only a running engagement can be ended."))
    if viewer.site_ids is not None and engagement.supplier_id == viewer.organisation_id:
        return _of_their_site(viewer, engagement)
    return can_edit(viewer)


def _on_our_side(viewer: Viewer, link: TradeLink) -> Decision:
    """A member limited to some sites does not decide about all of the supplier's sites."""
    return _for_all_sites(viewer) if link.supplier_id == viewer.organisation_id else can_edit(viewer)


def _for_all_sites(viewer: Viewer) -> Decision:
    if viewer.site_ids is not None:
        return denied(
            "limited-to-sites", _("You look after some sites only. Ask an admin of your organisation.")
        )
    return can_edit(viewer)


def _of_their_site(viewer: Viewer, engagement: Engagement) -> Decision:
    if viewer.site_ids is not None and engagement.site_id not in viewer.site_ids:
        return denied(
            "limited-to-sites", _("You look after some sites only. Ask an admin of your organisation.")
        )
    return can_edit(viewer)


def can_add_evidence(viewer: Viewer) -> Decision:
    """Editors of any organisation: each can be audited, asked or assessed. Those limited to sites, about their own."""
    return can_edit(viewer)


def can_change_evidence(viewer: Viewer, evidence: Evidence) -> Decision:
    """Its owner's editors; whoever looks after some sites only, what is about those and no others."""
    if evidence.organisation_id != viewer.organisation_id:
        return denied("not-the-owner", _("Only the organisation that added this can change it."))
    if evidence.is_retired:
        return denied("evidence-retired", _("This was put away. It stays as it was."))
    if viewer.site_ids is not None:
        named = set(EvidenceSite.objects.filter(evidence=evidence).values_list("site_id", flat=True))
        if not named or named - viewer.site_ids:
            return denied(
                "limited-to-sites",
                _("This is also about sites that you do not look after. Ask a colleague who does."),
            )
    return can_edit(viewer)
