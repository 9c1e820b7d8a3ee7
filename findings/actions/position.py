"""The verbs of a standing position: state it, change it, withdraw it."""

from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from findings.lifecycle import POSITION, PositionState
from findings.models import Position, PositionVersion, WorkplaceRequirement
from findings.models.said import Stance
from findings.permissions.together import can_change_position, can_state_positions
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Viewer


def state_position(
    *,
    viewer: Viewer,
    requirement: WorkplaceRequirement,
    in_all_versions: bool,
    stance: Stance,
    at: datetime,
) -> Position:
    """State once for all suppliers what the viewer's organisation thinks of a requirement, and what it offers.

    Promises: the position with its first version; suppliers with a CAR of that requirement that goes on are told,
    each alone.
    Raises: Forbidden; Refusal `already-stated`, `ends-before-it-begins`, `words-missing`.
    """
    can_state_positions(viewer).require()
    _require_sense(stance)
    try:
        with transaction.atomic():
            position = Position.objects.create(
                organisation_id=viewer.organisation_id,
                requirement=requirement,
                in_all_versions=in_all_versions,
                stated_at=at,
            )
            _add_version(viewer, position, 1, stance, at)
            _record(viewer, position, "findings.position_stated", at)
    except IntegrityError as error:
        sentence = _("You have stated a position on this requirement. Change that one.")
        raise _refused("already-stated", sentence, "requirement") from error
    return position


def change_position(*, viewer: Viewer, position: Position, stance: Stance, at: datetime) -> Position:
    """Say it anew; the earlier versions are kept. Raises: as `state_position`."""
    can_change_position(viewer, position).require()
    _require_sense(stance)
    with transaction.atomic():
        position = _locked(viewer, position)
        can_change_position(viewer, position).require()
        _add_version(viewer, position, position.versions.count() + 1, stance, at)
        _record(viewer, position, "findings.position_changed", at)
    return position


def withdraw_position(*, viewer: Viewer, position: Position, at: datetime) -> Position:
    """Withdraw a position: from now on no supplier's page shows it; its versions are kept for its buyer."""
    can_change_position(viewer, position).require()
    with transaction.atomic():
        position = _locked(viewer, position)
        can_change_position(viewer, position).require()
        position.withdrawn_at = at
        move(
            position,
            to=PositionState.WITHDRAWN,
            lifecycle=POSITION,
            verb="findings.position_withdrawn",
            by=viewer,
            owner_id=position.organisation_id,
            at=at,
            data=_about(position),
            also=["withdrawn_at"],
        )
    return position


def _add_version(viewer: Viewer, position: Position, number: int, stance: Stance, at: datetime) -> None:
    PositionVersion.objects.create(
        position=position, number=number, person_id=viewer.person_id, at=at, **asdict(stance)
    )


def _locked(viewer: Viewer, position: Position) -> Position:
    rows = Position.objects.owned_by(viewer).select_related("requirement").select_for_update(of=("self",))
    return rows.get(pk=position.pk)


def _about(position: Position) -> dict[str, str]:
    requirement = position.requirement
    return {
        "requirement": f"{requirement.printed_code} {requirement.title}",
        "customer_name": Organisation.objects.get(pk=position.organisation_id).name,
    }


def _record(viewer: Viewer, position: Position, verb: str, at: datetime) -> None:
    owner = position.organisation_id
    record(verb=verb, by=viewer, subject=position, owner_id=owner, at=at, data=_about(position))


def _require_sense(stance: Stance) -> None:
    if not stance.text.strip():
        raise _refused("words-missing", _("Write a sentence."), "text")
    if stance.valid_until and stance.valid_until < stance.valid_from:
        raise _refused("ends-before-it-begins", _("This day is before the first one."), "valid_until")


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
