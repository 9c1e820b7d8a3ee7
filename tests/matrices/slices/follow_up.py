"""What a follow-up looks at, and what is found again: the firm's work until publication, then everyone's to read."""

import datetime as dt
from typing import Any

from findings.models import Auditor, FollowUpItem
from tests.factories import findings as audits
from tests.matrices.cases import api, done, page, says, sent
from tests.matrices.oracle import _of_audit
from tests.matrices.world import World

SEEN = {"result": "closed", "note": "It is clear."}


def build(world: World) -> None:
    """Make a follow-up of the audit that its firm is writing, and one far away."""
    firm, other = world.organisations["firm"], world.organisations["other_firm"]
    for name, parent, nc, maker in (
        ("follow_up", world["audit"], world["nc"], firm),
        ("far_follow_up", world["far_audit"], world["far_nc"], other),
    ):
        audit = audits.audit(
            parent.site, maker, kind="follow_up_partial", parent=parent, ends_on=dt.date(2026, 2, 1)
        )
        Auditor.objects.create(audit=audit, name="Lead", grade="RA", apsca_number="21700001", is_lead=True)
        world.things[name] = audit
        world.things[f"{name}_item"] = FollowUpItem.objects.create(audit=audit, finding=nc, note="x")


RULES: dict[str, Any] = {"findings.FollowUpItem": _of_audit}
PAGES = {
    "findings:follow_up": {
        "get": page({"firm"}, of="follow_up"),
        "post": done({"firm"}, of="follow_up", body=lambda world: {"findings": [world["nc"].code]}),
    },
    "findings:follow_up_note": {
        "get": page({"firm"}, of=("follow_up", "nc")),
        "post": done({"firm"}, of=("follow_up", "nc"), body=says(**SEEN)),
    },
    "findings:raise_again": {"post": done({"firm"}, of=("draft", "nc"))},
    "api-audit-follow-up": {
        "get": api({"firm"}, of="follow_up"),
        "put": sent({"firm"}, of="follow_up", body=lambda world: {"findings": [world["nc"].code]}),
    },
    "api-audit-follow-up-note": {"post": sent({"firm"}, of=("follow_up", "nc"), body=says(**SEEN))},
    "api-audit-raise-again": {"post": sent({"firm"}, of=("draft", "nc"), status=201)},
}
