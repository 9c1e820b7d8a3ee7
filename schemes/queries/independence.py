"""Who may judge: asked of the database, which alone sees whose member somebody is."""

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisations.visibility import Viewer
from schemes.models import Assessment, Assignment, Decision, Proposal, ScoreVersion

# Why somebody may not judge, as `app.scheme_hindrance` names it; in words for themselves and for whoever assigns.
HINDRANCES: dict[str, str | Promise] = {
    "not-your-assessment": _("This assessment belongs to another scheme body."),
    "not-in-body": _("Only editors and admins of the scheme body assess and decide."),
    "own-organisation": _("Nobody assesses an organisation that they are a member of."),
    "wrote-for-member": _("Nobody assesses an organisation that they have written answers for."),
    "declared-supporter": _("Nobody assesses an organisation that they support."),
    "declared-conflict": _("A conflict of interest was declared. Somebody else has to do this."),
    "not-declared": _("First declare your interests for this assessment."),
}


def hindrance_of(person_id: int, assessment: Assessment) -> str:
    """Return why somebody may neither score nor decide here, a key of `HINDRANCES`; empty when they may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.scheme_hindrance(%s, %s)", [person_id, assessment.pk])
        (found,) = cursor.fetchone()
    return found or ""


def roles_of(viewer: Viewer, assessment: Assessment) -> frozenset[str]:
    """Return the roles that the viewer has in an assessment now."""
    rows = Assignment.objects.visible_to(viewer).in_force()
    found = rows.filter(assessment=assessment, person_id=viewer.person_id).values_list("role", flat=True)
    return frozenset(found)


def worked_on(person_id: int, assessment: Assessment) -> bool:
    """Tell whether somebody ever scored, proposed or was to assess here: then they do not decide."""
    who = {"assessment": assessment, "person_id": person_id}
    return (
        ScoreVersion.objects.filter(**who).exists()
        or Proposal.objects.filter(**who).exists()
        or Assignment.objects.filter(**who).exclude(role=Assignment.Role.DECIDER).exists()
    )


def had_part_in(person_id: int, assessment: Assessment) -> bool:
    """Tell whether somebody had any part in an assessment or its decision: then they decide no appeal."""
    return (
        worked_on(person_id, assessment)
        or Assignment.objects.filter(assessment=assessment, person_id=person_id).exists()
        or Decision.objects.filter(assessment=assessment, decided_by_id=person_id).exists()
    )
