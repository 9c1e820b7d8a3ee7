"""Who may see what, stated a second time and independently, in plain Python over plain rows.

Nothing here asks `visible_to`, the access tables, their SQL views or row security: only ownership, trade links,
engagements, publication and site limits, read as the owner of the tables. A word may reach a reader when it stands
in at least one cell that this reader may see.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils import timezone

from tests.conftest import owner_role
from tests.matrices import slices
from tests.matrices.canaries import SEEDED_APPS, tenant_models, text_fields, words_in

Row = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who looks: a person, the organisation they look for, and the sites they are limited to there."""

    person: int | None = None
    organisation: int | None = None
    sites: frozenset[int] | None = None
    is_admin: bool = False


@dataclass
class Facts:
    """Every row of every tenant table, by model and primary key."""

    rows: dict[str, dict[int, Row]]
    cells: dict[str, set[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(set))

    def __getitem__(self, label: str) -> dict[int, Row]:
        return self.rows[label]


def facts() -> Facts:
    """Read the world as it stands now."""
    found = Facts({})
    with owner_role():
        for model in tenant_models():
            label = model._meta.label
            names = [one.attname for one in model._meta.concrete_fields]
            found.rows[label] = {row["id"]: row for row in model._base_manager.values(*names)}
            for row in found.rows[label].values():
                for name in text_fields(model):
                    for word in words_in(row[name]):
                        found.cells[word].add((label, row["id"], name))
    return found


def may_read(known: Facts, reader: Reader) -> set[str]:
    """Return every word that `reader` may come across."""
    allowed = set()
    decided: dict[tuple[str, int], bool] = {}
    for word, cells in known.cells.items():
        for label, key, _name in cells:
            if (label, key) not in decided:
                decided[label, key] = sees(known, reader, label, key)
            if decided[label, key]:
                allowed.add(word)
                break
    return allowed


def sees(known: Facts, reader: Reader, label: str, key: int) -> bool:
    """Tell whether `reader` may see the row `key` of the model `label`.

    Raises:
        KeyError: nobody has written a rule for this model.
    """
    row = known[label][key]
    if label.startswith("documents.") and row["incident_id"] is not None:
        return rules()[f"{label} in a case"](
            known, reader, row
        )  # whosever it is, and whatever else it hangs on
    if label.startswith("documents.") and row["group_id"] is not None:
        # A paper is asked for by an organisation; once made, it is the group's.
        is_asker = label == "documents.Document" or _own(known, reader, row)
        return is_asker and _inside(known, reader, row)
    return rules()[label](known, reader, row)


def _own(_known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and row["organisation_id"] == reader.organisation


def _organisation(known: Facts, reader: Reader, row: Row) -> bool:
    """One's own, those one belongs to, the listed, and the other end of any trade link or engagement ever."""
    ends = {reader.organisation, row["id"]}
    is_met = any(
        {one["buyer_id"], one["supplier_id"]} == ends for one in known["sourcing.TradeLink"].values()
    )
    is_asked = any(
        {one["audit_firm_id"], one["supplier_id"]} == ends for one in known["sourcing.Engagement"].values()
    )
    is_member = any(
        one["person_id"] == reader.person and one["organisation_id"] == row["id"] and one["is_active"]
        for one in known["organisations.Membership"].values()
    )
    is_known = reader.organisation is not None and (row["is_listed"] or is_met or is_asked)
    return row["id"] == reader.organisation or is_member or is_known


def _person(known: Facts, reader: Reader, row: Row) -> bool:
    """Oneself, and colleagues, former ones included: their deeds stay in the activity."""
    return row["id"] == reader.person or any(
        one["person_id"] == row["id"] and one["organisation_id"] == reader.organisation
        for one in known["organisations.Membership"].values()
        if reader.organisation is not None
    )


def _site(known: Facts, reader: Reader, row: Row) -> bool:
    """Its supplier (within the member's sites), customers whose link in force covers it, firms engaged for it now."""
    if reader.organisation is None:
        return False
    if row["organisation_id"] == reader.organisation:
        return _within(reader, row["id"])
    return row["id"] in _shown_to(known, reader) or row["id"] in _engaged_for(known, reader)


def _within(reader: Reader, site: int) -> bool:
    return reader.sites is None or site in reader.sites


def _shown_to(known: Facts, reader: Reader) -> set[int]:
    named = defaultdict(set)
    for one in known["sourcing.TradeLinkSite"].values():
        named[one["link_id"]].add(one["site_id"])
    shown: set[int] = set()
    for link in known["sourcing.TradeLink"].values():
        if link["buyer_id"] == reader.organisation and link["state"] == "accepted":
            owned = {
                key
                for key, s in known["sourcing.Site"].items()
                if s["organisation_id"] == link["supplier_id"]
            }
            shown |= owned if link["covers_all_sites"] else owned & named[link["id"]]
    return shown


def _engaged_for(known: Facts, reader: Reader) -> set[int]:
    rows = known["sourcing.Engagement"].values()
    return {
        one["site_id"]
        for one in rows
        if one["audit_firm_id"] == reader.organisation and one["state"] == "active"
    }


def _link(_known: Facts, reader: Reader, row: Row) -> bool:
    """Its two ends, for ever."""
    return reader.organisation is not None and reader.organisation in {row["buyer_id"], row["supplier_id"]}


def _engagement(_known: Facts, reader: Reader, row: Row) -> bool:
    """The audit firm and the supplier, for ever; of the supplier only those who look after the site."""
    if reader.organisation is not None and row["supplier_id"] == reader.organisation:
        return _within(reader, row["site_id"])
    return reader.organisation is not None and row["audit_firm_id"] == reader.organisation


def _audit(known: Facts, reader: Reader, row: Row) -> bool:
    """Its firm always; the supplier once submitted; after publication whoever is a customer or engaged now."""
    if reader.organisation is None:
        return False
    if row["audit_firm_id"] == reader.organisation:
        return True
    if row["supplier_id"] == reader.organisation:
        return row["state"] in {"submitted", "published", "superseded"} and _within(reader, row["site_id"])
    is_open = row["state"] in {"published", "superseded"}
    is_met = row["site_id"] in _shown_to(known, reader) | _engaged_for(known, reader)
    return is_open and (is_met or (row["id"], None) in _shared_with(known, reader))


def _shared_with(known: Facts, reader: Reader) -> set[tuple[int, int | None]]:
    """What shares in force show: (audit, None) for a whole audit, (audit, CAR) for just one."""
    in_force = [share for share in known["findings.Share"].values() if _reaches(known, reader, share)]
    return {(share["audit_id"], share["finding_id"]) for share in in_force}


def _reaches(known: Facts, reader: Reader, share: Row) -> bool:
    """An organisation's editors and admins while they act for it; a person always. Neither after the end.

    Addresses are overwritten when words are planted, so whom an address meant is read from the grant.
    """
    if share["revoked_at"] is not None or share["ends_at"] <= timezone.now():
        return False
    if share["organisation_id"] is None:
        grants = known["findings.AuditGrant"].values()
        return any((one["share_id"], one["user_id"]) == (share["id"], reader.person) for one in grants)
    return share["organisation_id"] == reader.organisation and any(
        one["person_id"] == reader.person
        and one["organisation_id"] == reader.organisation
        and one["is_active"]
        and one["role"] in {"admin", "editor"}
        for one in known["organisations.Membership"].values()
    )


def _share(known: Facts, reader: Reader, row: Row) -> bool:
    """Its owner's people of the site, for ever; its recipient while it lasts."""
    if reader.organisation is not None and row["owner_id"] == reader.organisation:
        return _within(reader, known["findings.Audit"][row["audit_id"]]["site_id"])
    return _reaches(known, reader, row)


def _finding(known: Facts, reader: Reader, row: Row) -> bool:
    """As its audit; or shared alone."""
    return _of_audit(known, reader, row) or (row["audit_id"], row["id"]) in _shared_with(known, reader)


def _plan(known: Facts, reader: Reader, row: Row) -> bool:
    return _finding(known, reader, known["findings.Finding"][row["finding_id"]])


def _of_plan(known: Facts, reader: Reader, row: Row) -> bool:
    return _plan(known, reader, known["findings.ActionPlan"][row["plan_id"]])


def _attached(known: Facts, reader: Reader, row: Row) -> bool:
    """Whether a version or report that the reader sees names this file."""
    pieces = [*known["findings.PlanVersion"].values(), *known["findings.PlanUpdate"].values()]
    return any(one["document_id"] == row["id"] and _of_plan(known, reader, one) for one in pieces)


def _of_audit(known: Facts, reader: Reader, row: Row) -> bool:
    return _audit(known, reader, known["findings.Audit"][row["audit_id"]])


def _supplier_of_finding(known: Facts, reader: Reader, row: Row) -> bool:
    site = known["findings.Finding"][row["finding_id"]]["site_id"]
    return row["supplier_id"] == reader.organisation and _within(reader, site)


def _response(known: Facts, reader: Reader, row: Row) -> bool:
    """The customer who wrote it and the supplier: never another customer, never the audit firm."""
    if reader.organisation is None:
        return False
    if row["organisation_id"] == reader.organisation:
        return True
    audit = known["findings.Audit"][row["audit_id"]]
    return row["supplier_id"] == reader.organisation and _within(reader, audit["site_id"])


def _document(known: Facts, reader: Reader, row: Row) -> bool:
    """Its owner, and whoever sees the audit it was placed under; of the supplier only those of that site."""
    if row["audit_id"] is not None:
        audit = known["findings.Audit"][row["audit_id"]]
        if audit["supplier_id"] != reader.organisation:
            return _own(known, reader, row) or _audit(known, reader, audit) or _attached(known, reader, row)
        return _audit(known, reader, audit)
    return _own(known, reader, row)


def _inside(known: Facts, reader: Reader, row: Row) -> bool:
    """Who takes part in the group now, for the organisation they act for, and has accepted its newest notice."""
    if reader.organisation is None:
        return False
    operator = known["forum.Group"][row["group_id"]]["operator_id"]
    notices = [one for one in known["forum.CompetitionNotice"].values() if one["operator_id"] == operator]
    newest = max(notices, key=lambda one: one["number"], default={"id": 0})["id"]
    accepted = any(
        (one["notice_id"], one["person_id"]) == (newest, reader.person)
        for one in known["forum.NoticeAcceptance"].values()
    )
    return accepted and any(
        (one["group_id"], one["person_id"], one["organisation_id"], one["state"])
        == (row["group_id"], reader.person, reader.organisation, "active")
        for one in known["forum.Participant"].values()
    )


def _nobody(_known: Facts, _reader: Reader, _row: Row) -> bool:
    return False


RULES: dict[str, Callable[[Facts, Reader, Row], bool]] = {
    "organisations.Organisation": _organisation,
    "organisations.OrganisationAccess": _nobody,
    "organisations.Person": _person,
    "organisations.Membership": _own,
    "organisations.Invitation": _own,
    "organisations.ApiToken": _own,
    "sourcing.Site": _site,
    "sourcing.SiteAccess": _nobody,
    "sourcing.TradeLink": _link,
    "sourcing.TradeLinkSite": _nobody,
    "sourcing.Engagement": _engagement,
    "sourcing.RegisterEntry": _own,
    "sourcing.ExternalId": _own,
    "sourcing.SiteImport": _own,
    "sourcing.ImportRow": _own,
    "sourcing.MatchDecision": _own,
    "documents.Document": _document,
    "documents.Rendering": _own,
    "findings.Audit": _audit,
    "findings.AuditAccess": _nobody,
    "findings.Auditor": _of_audit,
    "findings.Finding": _finding,
    "findings.Reassessment": _of_audit,
    "findings.Understanding": _supplier_of_finding,
    "findings.PlanDraft": _supplier_of_finding,
    "findings.ActionPlan": _plan,
    "findings.PlanVersion": _of_plan,
    "findings.PlanUpdate": _of_plan,
    "findings.Share": _share,
    "findings.AuditGrant": _nobody,
    "findings.PlanResponse": _response,
}


@cache
def rules() -> dict[str, Callable[[Facts, Reader, Row], bool]]:
    """Return the rules of every model, those of the slices included."""
    found = dict(RULES)
    for more in slices.all_of("RULES"):
        found |= more
    for more in slices.all_of("ALSO"):
        found |= {label: _either(found[label], rule) for label, rule in more.items()}
    return found


def _either(one: Callable[[Facts, Reader, Row], bool], other: Callable[[Facts, Reader, Row], bool]) -> Any:
    return lambda known, reader, row: one(known, reader, row) or other(known, reader, row)


def ruleless() -> list[str]:
    """Return the tenant models of which nobody has said who may see them."""
    return [model._meta.label for model in tenant_models() if model._meta.label not in rules()]


__all__ = ["RULES", "SEEDED_APPS", "Facts", "Reader", "facts", "may_read", "ruleless", "sees"]
