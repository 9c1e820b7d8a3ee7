"""Questions about cases, each answered as far as the person who asks is named."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from findings.definitions.first_steps import FirstStep, first_steps_for
from findings.models import (
    Audit,
    Finding,
    Incident,
    IncidentAccess,
    IncidentDemand,
    IncidentMember,
    IncidentReport,
    IncidentStep,
    IncidentTask,
)
from findings.models.incident import IncidentQuerySet
from ledger.refusals import NotVisible
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from sourcing.lifecycle import EngagementState
from sourcing.models import Engagement, Site

_CUSTOMERS = "SELECT organisation_id FROM app.readers_of_site(%s) WHERE 'customer' = ANY(bases)"


@dataclass(frozen=True)
class CaseStory:
    """A case with everything in it that this person may read."""

    members: list[IncidentMember]
    steps: list[IncidentStep]
    tasks: list[IncidentTask]
    demands: list[IncidentDemand]
    reports: list[IncidentReport]
    first: list[tuple[FirstStep, IncidentStep | None]]

    @property
    def first_done(self) -> int:
        """How many of the first steps are done."""
        return sum(done is not None for _step, done in self.first)


def cases_of(viewer: Viewer) -> IncidentQuerySet:
    """Return the cases that name the viewer."""
    return Incident.objects.visible_to(viewer)


def my_place_in(viewer: Viewer, incident: Incident) -> IncidentAccess:
    """Return how the viewer is named in a case.

    Raises:
        NotVisible: not at all.
    """
    found = IncidentAccess.objects.of(viewer).filter(incident=incident).select_related("member").first()
    if found is None:
        raise NotVisible
    return found


def story_of_case(incident: Incident) -> CaseStory:
    """Return what is in a case, as row security shows it to whoever acts."""
    steps = list(incident.steps.select_related("document").order_by("-at", "-pk"))
    done = {one.first_step: one for one in steps if one.first_step}
    return CaseStory(
        members=list(incident.members.in_force().order_by("side", "pk")),
        steps=steps,
        tasks=list(incident.tasks.order_by("done_at", "due_on", "pk")),
        demands=list(incident.demands.select_related("task").order_by("-asked_at", "-pk")),
        reports=list(incident.reports.order_by("number")),
        first=[(one, done.get(one.key)) for one in first_steps_for(incident.kind)],
    )


def sites_for_case(viewer: Viewer) -> "list[Site]":
    """Return the sites at which the viewer may open a case: their own, and those they audit or audited."""
    own = Site.objects.owned_by(viewer) if viewer.has(Capability.SUPPLIER) else Site.objects.none()
    rows = list(own.order_by("name")[:500])
    if viewer.has(Capability.AUDIT_FIRM):
        audited = Audit.objects.filter(audit_firm_id=viewer.organisation_id, site_id=OuterRef("pk"))
        engaged = Engagement.objects.filter(
            audit_firm_id=viewer.organisation_id, state=EngagementState.ACTIVE, site_id=OuterRef("pk")
        )
        known = Site.objects.filter(Q(Exists(audited)) | Q(Exists(engaged))).visible_to(viewer)
        rows += list(known.exclude(organisation_id=viewer.organisation_id).order_by("name")[:500])
    return rows


def customers_of_site(incident: Incident) -> list[Organisation]:
    """Return the customers whose trade link covers the site of a case; the supplier alone is answered."""
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [incident.site_id])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Organisation.objects.filter(pk__in=ids).order_by("name"))


def cases_from(viewer: Viewer, finding: Finding) -> IncidentQuerySet:
    """Return the cases about a finding that name the viewer."""
    return cases_of(viewer).filter(finding=finding).order_by("-opened_at")


def incident_drift() -> dict[str, int]:
    """Return how many rows of the access table the rule does not give, and how many it lacks. For the system."""
    with connection.cursor() as cursor:
        found = {}
        for name, sql in {"stale": _STALE, "missing": _MISSING}.items():
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if count}


_COLUMNS = "incident_id, person_id, organisation_id, member_id, side, role, is_introduced"
_STALE = f"""SELECT count(*) FROM (SELECT {_COLUMNS} FROM findings_incidentaccess
    EXCEPT SELECT {_COLUMNS} FROM findings_incident_access_rule) AS stale"""  # noqa: S608
_MISSING = f"""SELECT count(*) FROM (SELECT {_COLUMNS} FROM findings_incident_access_rule
    EXCEPT SELECT {_COLUMNS} FROM findings_incidentaccess) AS missing"""  # noqa: S608
