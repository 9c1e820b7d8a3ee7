# ruff: noqa: S608 (names and numbers of this file only)
"""A concentrated random history: few suppliers, many events, several connections at once."""

import copy
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError, OperationalError

from findings.models import Audit, Finding, MethodologyVersion
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places


@dataclass(frozen=True)
class Cast:
    """The organisations of a history, by id."""

    suppliers: list[int]
    buyers: list[int]
    firms: list[int]
    version: MethodologyVersion


def make_cast() -> Cast:
    """Make three suppliers with three sites each, four buyers (one a supplier as well) and two firms."""
    suppliers = [people.organisation() for _number in range(3)]
    buyers = [people.organisation("", Capability.BUYER) for _number in range(3)]
    firms = [people.organisation("", Capability.AUDIT_FIRM, is_listed=True) for _number in range(2)]
    for supplier in suppliers:
        for _number in range(3):
            places.site(supplier)
    return Cast(
        [one.pk for one in suppliers],
        [*(one.pk for one in buyers), suppliers[0].pk],
        [one.pk for one in firms],
        audits.version(),
    )


def run(cast: Cast, *, seed: int, threads: int, events: int) -> None:
    """Let `threads` connections make `events` random events each, one or two to a transaction.

    Events that the guards or a deadlock refuse are rolled back, as they would be in life.
    """
    faults: list[BaseException] = []

    def live(number: int) -> None:
        dice = random.Random(seed * 1000 + number)  # noqa: S311 (a fixed seed, not a secret)
        connection.settings_dict = copy.deepcopy(connection.settings_dict)  # this thread's role is its own
        try:
            with owner_role():
                for _event in range(events):
                    _one_transaction(dice, cast)
        except BaseException as fault:  # told by the main thread
            faults.append(fault)
        finally:
            connection.close()

    lives = [threading.Thread(target=live, args=(number,)) for number in range(threads)]
    for one in lives:
        one.start()
    for one in lives:
        one.join()
    assert not faults, faults


def _one_transaction(dice: random.Random, cast: Cast) -> None:
    try:
        with transaction.atomic():
            _do("SET LOCAL lock_timeout = '100ms'")  # ends a deadlock sooner than the server would
            for _step in range(dice.choice((1, 1, 2))):
                dice.choices([event for event, _weight in EVENTS], [weight for _event, weight in EVENTS])[0](
                    dice, cast
                )
    except (IntegrityError, OperationalError, InternalError):
        return


