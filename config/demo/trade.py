"""Sites, trade links in every state, engagements in every state."""

from datetime import datetime
from typing import Any

from config.demo.cast import FOUNDED
from config.demo.content import sites, words
from config.demo.stage import Stage
from sourcing.actions.engagement import (
    accept_engagement,
    ask_for_audit,
    decline_engagement,
    end_engagement,
)
from sourcing.actions.link import (
    accept_as_customer,
    accept_as_supplier,
    decline_link,
    end_link,
    propose_to_customer,
    propose_to_supplier,
    withdraw_link,
)
from sourcing.actions.site import add_site
from sourcing.models import Engagement, RegisterEntry, Site, TradeLink
from sourcing.models.details import SiteDetails
from sourcing.queries.normalising import normal_name
from sourcing.queries.timezones import guess_timezone

# Who speaks for an organisation in such matters: its first admin, and who answers beside them.
HEADS = {
    "northfield": "tom",
    "kestrelway": "marion",
    "halvorna": "sanna",
    "jolrekha": "nasrin",
    "vega": "inma",
    "songveil": "thu",
    "malarkani": "meena",
    "fairlathe": "walter",
    "oakmeter": "lucien",
}
FIRST_SITES = FOUNDED - 20


def open_sites(stage: Stage) -> None:
    """Have each supplier add its sites."""
    for place, supplier in enumerate(dict.fromkeys(said["supplier"] for said in sites())):

        def add(at: datetime, supplier: str = supplier) -> None:
            with stage.acting(*_head(supplier)) as viewer:
                for said in sites():
                    if said["supplier"] == supplier:
                        site = add_site(viewer=viewer, details=_details(said), at=at)
                        stage.sites[said["key"]] = site
            rows = Site.objects.filter(organisation=stage.organisations[supplier])
            rows.update(created_at=at, updated_at=at)

        stage.on(FIRST_SITES, add, hour=9, minute=place)


def _details(said: dict[str, str]) -> SiteDetails:
    return SiteDetails(
        name=said["name"],
        country=said["country"],
        timezone=guess_timezone(said["country"]),
        address=said["address"],
        kind=said["kind"],
        sector=said["sector"],
        workers=int(said["workers"]),
        latitude=float(said["latitude"]),
        longitude=float(said["longitude"]),
    )


def link_them(stage: Stage) -> None:
    """Have customers and suppliers ask each other, answer, and part."""
    stage.on(160, lambda at: _list_places(stage, at))
    for said in words("trade")["links"]:
        _link(stage, said)


def _list_places(stage: Stage, at: datetime) -> None:
    """Invented places in customers' own registers; their proposals name some, and some are connected already."""
    for said in words("trade")["register"]:
        entry = RegisterEntry.objects.create(
            organisation=stage.organisations[said["keeper"]],
            site=stage.sites[said["site"]] if "site" in said else None,
            name=said["name"],
            address=said["address"],
            country=said["country"],
            match_key=normal_name(said["name"]),
        )
        RegisterEntry.objects.filter(pk=entry.pk).update(created_at=at, updated_at=at)
        stage.places[said["key"]] = entry


def _link(stage: Stage, said: dict[str, Any]) -> None:
    asks, answers = said[said["by"]], said["supplier" if said["by"] == "buyer" else "buyer"]
    made: list[TradeLink] = []

    def ask(at: datetime) -> None:
        named = [stage.sites[key] for key in said.get("sites", [])]
        with stage.acting(asks, HEADS[asks]) as viewer:
            code, message = stage.organisations[answers].code, said.get("message", "")
            if said["by"] == "buyer":
                places = [stage.places[key] for key in said.get("places", [])]
                link = propose_to_supplier(viewer=viewer, code=code, entries=places, message=message, at=at)
            else:
                link = propose_to_customer(
                    viewer=viewer, code=code, covers_all_sites=not named, sites=named, message=message, at=at
                )
        made.append(link)

    def answer(at: datetime) -> None:
        link, what = made[0], said["answer"]
        with stage.acting(*_head(asks if what == "withdrawn" else answers)) as viewer:
            if what == "withdrawn":
                withdraw_link(viewer=viewer, link=link, at=at)
            elif what == "declined":
                decline_link(viewer=viewer, link=link, reason=said["reason"], at=at)
            elif said["by"] == "supplier":
                accept_as_customer(viewer=viewer, link=link, at=at)
            else:
                named = [stage.sites[key] for key in said.get("sites", [])]
                accept_as_supplier(viewer=viewer, link=link, covers_all_sites=not named, sites=named, at=at)

    def end(at: datetime) -> None:
        with stage.acting(*_head(said[said["ended_by"]])) as viewer:
            end_link(viewer=viewer, link=made[0], at=at)

    stage.on(said["asked"], ask, hour=9, minute=30)
    if "answer" in said:
        stage.on(said["answered"], answer, hour=12)
    if "ended" in said:
        stage.on(said["ended"], end, hour=15)


def engage_firms(stage: Stage) -> None:
    """Have suppliers ask audit firms, firms answer, and some engagements end."""
    for said in words("trade")["engagements"]:
        _engage(stage, said)


def _engage(stage: Stage, said: dict[str, Any]) -> None:
    firm, supplier = said["firm"], next(one["supplier"] for one in sites() if one["key"] == said["sites"][0])
    made: list[Engagement] = []

    def ask(at: datetime) -> None:
        with stage.acting(*_head(supplier)) as viewer:
            made.extend(
                ask_for_audit(
                    viewer=viewer,
                    audit_firm=stage.organisations[firm],
                    sites=[stage.sites[key] for key in said["sites"]],
                    note=said.get("note", ""),
                    at=at,
                )
            )

    def answer(at: datetime) -> None:
        with stage.acting(*_head(firm)) as viewer:
            for one in made:
                if said["answer"] == "declined":
                    decline_engagement(viewer=viewer, engagement=one, reason=said["reason"], at=at)
                else:
                    accept_engagement(viewer=viewer, engagement=one, at=at)
                    stage.firms |= dict.fromkeys(said["sites"], firm)

    def end(at: datetime) -> None:
        with stage.acting(*_head(firm if said["ended_by"] == "firm" else supplier)) as viewer:
            for one in made:
                end_engagement(viewer=viewer, engagement=one, at=at)

    stage.on(said["asked"], ask, hour=8, minute=30)
    if "answer" in said:
        stage.on(said["answered"], answer, hour=13)
    if "ended" in said:
        stage.on(said["ended"], end, hour=16)


def _head(organisation: str) -> tuple[str, str]:
    return organisation, HEADS[organisation]
