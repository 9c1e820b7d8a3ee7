"""Finding again what the world's words name: findings by site and title, plans and CARs by key."""

from typing import Any

from config.demo.content import sites
from config.demo.stage import Stage
from config.demo.trade import HEADS
from findings.models import ActionPlan, Audit, Finding


def supplier_of(site: str) -> str:
    """Return the key of the supplier that a site belongs to."""
    return next(one["supplier"] for one in sites() if one["key"] == site)


def as_supplier(stage: Stage, site: str) -> Any:
    """Act as whoever speaks for the supplier of a site."""
    supplier = supplier_of(site)
    return stage.acting(supplier, HEADS[supplier])


def as_firm(stage: Stage, site: str) -> Any:
    """Act as whoever speaks for the audit firm of a site."""
    firm = stage.firms[site]
    return stage.acting(firm, HEADS[firm])


def audit_at(stage: Stage, site: str, day: int) -> Audit:
    """Return the audit of a site that ended so many days ago, as it is now."""
    rows = Audit.objects.select_related("version").filter(site=stage.sites[site])
    return rows.get(ends_on=stage.day(day))


def found(stage: Stage, site: str, title: str) -> Finding:
    """Return the newest finding of a site with a title, as it is now."""
    rows = Finding.objects.select_related("audit__version", "site", "requirement")
    return rows.filter(site=stage.sites[site], title=title).latest("raised_on", "pk")


def car(stage: Stage, key: str) -> Finding:
    """Return a CAR by its key, as it is now."""
    rows = Finding.objects.select_related("audit__version", "site", "requirement__section__version")
    return rows.get(pk=stage.cars[key].pk)


def site_of_car(stage: Stage, key: str) -> str:
    """Return the key of the site of a CAR."""
    site_id = stage.cars[key].site_id
    return next(name for name, site in stage.sites.items() if site.pk == site_id)


def plan(stage: Stage, key: str) -> ActionPlan:
    """Return the plan of a CAR, as it is now."""
    return ActionPlan.objects.select_related("finding__site", "finding__audit").get(finding=stage.cars[key])
