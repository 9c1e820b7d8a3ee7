"""Issues, companies and records of the company tracker."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from organisations.models import Organisation
from organisations.visibility import Capability
from schemes.definitions.tracker_steps import steps_for
from schemes.models import Contribution, ContributionSender, Issue, StepRecord, TrackedCompany
from tests.conftest import owner_role
from tests.factories import organisations as people

_numbers = itertools.count(1)
BEFORE = dt.date(2026, 1, 15)


def keeper() -> Organisation:
    """Make an organisation that may keep issues."""
    return people.organisation("", Capability.STAKEHOLDER)


def issue(of: Organisation | None = None, *, is_state_imposed: bool = True, is_public: bool = True) -> Issue:
    """Make an issue, published unless told otherwise."""
    with owner_role():
        kept_by = of or keeper()
        made = Issue.objects.create(
            keeper=kept_by,
            title=f"Issue {next(_numbers)}",
            summary="What it is about",
            is_state_imposed=is_state_imposed,
            steps=steps_for(is_state_imposed=is_state_imposed),
            opened_at=timezone.now(),
        )
        if is_public:
            publish(made)
        made.refresh_from_db()
        made.keeper = kept_by
    return made


def publish(made: Issue) -> None:
    """Publish an issue."""
    with owner_role():
        made.published_at = timezone.now()
        made.save(update_fields=["published_at"])


def company(on: Issue, name: str = "", **fields: Any) -> TrackedCompany:
    """Make a company that is followed on an issue; of each step nothing is known yet."""
    with owner_role():
        made = TrackedCompany.objects.create(
            keeper=on.keeper, name=name or f"Company {next(_numbers)}", added_at=timezone.now(), **fields
        )
        for key in on.steps:
            StepRecord.objects.create(
                issue=on, company=made, step=key, state="no_information", basis="none", at=timezone.now()
            )
        made.refresh_from_db()
    return made


def step(
    on: Issue, of: TrackedCompany, key: str = "map", state: str = "evidenced", **fields: Any
) -> StepRecord:
    """Record a step with a source."""
    said: dict[str, Any] = {
        "basis": "third_party",
        "source": "A report",
        "source_on": BEFORE,
        "at": timezone.now(),
    }
    with owner_role():
        return StepRecord.objects.create(issue=on, company=of, step=key, state=state, **(said | fields))


def contribution(on: Issue, of: TrackedCompany | None = None, **fields: Any) -> Contribution:
    """Make what somebody sent in; it is held."""
    said = {"words": "I saw it", "company_name": of.name if of else "Somebody"} | fields
    with owner_role():
        made = Contribution.objects.create(issue=on, company=of, keeper=on.keeper, **said)
        ContributionSender.objects.create(
            contribution=made, keeper=on.keeper, contact="reach@example.org", fingerprint="0" * 64
        )
        made.refresh_from_db()
    return made
