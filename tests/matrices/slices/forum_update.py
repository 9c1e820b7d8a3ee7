"""Outside bodies: what they publish is for every member, drafts and lists are their own, followers nobody's."""

from types import SimpleNamespace
from typing import Any

from django.urls import resolve
from django.utils import timezone

from forum.actions.update import publish_update, withdraw_update
from forum.lifecycle import UPDATE
from forum.models import BodyUpdate
from forum.queries.update import stop_path
from organisations.models import Membership
from tests.conftest import owner_role
from tests.factories import forum_updates as make
from tests.matrices.cases import Case, done, everyone, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS, SCHEME_BODY

OWN = frozenset({"stakeholder"})
OTHERS = MEMBERS - OWN
OPENS = SCHEME_BODY | {"operator"}
SAID = {
    "title": "News",
    "text": "What we saw.",
    "dated_on": "2026-01-15",
    "language": "en",
    "figures-TOTAL_FORMS": "0",
    "figures-INITIAL_FORMS": "0",
    "draft": "1",
}


def build(world: Any) -> None:
    """Let the stakeholder be a body with an update, a draft, a list and a follower."""
    world.things["body"] = body = make.body(world.organisations["stakeholder"])
    world.things["update"] = make.update(body)
    world.things["update_draft"] = make.update(body, is_public=False)
    make.version(world["update"], title="Put right", correction="The year")
    world.things["auditor_list"] = make.auditors(body, ("21700001", "A lead"))
    with owner_role():
        customer = Membership.objects.filter(organisation=world.organisations["customer"]).latest("pk")
    row = make.follower(body, customer)
    world.things["body_link"] = SimpleNamespace(code=resolve(stop_path(row)).kwargs["token"])


def _list(_world: Any) -> dict[str, Any]:
    return {"file": make.file("21700001,A lead,RA,active,2030-01-01"), "dated_on": "2026-02-01"}


def _kept(of: str, **about: Any) -> dict[str, Case]:
    return {"get": page(OWN, forbidden=OTHERS, of=of), "post": done(OWN, forbidden=OTHERS, of=of, **about)}


PAGES: dict[str, dict[str, Case]] = {
    "forum:updates": {"get": page()},
    "forum:update_new": {
        "get": page(OWN, otherwise=dict.fromkeys(OPENS, 302)),
        "post": done(OWN, body=says(**SAID), otherwise=dict.fromkeys(OPENS, 302)),
    },
    "forum:body_new": {
        "get": page(OWN | OPENS),
        "post": done(OPENS, body=says(summary="A programme"), otherwise=dict.fromkeys(OWN, 422)),
    },
    "forum:body": {"get": page(of="body")},
    "forum:body_edit": _kept("body", body=says(summary="An association of auditors")),
    "forum:body_follow": {"post": done(MEMBERS, of="body")},
    "forum:body_stop": {"get": everyone(of=("body_link",)), "post": everyone(of=("body_link",), body=says())},
    "forum:body_unfollow": {"post": done(MEMBERS, of="body")},
    "forum:body_answers": {
        "post": done({"operator"}, forbidden=MEMBERS - {"operator"}, of="body", body=says(answers="yes"))
    },
    "forum:body_list": _kept("body", body=_list),
    "forum:body_check": {"get": page(of="body")},
    "forum:update": {"get": page(of="update")},
    "forum:update_edit": _kept("update", body=says(**SAID, correction="The year")),
    "forum:update_publish": _kept("update"),
    "forum:update_withdraw": _kept("update", body=says(reason="Counted twice")),
}


def _members(_known: Facts, reader: Reader, _row: Row) -> bool:
    return reader.organisation is not None


def _own(_known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and row["organisation_id"] == reader.organisation


def _told(known: Facts, reader: Reader, row: Row) -> bool:
    """Every member what is published; the body its drafts."""
    return _own(known, reader, row) or (_members(known, reader, row) and row["published_at"] is not None)


def _figure(known: Facts, reader: Reader, row: Row) -> bool:
    return _told(known, reader, known["forum.BodyUpdateVersion"][row["version_id"]])


def _self(_known: Facts, reader: Reader, row: Row) -> bool:
    return (row["person_id"], row["organisation_id"]) == (reader.person, reader.organisation)


RULES = {
    "forum.Body": _members,
    "forum.BodyUpdate": _told,
    "forum.BodyUpdateVersion": _told,
    "forum.BodyFigure": _figure,
    "forum.BodyFollower": _self,
    "forum.AuditorList": _members,
    "forum.AuditorEntry": _own,
}
KEPT = {
    "forum.BodyUpdate.reason": "only what is withdrawn has one",
    "forum.BodyFollower.stop_hash": "a fingerprint",
    "forum.AuditorList.key_mark": "a fingerprint",
    "forum.AuditorEntry.number_mark": "a fingerprint",
    "forum.AuditorEntry.name_mark": "a fingerprint",
}


def _state(state: str) -> dict[str, Any]:
    at = timezone.now()
    return {
        "published_at": at if state == "published" else None,
        "number": 1 if state == "published" else 0,
        "withdrawn_at": at if state == "withdrawn" else None,
        "reason": "Wrong" if state == "withdrawn" else "",
    }


LIVES = [
    Life(
        BodyUpdate,
        "update_draft",
        UPDATE,
        {
            "publish": (now(publish_update, "update"), {"draft": "published"}, OWN),
            "withdraw": (
                now(withdraw_update, "update", reason="Wrong"),
                {"draft": "withdrawn", "published": "withdrawn"},
                OWN,
            ),
        },
        watchers=frozenset({"customer", "operator"}),
        with_state=_state,
    )
]


def grow(small: Any) -> None:
    """Publish one more update of one more body."""
    make.update()


LISTS = {"forum:updates": "supplier"}
NO_LISTS = {"forum:update_new": "a form", "forum:body_new": "a form"}
