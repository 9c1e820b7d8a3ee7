"""The company tracker: read by everybody once published, kept by one organisation, answered by the company itself."""

import time
from typing import Any

from django.core import signing
from django.utils import timezone

from schemes.actions.contribution import decline_contribution, show_contribution
from schemes.forms.tracker import SALT
from schemes.lifecycle import CONTRIBUTION, ContributionState
from schemes.models import CompanyReply, Contribution
from tests.factories import tracker as make
from tests.matrices.cases import Case, api, done, everyone, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS, SCHEME_BODY

KEEPERS = SCHEME_BODY | {"stakeholder", "operator"}
OWN = frozenset({"stakeholder"})
OTHERS = MEMBERS - OWN
WORDS = {"title": "Cotton", "summary": "What it is about"}
STEP = {
    "step": "map",
    "state": "evidenced",
    "basis": "document",
    "source": "Report",
    "source_on": "2026-01-02",
}


def build(world: Any) -> None:
    """Make a published issue and a draft of the stakeholder, the customer being followed on one of them."""
    keeper, customer = world.organisations["stakeholder"], world.organisations["customer"]
    world.things["issue"] = make.issue(keeper)
    world.things["issue_draft"] = make.issue(keeper, is_state_imposed=False, is_public=False)
    world.things["tracked"] = make.company(
        world["issue"], organisation=customer, outside_ids=[{"system": "LEI", "value": "x"}]
    )
    world.things["tracked_draft"] = make.company(world["issue_draft"])
    make.step(world["issue"], world["tracked"], words="x")
    CompanyReply.objects.create(
        issue=world["issue"], company=world["tracked"], organisation=customer, words="x", at=timezone.now()
    )
    world.things["contribution"] = make.contribution(world["issue"], world["tracked"])
    world.things["contribution_shown"] = shown = make.contribution(world["issue"], world["tracked"])
    Contribution.objects.filter(pk=shown.pk).update(state="shown", decided_at=timezone.now())


def _sent(_world: Any) -> dict[str, Any]:
    began = signing.dumps(int(time.time()) - 60, salt=SALT)
    return {"company_name": "Acme", "words": "I saw it", "began": began}


def _kept(of: Any, **about: Any) -> dict[str, Case]:
    """Return what a page of the keeper answers, on a thing that everybody sees."""
    return {
        "get": page(OWN, forbidden=OTHERS, of=of),
        "post": done(OWN, forbidden=OTHERS, of=of, **about),
    }


def _drafted(of: Any, **about: Any) -> dict[str, Case]:
    """Return what a page of the keeper answers, on a thing that nobody else sees."""
    return {"get": page(OWN, of=of), "post": done(OWN, of=of, **about)}


TWO = ("issue", "tracked")
PAGES: dict[str, dict[str, Case]] = {
    "schemes:tracker": {"get": everyone()},
    "schemes:issue": {"get": everyone(of=("issue",))},
    "schemes:issue_csv": {"get": everyone(of=("issue",))},
    "schemes:issue_json": {"get": everyone(of=("issue",))},
    "schemes:company": {"get": everyone(of=("tracked",))},
    "schemes:issue_new": {"get": page(KEEPERS), "post": done(KEEPERS, body=says(**WORDS))},
    "schemes:issue_edit": _kept("issue", body=says(**WORDS)),
    "schemes:issue_publish": _drafted("issue_draft"),
    "schemes:issue_follow": _drafted("issue_draft", body=says(name="Acme")),
    "schemes:company_edit": _kept(TWO, body=says(country="GB")),
    "schemes:company_record": _kept(TWO, body=says(**STEP)),
    "schemes:company_reply": {
        "get": page({"customer"}, forbidden=MEMBERS - {"customer"}, of=TWO),
        "post": done({"customer"}, forbidden=MEMBERS - {"customer"}, of=TWO, body=says(words="No")),
    },
    "schemes:contribute": {
        "get": everyone(of=("issue",)),
        "post": everyone(302, of=("issue",), body=_sent),
    },
    "schemes:contribution_thanks": {"get": everyone(of=("issue",))},
    "schemes:contributions": {"get": page(OWN, forbidden=OTHERS, of="issue")},
    "schemes:contribution": {"get": page(OWN, of="contribution")},
    "schemes:contribution_show": {"post": done(OWN, of="contribution")},
    "schemes:contribution_decline": {"post": done(OWN, of="contribution")},
    "api-issues": {"get": api()},
    "api-standings": {"get": api(of="issue")},
    "api-step-records": {"post": sent(OWN, forbidden=OTHERS, of=TWO, status=201, body=says(**STEP))},
    "api-company-replies": {
        "post": sent(
            {"customer"}, forbidden=MEMBERS - {"customer"}, of=TWO, status=201, body=says(words="No")
        )
    },
    "api-contribution-show": {"post": sent(OWN, of="contribution")},
    "api-contribution-decline": {"post": sent(OWN, of="contribution")},
}


def _keeps(reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and row["keeper_id"] == reader.organisation


def _issue(_known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody what is published; its keeper a draft."""
    return row["published_at"] is not None or _keeps(reader, row)


def _of_issue(known: Facts, reader: Reader, row: Row) -> bool:
    return _issue(known, reader, known["schemes.Issue"][row["issue_id"]])


def _company(known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody whom a published issue follows; its keeper all."""
    followed = [one for one in known["schemes.Tracking"].values() if one["company_id"] == row["id"]]
    return _keeps(reader, row) or any(_of_issue(known, reader, one) for one in followed)


def _contribution(_known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody what a moderator let through; the rest is the keeper's alone."""
    return row["state"] == "shown" or _keeps(reader, row)


RULES = {
    "schemes.Issue": _issue,
    "schemes.TrackedCompany": _company,
    "schemes.Tracking": _of_issue,
    "schemes.StepRecord": _of_issue,
    "schemes.CompanyReply": _of_issue,
    "schemes.Contribution": _contribution,
    "schemes.ContributionSender": lambda _known, reader, row: _keeps(reader, row),
}
KEPT = {
    "schemes.StepRecord.step": "a key",
    "schemes.Contribution.step": "a key",
}
SHAPES = {
    "schemes.TrackedCompany.outside_ids": lambda word, _old: [{"system": word, "value": word}],
    "schemes.Tracking.states": lambda _word, old: old,
}
LIVES = [
    Life(
        Contribution,
        "contribution",
        CONTRIBUTION,
        {
            "show": (
                now(show_contribution, "contribution"),
                {ContributionState.HELD: ContributionState.SHOWN},
                OWN,
            ),
            "decline": (
                now(decline_contribution, "contribution"),
                {ContributionState.HELD: ContributionState.DECLINED},
                OWN,
            ),
        },
        frozenset({"operator", "customer", "supplier", "body"}),
        with_state=lambda state: {"decided_at": None if state == ContributionState.HELD else timezone.now()},
    )
]
STORY = (
    ("stakeholder", "schemes:company_record"),
    ("customer", "schemes:company_reply"),
    ("anonymous", "schemes:contribute"),
)
LISTS = {"schemes:tracker": "supplier", "api-issues": "supplier"}
NO_LISTS = {"schemes:issue_new": "a form"}


def grow(_small: Any) -> None:
    """Publish one more issue with a company."""
    make.company(make.issue())
