"""What the public sends to the tracker: taken in without an account, shown only after a person has looked."""

import datetime as dt
import hmac

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ledger import bell
from ledger.codes import new_code
from ledger.refusals import NotVisible, Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.lifecycle import CONTRIBUTION, ContributionState
from schemes.models import Contribution, Issue
from schemes.models.tracker_facts import ContributionFacts
from schemes.permissions.contribution import can_moderate

SHOWN = "schemes.contribution_shown"
DECLINED = "schemes.contribution_declined"


def contribute(*, issue: Issue, said: ContributionFacts, address: str) -> str:
    """Take in what somebody without an account says; it is held, and its keeper is told.

    Args:
        address: the sender's network address; a keyed fingerprint of it that changes daily is kept until somebody
            decides, to count how much one place sends.

    Returns:
        the code of what is held now.

    Raises:
        NotVisible: the issue, the company or the step is not there.
        Refusal: `says-nothing`; `too-many` from one address within an hour, or when too much waits already.
    """
    if not said.words.strip() or not (said.company or said.company_name.strip()):
        sentence = _("Say which company you mean and what you know.")
        raise Refusal("says-nothing", sentence, status=422, fields={"words": [sentence]})
    code = new_code()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.contribute(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                issue.code,
                said.company,
                said.company_name,
                said.step,
                said.words,
                said.source_url,
                said.language,
                said.contact,
                _fingerprint(address),
                code,
            ],
        )
        (answer,) = cursor.fetchone() or ("unknown",)
    if answer == "too-many":
        raise Refusal(
            "too-many", _("Too much has come from here just now. Please try again later."), status=429
        )
    if answer != "held":
        raise NotVisible
    bell.ring("ledger.relay")
    return code


def show_contribution(*, viewer: Viewer, contribution: Contribution, at: dt.datetime) -> Contribution:
    """Let a contribution through: everybody reads its words from now on.

    Raises:
        Forbidden: see `can_moderate`.
    """
    return _decide(viewer, contribution, ContributionState.SHOWN, SHOWN, at)


def decline_contribution(*, viewer: Viewer, contribution: Contribution, at: dt.datetime) -> Contribution:
    """Keep a contribution from showing; it stays readable to its keeper.

    Raises:
        Forbidden: see `can_moderate`.
    """
    return _decide(viewer, contribution, ContributionState.DECLINED, DECLINED, at)


def _decide(
    viewer: Viewer, contribution: Contribution, to: ContributionState, verb: str, at: dt.datetime
) -> Contribution:
    can_moderate(viewer, contribution).require()
    with transaction.atomic():
        rows = Contribution.objects.visible_to(viewer).select_for_update(of=("self",))
        contribution = rows.get(pk=contribution.pk)
        can_moderate(viewer, contribution).require()
        contribution.decided_at = at
        contribution.decided_by_id = viewer.person_id
        move(
            contribution,
            to=to,
            lifecycle=CONTRIBUTION,
            verb=verb,
            by=viewer,
            owner_id=contribution.keeper_id,
            at=at,
            also=["decided_at", "decided_by_id"],
        )
    return contribution


def _fingerprint(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"contribution {address}".encode(), "sha256").hexdigest()
