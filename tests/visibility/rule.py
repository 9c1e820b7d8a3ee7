"""Who sees what, said once more and independently: from the domain page, in Python, over plain rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

Access = dict[tuple[int, int], tuple[int, tuple[str, ...]]]  # (organisation, object) → (owner, bases)


@dataclass
class Facts:
    """The sources, as rows."""

    sites: dict[int, int] = field(default_factory=dict)  # site → supplier
    links: list[tuple[int, int, str, bool, frozenset[int]]] = field(default_factory=list)
    engagements: list[tuple[int, int, int, str]] = field(default_factory=list)
    audits: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # audit → (site, firm, state)
    organisations: dict[int, bool] = field(default_factory=dict)  # organisation → listed


def read_facts() -> Facts:
    """Return the sources as they are; the asking role must see every row."""
    named: dict[int, set[int]] = defaultdict(set)
    for link, site in _ask("SELECT link_id, site_id FROM sourcing_tradelinksite"):
        named[link].add(site)
    links = _ask("SELECT id, buyer_id, supplier_id, state, covers_all_sites FROM sourcing_tradelink")
    return Facts(
        sites=dict(_ask("SELECT id, organisation_id FROM sourcing_site")),
        links=[(b, s, state, every, frozenset(named[pk])) for pk, b, s, state, every in links],
        engagements=_ask("SELECT site_id, supplier_id, audit_firm_id, state FROM sourcing_engagement"),
        audits={
            pk: (site, firm, state)
            for pk, site, firm, state in _ask("SELECT id, site_id, audit_firm_id, state FROM findings_audit")
        },
        organisations=dict(_ask("SELECT id, is_listed FROM organisations_organisation")),
    )


def site_access(facts: Facts) -> Access:
    """The supplier; customers by an accepted link that covers the site; firms engaged for it now."""
    reasons: dict[tuple[int, int], set[str]] = defaultdict(set)
    for site, supplier in facts.sites.items():
        reasons[supplier, site].add("owner")
        for buyer, seller, state, covers_all, named in facts.links:
            if seller == supplier and state == "accepted" and (covers_all or site in named):
                reasons[buyer, site].add("customer")
        for place, asker, firm, state in facts.engagements:
            if place == site and asker == supplier and state == "active":
                reasons[firm, site].add("audit_firm")
    return {key: (facts.sites[key[1]], tuple(sorted(why))) for key, why in reasons.items()}


def audit_access(facts: Facts) -> Access:
    """The firm always; the supplier from submission on; after publication whoever else sees the site.

    A firm that is engaged for the site, but did not make the audit, has a ground of its own.
    """
    sees = site_access(facts)
    reasons: dict[tuple[int, int], set[str]] = defaultdict(set)
    for audit, (site, firm, state) in facts.audits.items():
        reasons[firm, audit].add("audit_firm")
        if state in {"submitted", "published", "superseded"}:
            reasons[facts.sites[site], audit].add("owner")
        if state in {"published", "superseded"}:
            for (reader, place), (_owner, why) in sees.items():
                if place == site:
                    known = {"audit_firm": "audit_firm" if reader == firm else "engaged"}
                    reasons[reader, audit] |= {known.get(one, one) for one in why} - {"owner"}
    return {
        key: (facts.sites[facts.audits[key[1]][0]], tuple(sorted(why))) for key, why in reasons.items() if why
    }


def acquaintance(facts: Facts) -> set[tuple[int, int]]:
    """The two ends of any link, and the two sides of any engagement."""
    pairs = {(buyer, supplier) for buyer, supplier, *_rest in facts.links}
    pairs |= {(supplier, firm) for _site, supplier, firm, _state in facts.engagements}
    return pairs | {(other, one) for one, other in pairs}


def kept_site_access() -> Access:
    """What the table says."""
    rows = _ask("SELECT organisation_id, site_id, owner_id, bases FROM sourcing_siteaccess")
    return {(who, what): (owner, tuple(sorted(bases))) for who, what, owner, bases in rows}


def kept_audit_access() -> Access:
    """What the table says."""
    rows = _ask("SELECT organisation_id, audit_id, owner_id, bases FROM findings_auditaccess")
    return {(who, what): (owner, tuple(sorted(bases))) for who, what, owner, bases in rows}


def kept_acquaintance() -> set[tuple[int, int]]:
    """What the table says."""
    return set(_ask("SELECT organisation_id, target_id FROM organisations_organisationaccess"))


def _ask(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
