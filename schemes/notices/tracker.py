"""Who is told of the company tracker: its keeper of what comes in, the company of what is recorded about it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of
from schemes.models import Contribution, TrackedCompany
from schemes.models.tracker import StepState


@notice("schemes.step_recorded", route="schemes:company")
def step_recorded(entry: Entry) -> Iterable[Recipient]:
    """The company itself, if it is here and the record is public: it may reply."""
    company = TrackedCompany.objects.get(pk=entry.subject_id)
    if company.organisation_id is None:
        return []
    followed = company.trackings.filter(issue__code=entry.data["issue_code"], is_public=True)
    return people_of([company.organisation_id]) if followed.exists() else []


@notice("schemes.company_replied", route="schemes:company")
def company_replied(entry: Entry) -> Iterable[Recipient]:
    """The keeper of the issue."""
    return people_of([TrackedCompany.objects.get(pk=entry.subject_id).keeper_id])


@notice("schemes.contribution_sent", route="schemes:contribution")
def contribution_sent(entry: Entry) -> Iterable[Recipient]:
    """The keeper, who decides whether it shows, as long as nobody has."""
    contribution = Contribution.objects.get(pk=entry.subject_id)
    return people_of([contribution.keeper_id]) if contribution.state == "held" else []


_states = {state.value: state.label for state in StepState}
phrase("schemes.issue_opened", _("%(who)s opened the issue “%(what)s”."), route="schemes:issue")
phrase("schemes.issue_edited", _("%(who)s put the words of “%(what)s” right."), route="schemes:issue")
phrase("schemes.issue_published", _("%(who)s published the issue “%(what)s”."), route="schemes:issue")
phrase(
    "schemes.company_followed",
    _("%(who)s began to follow “%(what)s” on “%(issue)s”."),
    route="schemes:company",
)
phrase("schemes.company_changed", _("%(who)s named “%(what)s” anew."), route="schemes:company")
phrase(
    "schemes.step_recorded",
    _("%(who)s recorded a step of “%(what)s” on “%(issue)s”: %(state)s."),
    route="schemes:company",
    labels=_states,
)
phrase("schemes.company_replied", _("%(who)s replied on “%(issue)s”."), route="schemes:company")
phrase("schemes.contribution_sent", _("Somebody wrote about “%(what)s”."), route="schemes:contribution")
phrase(
    "schemes.contribution_shown",
    _("%(who)s let words about “%(what)s” through."),
    route="schemes:contribution",
)
phrase(
    "schemes.contribution_declined",
    _("%(who)s did not show words about “%(what)s”."),
    route="schemes:contribution",
)
