"""More time for a non-compliance: the site asks, its audit firm answers; no customer moves a date."""

from typing import Any

from tests.factories import findings as audits
from tests.factories import sourcing as places
from tests.factories.corrections import extension, granted
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.oracle import _of_audit
from tests.matrices.principals import EDITORS, MEMBERS
from tests.matrices.slices.corrective import ONLOOKERS, OTHERS_OF_FIRM

ASKED = {"wanted_on": "2099-01-01", "reason": "The door comes later"}


def build(world: Any) -> None:
    """One request that was granted, and one that waits."""
    granted(extension(world["nc"], 10))
    world.things["extension"] = extension(world["nc"], 3000 * 9)
    world.things["far_extension"] = _far(world)


def _far(world: Any) -> Any:
    audit = audits.audit(world["far_site"], world.organisations["other_firm"], kind="initial")
    found = audits.finding(audit)
    audits.publish(audit)
    return extension(found)


PAGES: dict[str, dict[str, Case]] = {
    "findings:extension_ask": {
        "get": page(EDITORS, forbidden=ONLOOKERS, of="nc_open"),
        "post": done(EDITORS, forbidden=ONLOOKERS, of="nc_open", body=says(**ASKED)),
    },
    "findings:extension_answer": {
        "get": page({"firm"}, forbidden=OTHERS_OF_FIRM, of="extension"),
        "post": done({"firm"}, forbidden=OTHERS_OF_FIRM, of="extension", body=says(answer="no", reason="x")),
    },
    "findings:extensions": {"get": page()},
    "api-extension-ask": {
        "post": sent(EDITORS, forbidden=ONLOOKERS, of="nc_open", status=201, body=says(**ASKED))
    },
    "api-extension-answer": {
        "post": sent(
            {"firm"}, forbidden=OTHERS_OF_FIRM, of="extension", body=says(is_granted=False, reason="x")
        )
    },
    "api-extensions": {"get": api()},
    "api-several-ask": {
        "post": sent(MEMBERS, body=lambda world: {"codes": [world["nc_open"].code], **ASKED})
    },
    "api-several-answer": {
        "post": sent(MEMBERS, body=lambda world: {"codes": [world["nc"].code], "is_granted": True})
    },
}
RULES = {"findings.Extension": _of_audit, "findings.ExtensionAnswer": _of_audit}
LISTS = {"findings:extensions": "supplier", "api-extensions": "supplier"}


def grow(small: Any) -> None:
    """Add one request that waits."""
    site = places.site(small.supplier.organisation)
    audit = audits.audit(site, small.firm.organisation)
    found = audits.finding(audit)
    audits.publish(audit)
    extension(found)