def _do(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _propose(dice: random.Random, cast: Cast) -> None:
    buyer, supplier = dice.choice(cast.buyers), dice.choice(cast.suppliers)
    _do(
        """INSERT INTO sourcing_tradelink (code, buyer_id, supplier_id, proposed_by_id, state, covers_all_sites,
             named_places, message, answer, proposed_at)
           VALUES (%s, %s, %s, %s, 'proposed', %s, '[]', '', '', now())""",
        f"L{dice.getrandbits(40):010X}",
        buyer,
        supplier,
        buyer,
        dice.random() < 0.4,
    )


def _accept(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""UPDATE sourcing_tradelink SET state = 'accepted', answered_at = now()
            WHERE id = (SELECT id FROM sourcing_tradelink WHERE state = 'proposed' ORDER BY {_any(dice)} LIMIT 1)"""
    )


def _end(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""UPDATE sourcing_tradelink SET state = 'ended', ended_at = now()
            WHERE id = (SELECT id FROM sourcing_tradelink WHERE state = 'accepted' ORDER BY {_any(dice)} LIMIT 1)"""
    )


def _name_site(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""INSERT INTO sourcing_tradelinksite (link_id, site_id)
            SELECT l.id, s.id FROM sourcing_tradelink l JOIN sourcing_site s ON s.organisation_id = l.supplier_id
             WHERE l.state IN ('proposed', 'accepted') ORDER BY {_any(dice, "l.id * 31 + s.id")} LIMIT 1
            ON CONFLICT DO NOTHING"""
    )


def _forget_site(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""DELETE FROM sourcing_tradelinksite
             WHERE id = (SELECT id FROM sourcing_tradelinksite ORDER BY {_any(dice)} LIMIT 1)"""
    )


def _widen(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""UPDATE sourcing_tradelink SET covers_all_sites = NOT covers_all_sites
            WHERE id = (SELECT id FROM sourcing_tradelink WHERE state = 'accepted' ORDER BY {_any(dice)} LIMIT 1)"""
    )


def _engage(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""INSERT INTO sourcing_engagement
              (code, site_id, supplier_id, audit_firm_id, state, note, answer, place, proposed_at)
            SELECT %s, s.id, s.organisation_id, %s, %s, '', '', '{{}}', now()
              FROM sourcing_site s ORDER BY {_any(dice)} LIMIT 1""",
        f"E{dice.getrandbits(40):010X}",
        dice.choice(cast.firms),
        dice.choice(("proposed", "active")),
    )


def _move_engagement(dice: random.Random, cast: Cast) -> None:
    before, after = dice.choice((("proposed", "active"), ("active", "ended"), ("proposed", "declined")))
    _do(
        f"""UPDATE sourcing_engagement SET state = %s
            WHERE id = (SELECT id FROM sourcing_engagement WHERE state = %s ORDER BY {_any(dice)} LIMIT 1)""",
        after,
        before,
    )


def _transfer(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""UPDATE sourcing_site SET organisation_id = %s
            WHERE id IN (SELECT id FROM sourcing_site ORDER BY {_any(dice)} LIMIT {dice.choice((1, 1, 2))})""",
        dice.choice(cast.suppliers),
    )


def _audit(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""INSERT INTO findings_audit
              (code, site_id, supplier_id, audit_firm_id, version_id, kind, notice, pillars, reference, starts_on,
               ends_on, state, summary, language, created_at, site_name, site_country, supplier_name, audit_firm_name)
            SELECT %s, s.id, s.organisation_id, %s, %s, 'periodic', 'announced', 2, '', '2026-03-01', '2026-03-02',
                   'in_progress', '', '', now(), '', '', '', '' FROM sourcing_site s ORDER BY {_any(dice)} LIMIT 1""",
        f"A{dice.getrandbits(40):010X}",
        dice.choice(cast.firms),
        cast.version.pk,
    )


def _publish(dice: random.Random, cast: Cast) -> None:
    before, after = dice.choice((("in_progress", "submitted"), ("submitted", "published")))
    _do(
        f"""UPDATE findings_audit SET state = %s, published_at = CASE WHEN %s = 'published' THEN now() END
            WHERE id = (SELECT id FROM findings_audit WHERE state = %s ORDER BY {_any(dice)} LIMIT 1)""",
        after,
        after,
        before,
    )


def _find(dice: random.Random, cast: Cast) -> None:
    open_audits = list(Audit.objects.filter(state="in_progress").order_by("pk"))
    if open_audits:
        audits.finding(dice.choice(open_audits), dice.choice(("nc", "nc", "car")))


def _move_finding(dice: random.Random, cast: Cast) -> None:
    before, after = dice.choice(
        (("open", "action_submitted"), ("action_submitted", "open"), ("open", "superseded"))
    )
    _do(
        f"""UPDATE findings_finding f SET state = %s
             WHERE id = (SELECT f.id FROM findings_finding f JOIN findings_audit a ON a.id = f.audit_id
                          WHERE f.kind = 'nc' AND f.state = %s AND a.published_at IS NOT NULL
                          ORDER BY {_any(dice, "f.id")} LIMIT 1)""",
        after,
        before,
    )


def _plan(dice: random.Random, cast: Cast) -> None:
    cars = list(Finding.objects.filter(kind="car", state="open", audit__state="published").order_by("pk"))
    if cars:
        audits.plan(dice.choice(cars))


def _rename(dice: random.Random, cast: Cast) -> None:
    _do(
        "UPDATE organisations_organisation SET name = %s WHERE id = %s",
        f"Renamed {dice.getrandbits(16)}",
        dice.choice(cast.suppliers),
    )


def _remove_link(dice: random.Random, cast: Cast) -> None:
    _do(
        f"""WITH gone AS (SELECT id FROM sourcing_tradelink ORDER BY {_any(dice)} LIMIT 1),
                 sites AS (DELETE FROM sourcing_tradelinksite WHERE link_id IN (SELECT id FROM gone))
            DELETE FROM sourcing_tradelink WHERE id IN (SELECT id FROM gone)"""
    )


def _any(dice: random.Random, column: str = "id") -> str:
    """Return an order by which LIMIT 1 draws a row, decided by these dice."""
    return f"hashint8(({column}) + {dice.getrandbits(31)})"


EVENTS: list[tuple[Callable[[random.Random, Cast], None], int]] = [
    (_propose, 5),
    (_accept, 8),
    (_end, 2),
    (_name_site, 5),
    (_forget_site, 1),
    (_widen, 1),
    (_engage, 3),
    (_move_engagement, 4),
    (_transfer, 2),
    (_audit, 4),
    (_find, 8),
    (_publish, 8),
    (_move_finding, 6),
    (_plan, 3),
    (_rename, 1),
    (_remove_link, 1),
]
