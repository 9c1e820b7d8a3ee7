"""Who works on an assessment, and what they say of their own interests first."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from organisations.models import Person
from organisations.visibility import Viewer
from schemes.actions.assessment import names
from schemes.actions.locks import locked_assessment, refused
from schemes.models import Assessment, Assignment, Declaration
from schemes.permissions.assessment import can_assign, can_declare
from schemes.queries.independence import HINDRANCES, hindrance_of, worked_on

ASSIGNED = "schemes.assigned"
UNASSIGNED = "schemes.assignment_ended"
DECLARED = "schemes.interests_declared"


def assign(
    *, viewer: Viewer, assessment: Assessment, person: Person, role: str, at: dt.datetime
) -> Assignment:
    """Give somebody of the scheme body a part in an assessment; only the scheme body sees who.

    Args:
        role: a value of `Assignment.Role`.

    Raises:
        Forbidden: see `can_assign`.
        Refusal: a key of `HINDRANCES` when this person may not judge here; `second-person` when whoever worked on it
            is to decide, or the other way round; `assigned-already`; `one-decides`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_assign(viewer, assessment).require()
        if role not in Assignment.Role.values:
            raise refused("unknown-role", "role", _("Choose what they are to do."))
        _require_fitting(assessment, person, role)
        assignment = Assignment.objects.create(
            assessment=assessment, person=person, role=role, assigned_at=at
        )
        assignment.refresh_from_db()
        _record(viewer, ASSIGNED, assessment, at, person=person.pk, role=role)
    return assignment


def end_assignment(*, viewer: Viewer, assignment: Assignment, at: dt.datetime) -> Assignment:
    """Take a part away again; what was done in it stays.

    Raises:
        Forbidden: see `can_assign`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assignment.assessment)
        can_assign(viewer, assessment).require()
        assignment = (
            Assignment.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=assignment.pk)
        )
        if assignment.ended_at is None:
            assignment.ended_at = at
            assignment.save(update_fields=["ended_at"])
            _record(viewer, UNASSIGNED, assessment, at, person=assignment.person_id, role=assignment.role)
    return assignment


def declare(
    *,
    viewer: Viewer,
    assessment: Assessment,
    has_conflict: bool,
    is_supporter: bool,
    words: str = "",
    language: str = "",
    at: dt.datetime,
) -> Declaration:
    """Say, for oneself, which interests one has in this assessment. The newest declaration counts.

    Promises: an interest that stands in the way ends one's own part, so that somebody else can take it; the admins of
    the scheme body are told.

    Raises:
        Forbidden: see `can_declare`. Refusal: `interest-unnamed` when one is declared and not named.
    """
    can_declare(viewer, assessment).require()
    if (has_conflict or is_supporter) and not words.strip():
        raise refused("interest-unnamed", "words", _("Say in a sentence what it is."))
    with transaction.atomic():
        declaration = Declaration.objects.create(
            assessment=assessment,
            person_id=viewer.person_id,
            has_conflict=has_conflict,
            is_supporter=is_supporter,
            words=words.strip(),
            language=language if words.strip() else "",
            declared_at=at,
        )
        declaration.refresh_from_db()
        _record(viewer, DECLARED, assessment, at, is_clean=declaration.is_clean)
        if not declaration.is_clean:
            _leave(viewer, assessment, at)
    return declaration


def _leave(viewer: Viewer, assessment: Assessment, at: dt.datetime) -> None:
    rows = Assignment.objects.visible_to(viewer).in_force().filter(assessment=assessment)
    own = rows.filter(person_id=viewer.person_id).select_related("person")
    for assignment in own.select_for_update(of=("self",)):
        assignment.ended_at = at
        assignment.save(update_fields=["ended_at"])
        said = {"person": assignment.person_id, "name": assignment.person.name, "role": assignment.role}
        _record(viewer, UNASSIGNED, assessment, at, **said, is_by_interest=True)


def _require_fitting(assessment: Assessment, person: Person, role: str) -> None:
    hindrance = hindrance_of(person.pk, assessment)
    if hindrance not in {"", "not-declared"}:
        raise refused(hindrance, "person", str(HINDRANCES[hindrance]))
    decides = role == Assignment.Role.DECIDER
    rows = Assignment.objects.filter(assessment=assessment)
    was_to_decide = rows.filter(person=person, role=Assignment.Role.DECIDER).exists()
    if (decides and worked_on(person.pk, assessment)) or (not decides and was_to_decide):
        sentence = _("Whoever scores does not decide. Choose another person.")
        raise refused("second-person", "person", sentence)
    if rows.in_force().filter(person=person).exists():
        raise refused("assigned-already", "person", _("This person works on it already."))
    if decides and rows.in_force().filter(role=role).exists():
        raise Refusal("one-decides", _("Somebody is to decide already. End that first."))


def _record(viewer: Viewer, verb: str, assessment: Assessment, at: dt.datetime, **data: object) -> None:
    record(
        verb=verb,
        by=viewer,
        subject=assessment,
        owner_id=assessment.body_id,
        at=at,
        data={**names(assessment), **data},
    )
