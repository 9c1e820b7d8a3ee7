"""What the two ends of a trade link do with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from sourcing.actions.site import add_site
from sourcing.lifecycle import LINK, LinkState
from sourcing.models import RegisterEntry, Site, TradeLink, TradeLinkSite
from sourcing.models.details import SiteDetails
from sourcing.permissions import (
    can_answer_link,
    can_end_link,
    can_propose_to_customer,
    can_propose_to_supplier,
    can_withdraw_link,
)
from sourcing.queries.organisation import Named, organisation_with_code
from sourcing.queries.timezones import guess_timezone


def propose_to_supplier(
    *, viewer: Viewer, code: str, entries: Sequence[RegisterEntry] = (), message: str = "", at: datetime
) -> TradeLink:
    """Ask the supplier with `code` for a trade link; nothing is visible until it accepts.

    Promises: a link in state proposed that asks for all sites, or for the places named out of the viewer's own
    register; a ledger entry; the supplier is told.

    Args:
        code: the code that the supplier gave away.
        entries: lines of the viewer's own register; the supplier reads their names and addresses.

    Raises:
        Forbidden: `not-a-buyer`, `read-only-role`.
        Refusal: `unknown-code` (no supplier has it), `link-exists`.
    """
    can_propose_to_supplier(viewer).require()
    supplier = _named(code, Capability.SUPPLIER, viewer)
    link = TradeLink(
        buyer_id=viewer.organisation_id,
        supplier_id=supplier.id,
        covers_all_sites=not entries,
        named_places=[_place(entry) for entry in entries if entry.organisation_id == viewer.organisation_id],
    )
    return _propose(link, [], viewer=viewer, message=message, at=at)


def propose_to_customer(
    *,
    viewer: Viewer,
    code: str,
    covers_all_sites: bool,
    sites: Sequence[Site] = (),
    message: str = "",
    at: datetime,
) -> TradeLink:
    """Offer the customer with `code` a trade link for all of the viewer's sites or for some.

    Raises:
        Forbidden: `not-a-supplier`, `limited-to-sites`, `read-only-role`.
        Refusal: `unknown-code`, `link-exists`, `no-sites`.
    """
    can_propose_to_customer(viewer).require()
    customer = _named(code, Capability.BUYER, viewer)
    _require_sites(covers_all_sites, sites)
    link = TradeLink(
        buyer_id=customer.id, supplier_id=viewer.organisation_id, covers_all_sites=covers_all_sites
    )
    return _propose(link, [] if covers_all_sites else sites, viewer=viewer, message=message, at=at)


def accept_as_supplier(
    *,
    viewer: Viewer,
    link: TradeLink,
    covers_all_sites: bool,
    sites: Sequence[Site] = (),
    places: Mapping[int, Site | None] | None = None,
    at: datetime,
) -> TradeLink:
    """Accept a customer's proposal: from now on the customer sees the sites named here.

    Promises: state proposed → accepted; the sites stand on the link; places that are to become sites are added to
    the viewer's own; a ledger entry; the customer is told.

    Args:
        covers_all_sites: the customer sees every site, now and later.
        sites: own sites to show, whether or not the customer named them.
        places: number of a named place → the own site it is, or None to add it as a new site. A place that is
            not among them is not one of ours.

    Raises:
        Forbidden: `own-proposal`, `answered`, `limited-to-sites`, `read-only-role`.
        Refusal: `no-sites`, `illegal-move`.
    """
    with transaction.atomic():
        link = _locked(link, viewer)
        can_answer_link(viewer, link).require()
        own = _settle_places(link, places or {}, viewer=viewer, at=at)
        chosen = {site.pk: site for site in (*sites, *own)}
        _require_sites(covers_all_sites, list(chosen.values()))
        if not covers_all_sites:
            _name_sites(link, chosen.values())
        link.covers_all_sites = covers_all_sites
        link.answered_at = at
        _move(
            link,
            LinkState.ACCEPTED,
            "accepted",
            viewer,
            at,
            ["answered_at", "covers_all_sites", "named_places"],
        )
    return link


def accept_as_customer(*, viewer: Viewer, link: TradeLink, at: datetime) -> TradeLink:
    """Accept a supplier's offer as it stands.

    Raises:
        Forbidden: `own-proposal`, `answered`, `read-only-role`.
        Refusal: `illegal-move`.
    """
    with transaction.atomic():
        link = _locked(link, viewer)
        can_answer_link(viewer, link).require()
        link.answered_at = at
        _move(link, LinkState.ACCEPTED, "accepted", viewer, at, ["answered_at"])
    return link


def decline_link(*, viewer: Viewer, link: TradeLink, reason: str, at: datetime) -> TradeLink:
    """Say no to a proposal, with the reason that the other side reads.

    Raises:
        Forbidden: `own-proposal`, `answered`, `limited-to-sites`, `read-only-role`.
    """
    with transaction.atomic():
        link = _locked(link, viewer)
        can_answer_link(viewer, link).require()
        link.answered_at, link.answer = at, reason
        _move(link, LinkState.DECLINED, "declined", viewer, at, ["answered_at", "answer"], {"reason": reason})
    return link


def withdraw_link(*, viewer: Viewer, link: TradeLink, at: datetime) -> TradeLink:
    """Take a proposal back before it is answered.

    Raises:
        Forbidden: `not-your-proposal`, `answered`, `read-only-role`.
    """
    with transaction.atomic():
        link = _locked(link, viewer)
        can_withdraw_link(viewer, link).require()
        link.ended_at = at
        _move(link, LinkState.WITHDRAWN, "withdrawn", viewer, at, ["ended_at"])
    return link


def end_link(*, viewer: Viewer, link: TradeLink, at: datetime) -> TradeLink:
    """End a trade link: in this transaction the customer stops seeing what only this link showed.

    Raises:
        Forbidden: `not-in-force`, `limited-to-sites`, `read-only-role`.
    """
    with transaction.atomic():
        link = _locked(link, viewer)
        can_end_link(viewer, link).require()
        link.ended_at = at
        _move(link, LinkState.ENDED, "ended", viewer, at, ["ended_at"])
    return link


def connect_register(*, link: TradeLink) -> int:
    """Point the customer's register entries at the sites the supplier said they are; return how many.

    Runs after acceptance on behalf of nobody: the supplier cannot reach the customer's register. Running it
    twice changes nothing more.
    """
    if link.state != LinkState.ACCEPTED:
        return 0
    said = {place["code"]: place["site"] for place in link.named_places if place.get("site")}
    with transaction.atomic():
        sites = dict(
            Site.objects.filter(organisation_id=link.supplier_id, code__in=said.values()).values_list(
                "code", "pk"
            )
        )
        entries = RegisterEntry.objects.filter(organisation_id=link.buyer_id, code__in=said, site=None)
        connected = 0
        for entry in entries.select_for_update():
            entry.site_id = sites.get(said[entry.code])
            if entry.site_id is not None:
                entry.save(update_fields=["site", "updated_at"])
                connected += 1
    return connected


def _named(code: str, capability: Capability, viewer: Viewer) -> Named:
    found = organisation_with_code(code, capability=capability)
    if found is None or found.id == viewer.organisation_id:
        sentence = (
            _("No supplier here has this code. Ask your supplier for the code on its “Organisation” page.")
            if capability == Capability.SUPPLIER
            else _(
                "No customer here has this code. Ask your customer for the code on its “Organisation” page."
            )
        )
        raise Refusal("unknown-code", sentence, status=422, fields={"code": [sentence]})
    return found


def _place(entry: RegisterEntry) -> dict[str, str]:
    return {"code": entry.code, "name": entry.name, "address": entry.address, "country": entry.country}


def _propose(
    link: TradeLink, sites: Sequence[Site], *, viewer: Viewer, message: str, at: datetime
) -> TradeLink:
    link.proposed_by_id, link.proposer_id = viewer.organisation_id, viewer.person_id
    link.message, link.proposed_at = message, at
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError as error:
        if "link_one_living_per_pair" not in str(error):
            raise
        raise Refusal(
            "link-exists", _("You are linked already, or one of you waits for an answer.")
        ) from error
    with transaction.atomic():
        _name_sites(link, sites)
        record(
            verb="sourcing.link_proposed",
            by=viewer,
            subject=link,
            owner_id=link.supplier_id,
            at=at,
            data=_data(link, viewer),
        )
    return link


def _require_sites(covers_all_sites: bool, sites: Sequence[Site]) -> None:
    if not covers_all_sites and not sites:
        sentence = _("Choose at least one site, or all of them.")
        raise Refusal("no-sites", sentence, status=422, fields={"sites": [sentence]})


def _settle_places(
    link: TradeLink, places: Mapping[int, Site | None], *, viewer: Viewer, at: datetime
) -> list[Site]:
    """Write on the link which own site each named place is, adding the new ones; return those sites."""
    settled = []
    for number, named in enumerate(link.named_places):
        if number not in places:
            continue
        site = places[number] or add_site(viewer=viewer, details=_details_of(named), at=at)
        named["site"] = site.code
        settled.append(site)
    return settled


def _details_of(place: Mapping[str, str]) -> SiteDetails:
    return SiteDetails(
        name=place["name"],
        address=place.get("address", ""),
        country=place["country"],
        timezone=guess_timezone(place["country"]),
    )


def _name_sites(link: TradeLink, sites: Iterable[Site]) -> None:
    known = set(link.named_sites.values_list("site_id", flat=True))
    TradeLinkSite.objects.bulk_create(
        [TradeLinkSite(link=link, site=site) for site in sites if site.pk not in known]
    )


def _locked(link: TradeLink, viewer: Viewer) -> TradeLink:
    return TradeLink.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=link.pk)


def _data(link: TradeLink, viewer: Viewer) -> dict[str, Any]:
    """What the notice needs: who acts, and how much of the supplier it is about."""
    return {
        "from": Organisation.objects.get(pk=viewer.organisation_id).name,
        "from_customer": viewer.organisation_id == link.buyer_id,
        "all_sites": link.covers_all_sites,
        "places": len(link.named_places) or link.named_sites.count(),
        "message": link.message,
    }


def _move(
    link: TradeLink,
    to: LinkState,
    verb: str,
    viewer: Viewer,
    at: datetime,
    also: list[str],
    data: Mapping[str, Any] | None = None,
) -> None:
    move(
        link,
        to=to,
        lifecycle=LINK,
        verb=f"sourcing.link_{verb}",
        by=viewer,
        owner_id=link.supplier_id,
        at=at,
        data={**_data(link, viewer), **(data or {})},
        also=also,
    )
