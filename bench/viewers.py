"""The restricted viewers whose pages are measured, and the codes of things they can open."""

from dataclasses import dataclass
from typing import Any

import psycopg

from bench.trade import Trade

MANY = 40  # things of a kind to take turns with, so that no page is measured on the same row twice in a row

# A supplier with about twenty non-compliances and six CARs, whatever the scale.
SMALL_SUPPLIER = """
SELECT f.supplier_id FROM findings_finding f JOIN findings_audit a ON a.id = f.audit_id
  JOIN organisations_organisation o ON o.id = f.supplier_id
 WHERE a.published_at IS NOT NULL AND o.capabilities = ARRAY['supplier']::varchar[]
 GROUP BY 1
 ORDER BY abs(count(*) FILTER (WHERE f.kind = 'nc') - 20) + abs(count(*) FILTER (WHERE f.kind = 'car') - 6), 1
 LIMIT 1
"""
VISIBLE = """
SELECT f.code FROM findings_finding f JOIN findings_audit a ON a.id = f.audit_id
  JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = %(own)s
 WHERE a.published_at IS NOT NULL AND f.kind = %(kind)s
   AND (f.kind <> 'car' OR f.state = 'in_progress')
 ORDER BY f.raised_on DESC, f.id DESC LIMIT %(many)s
"""
AUDITS = """
SELECT a.code FROM findings_audit a JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = %(own)s
 WHERE a.published_at IS NOT NULL ORDER BY a.ends_on DESC, a.id DESC LIMIT %(many)s
"""
SUPPLIERS = """
SELECT supplier_code, supplier_id FROM findings_standing
 WHERE organisation_id = %(own)s AND supplier_id <> organisation_id
   AND last_audit_on IS NOT NULL ORDER BY next_due_on, id LIMIT %(many)s
"""
# A place that the viewer sees, as somebody who looks for it would write it: the supplier's name, without the unit.
# Of the newest, the one with about ten non-compliances, so that the answer is as long at every scale.
PLACE = """
WITH named AS (
  SELECT DISTINCT split_part(site_name, ',', 1) AS name FROM (
    SELECT a.site_name FROM findings_audit a
      JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = %(own)s
     WHERE a.published_at IS NOT NULL ORDER BY a.ends_on DESC, a.id DESC LIMIT %(many)s) AS newest)
SELECT n.name FROM named n
  JOIN findings_audit a ON a.site_name LIKE n.name || '%%' AND a.published_at IS NOT NULL
  JOIN findings_auditaccess x ON x.audit_id = a.id AND x.organisation_id = %(own)s
  JOIN findings_finding f ON f.audit_id = a.id AND f.kind = 'nc'
 GROUP BY n.name ORDER BY abs(count(*) - 10), n.name LIMIT 1
"""
CAPABILITIES = "SELECT unnest(capabilities) FROM organisations_organisation WHERE id = %(own)s"
AT_WORK = """
SELECT code FROM findings_audit WHERE audit_firm_id = %(own)s AND state = 'in_progress'
 ORDER BY id DESC LIMIT %(many)s
"""


@dataclass(frozen=True)
class Seen:
    """One restricted viewer: the organisation's id, its only member's id, codes of what it can open, and places."""

    name: str
    organisation: int
    person: int
    ncs: list[str]
    cars: list[str]
    audits: list[str]
    suppliers: dict[str, int]
    places: list[str]
    capabilities: list[str]


def choose_viewers(cursor: psycopg.Cursor[Any], trade: Trade) -> list[Seen]:
    """Return the big buyer, the mid-sized buyer, a small supplier and the largest audit firm."""
    cursor.execute(SMALL_SUPPLIER)
    row = cursor.fetchone()
    small = int(row[0]) if row else 1
    return [
        _seen(cursor, name, organisation)
        for name, organisation in (
            ("big buyer", trade.big_buyer),
            ("mid buyer", trade.mid_buyer),
            ("small supplier", small),
            ("audit firm", trade.big_firm),
        )
    ]


def audits_at_work(cursor: psycopg.Cursor[Any], firm: int) -> list[str]:
    """Return the codes of audits in progress of a firm."""
    return _codes(cursor, AT_WORK, own=firm)


def _seen(cursor: psycopg.Cursor[Any], name: str, own: int) -> Seen:
    return Seen(
        name,
        own,
        own,
        ncs=_codes(cursor, VISIBLE, own=own, kind="nc"),
        cars=_codes(cursor, VISIBLE, own=own, kind="car"),
        audits=_codes(cursor, AUDITS, own=own),
        suppliers=dict(_found(cursor, SUPPLIERS, own=own)),
        places=_codes(cursor, PLACE, own=own),
        capabilities=_codes(cursor, CAPABILITIES, own=own),
    )


def _codes(cursor: psycopg.Cursor[Any], statement: str, **values: object) -> list[str]:
    return [row[0] for row in _found(cursor, statement, **values)]


def _found(cursor: psycopg.Cursor[Any], statement: str, **values: object) -> list[Any]:
    cursor.execute(statement.encode(), {**values, "many": MANY})
    return cursor.fetchall()
