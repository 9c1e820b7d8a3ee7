"""The audits of four years: opened, made, shown to the site, published, and superseded by the next."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from config.demo.content import sites, words
from config.demo.corrections import look_again, schedule_corrections
from config.demo.management import grade_management
from config.demo.stage import Stage, chance
from findings.actions.audit import open_audit, start_audit, submit_audit
from findings.actions.finding import add_finding, kind_of, reassess_car
from findings.actions.follow_up import choose_scope
from findings.actions.publication import publish_audit
from findings.lifecycle import FindingState
from findings.models import Audit, Finding, MethodologyVersion, Reassessment, WorkplaceRequirement
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import BREACH, AuditFacts, NamedAuditor, Said
from findings.queries.follow_up import followable, needing_a_visit
from findings.queries.methodology import terms
from ledger.entries import draft, record_all
from organisations.visibility import Viewer

SMETA_6_BEFORE = 800
ON_LAND = frozenset({"farm", "packhouse"})
AHEAD_OF_LOADING = {"scheduled": 0, "in_progress": 1, "submitted": 2, "published": 3}


@dataclass
class Visit:
    """One audit on its way, and what the world's words say about it."""

    site: str
    pillars: int
    said: dict[str, Any]
    number: int
    audit_id: int = 0

    @property
    def day(self) -> int:
        """Its last day, counted back."""
        return int(self.said["day"])

    @property
    def is_follow_up(self) -> bool:
        """Whether it looks again at what an earlier one found."""
        return self.said["kind"] in FOLLOW_UPS

    @property
    def version(self) -> str:
        """The key of its methodology."""
        return "smeta-6.1" if self.day > SMETA_6_BEFORE else "smeta-7.0"


class Auditing:
    """Turns the words about audits into steps."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.versions = {one.key: one for one in MethodologyVersion.objects.all()}
        self.requirements = {
            (one.version.key, one.printed_code): one
            for one in WorkplaceRequirement.objects.select_related("version", "section")
        }
        self.facts = {one["key"]: one for one in sites()}
        self.told: set[tuple[str, str]] = set()  # no site is found to have the same thing twice

    def schedule(self) -> None:
        """Give the stage every step of every audit."""
        for programme in words("audits"):
            for number, said in enumerate(programme["audits"]):
                self._schedule(Visit(programme["site"], programme.get("pillars", 2), said, number))

    def _schedule(self, visit: Visit) -> None:
        on, day = self.stage.on, visit.day
        reached = AHEAD_OF_LOADING[visit.said.get("state", "published")]
        on(max(day + 14, 8), lambda at: self._open(visit, at), hour=9)
        if reached >= 1:
            on(day + 1, lambda at: self._start(visit, at), hour=6)
            on(day, lambda at: self._write(visit, at), hour=14)
        if reached >= 2:
            on(visit.said.get("submitted", day - 8), lambda at: self._submit(visit, at), hour=11)
        if reached >= 3:
            on(visit.said.get("published", day - 18), lambda at: self._publish(visit, at), hour=11)

    def _crew(self, visit: Visit) -> tuple[str, list[dict[str, Any]]]:
        """Return the firm and its auditors for this visit, the lead first."""
        firm = self.stage.firms[visit.site]
        people = next(one["people"] for one in words("cast") if one["key"] == firm)
        there = [one for one in people if "grade" in one and (firm, one["key"]) in self.stage.members]
        leads = [one for one in there if one["grade"] == "CSCA"]
        lead = leads[0] if visit.day < 30 else chance("lead", visit.site, visit.number).choice(leads)
        others = [one for one in there if one is not lead]
        return firm, [lead, *others[: 1 if len(others) < 2 else 1 + visit.number % 2]]

    def _open(self, visit: Visit, at: datetime) -> None:
        stage, dice = self.stage, chance("open", visit.site, visit.number)
        firm, crew = self._crew(visit)
        ends_on = stage.day(visit.day)
        before = stage.audits.setdefault(visit.site, [])
        facts = AuditFacts(
            kind=visit.said["kind"],
            notice=dice.choice(
                [Audit.Notice.SEMI_ANNOUNCED, Audit.Notice.SEMI_ANNOUNCED, Audit.Notice.ANNOUNCED]
            ),
            pillars=visit.pillars,
            starts_on=ends_on if visit.is_follow_up else ends_on - timedelta(days=1),
            ends_on=ends_on,
            reference=f"ZAA6{dice.randrange(10**8):08d}",
            summary=_summary(visit, dice),
        )
        named = [
            NamedAuditor(
                name=stage.people[one["key"]].name,
                grade=one["grade"],
                apsca_number=one["apsca"],
                validated_on=stage.day(visit.day + 20),
                is_lead=place == 0,
            )
            for place, one in enumerate(crew)
        ]
        with stage.acting(firm, crew[0]["key"]) as viewer:
            audit = open_audit(
                viewer=viewer,
                site=stage.sites[visit.site],
                version=self.versions[visit.version],
                facts=facts,
                auditors=named,
                parent=before[-1] if visit.is_follow_up else None,
                at=at,
            )
            Audit.objects.filter(pk=audit.pk).update(created_at=at)
            if visit.is_follow_up:
                choose_scope(
                    viewer=viewer,
                    audit=audit,
                    findings=list(needing_a_visit(viewer, audit) or followable(viewer, audit)),
                    at=at,
                )
        visit.audit_id = audit.pk
        before.append(audit)

    def _start(self, visit: Visit, at: datetime) -> None:
        with self._as_lead(visit) as (viewer, audit):
            start_audit(viewer=viewer, audit=audit, at=at)

    def _write(self, visit: Visit, at: datetime) -> None:
        """Enter what was found, and look anew at what earlier audits left open."""
        with self._as_lead(visit) as (viewer, audit):
            if visit.is_follow_up:
                look_again(viewer, audit, chance("follow-up", visit.site, visit.number), at)
            for before, after in visit.said.get("looks", {}).items():
                self._look_anew(viewer, audit, before, after, at)
            for key in visit.said.get("cars", []):
                self._raise_car(viewer, audit, key, at)
            self._find(viewer, audit, visit, at)
            Finding.objects.filter(audit=audit).update(created_at=at)

    def _submit(self, visit: Visit, at: datetime) -> None:
        with self._as_lead(visit) as (viewer, audit):
            grade_management(viewer, audit, chance("grades", visit.site, visit.number), at)
            submit_audit(viewer=viewer, audit=audit, at=at)

    def _publish(self, visit: Visit, at: datetime) -> None:
        with self._as_lead(visit) as (viewer, audit):
            published = publish_audit(viewer=viewer, audit=audit, at=at)
        rows = self.stage.audits[visit.site]
        rows[rows.index(audit)] = published
        schedule_corrections(self.stage, visit.site, published, until=self._next_publication(visit))

    def _next_publication(self, visit: Visit) -> int:
        """Return when the next periodic audit of the site is published, counted back; -1 when that is to come."""
        programme = next(one for one in words("audits") if one["site"] == visit.site)
        for said in programme["audits"][visit.number + 1 :]:
            if said["kind"] == Audit.Kind.PERIODIC:
                is_published = said.get("state", "published") == "published"
                return int(said.get("published", said["day"] - 18)) if is_published else -1
        return -1

    @contextmanager
    def _as_lead(self, visit: Visit) -> Iterator[tuple[Viewer, Audit]]:
        """Act as the lead auditor, with the audit as it is now."""
        firm, crew = self._crew(visit)
        with self.stage.acting(firm, crew[0]["key"]) as viewer:
            yield viewer, Audit.objects.select_related("version").get(pk=visit.audit_id)

    def _look_anew(self, viewer: Viewer, audit: Audit, before: str, after: str, at: datetime) -> None:
        is_met = after == "met"
        answer = reassess_car(
            viewer=viewer,
            audit=audit,
            car=self.stage.cars[before],
            result=Reassessment.Result.MET if is_met else Reassessment.Result.STILL_SHORT,
            rationale=words("plans")["met" if is_met else "still_short"],
            said=None if is_met else _said_of_car(after),
            at=at,
        )
        if answer.successor is not None:
            self.stage.cars[after] = answer.successor

    def _raise_car(self, viewer: Viewer, audit: Audit, key: str, at: datetime) -> None:
        requirement = self.requirements[audit.version.key, words("cars")[key]["code"]]
        self.stage.cars[key] = add_finding(
            viewer=viewer, audit=audit, requirement=requirement, nature=BREACH, said=_said_of_car(key), at=at
        )

    def _choose(self, visit: Visit) -> Iterable[tuple[str, dict[str, Any]]]:
        """Draw findings that fit the place and were not found there before."""
        if visit.is_follow_up:
            return
        catalogue = words("findings_6" if visit.version == "smeta-6.1" else "findings_7")
        dice = chance("findings", visit.site, visit.number)
        must = visit.said.get("must", [])
        drawn = self._draw(visit, catalogue["non_compliances"], visit.said.get("ncs", 0), dice, must)
        yield from ((BREACH, one) for one in drawn)
        if self.versions[visit.version].has_observations:
            for one in self._draw(visit, catalogue["observations"], dice.randrange(2), dice):
                yield Finding.Kind.OBSERVATION.value, one
        for one in self._draw(visit, catalogue["good_examples"], dice.choice([0, 1, 1]), dice):
            yield Finding.Kind.GOOD_EXAMPLE.value, one

    def _draw(
        self,
        visit: Visit,
        catalogue: list[dict[str, Any]],
        wanted: int,
        dice: Random,
        must: Iterable[str] = (),
    ) -> list[dict[str, Any]]:
        where = "land" if self.facts[visit.site]["kind"] in ON_LAND else "factory"
        fitting = [
            one
            for one in catalogue
            if one.get("at", where) == where
            and (visit.site, one["title"]) not in self.told
            and (visit.pillars == 4 or not one["code"].startswith(("10B", "10C")))
        ]
        dice.shuffle(fitting)
        # What only some audits must have is left to them.
        fitting.sort(key=lambda one: one["code"] not in must)
        found = [one for one in fitting if one.get("severity") != "business_critical" or one["code"] in must]
        self.told |= {(visit.site, one["title"]) for one in found[:wanted]}
        return found[:wanted]

    def _find(self, viewer: Viewer, audit: Audit, visit: Visit, at: datetime) -> None:
        """Write what is not a CAR all at once, as `add_finding` would one by one."""
        due = {term.severity: term.due_on for term in terms(audit.version, audit.ends_on)}
        rows = Finding.objects.bulk_create(
            self._finding(viewer, audit, visit, nature, one, due) for nature, one in self._choose(visit)
        )
        record_all(
            draft(
                verb="findings.finding_added",
                by=viewer,
                subject=one,
                owner_id=viewer.organisation_id,
                at=at,
                data={"audit": audit.code, "kind": one.kind, "requirement": one.requirement.printed_code},
            )
            for one in rows
        )

    def _finding(
        self,
        viewer: Viewer,
        audit: Audit,
        visit: Visit,
        nature: str,
        one: dict[str, Any],
        due: Mapping[str, date],
    ) -> Finding:
        requirement = self.requirements[visit.version, one["code"]]
        made = Finding(
            audit=audit,
            requirement=requirement,
            kind=kind_of(requirement, nature),
            state=FindingState.RECORDED,
            title=one["title"],
            description=one["description"],
            raised_on=audit.ends_on,
            created_by_id=viewer.person_id,
        )
        if nature == BREACH:
            made.state, made.extent, made.severity = FindingState.OPEN, one["extent"], one["severity"]
            made.due_on, made.verification = due[one["severity"]], one["verification"]
            made.workers_affected = int(self.facts[visit.site]["workers"]) * one["share"] // 100 or None
        return made


def _said_of_car(key: str) -> Said:
    said = words("cars")[key]
    return Said(title=said["title"], description=said["description"], extent=Finding.Extent.SYSTEMIC)


def _summary(visit: Visit, dice: Random) -> str:
    if AHEAD_OF_LOADING[visit.said.get("state", "published")] < AHEAD_OF_LOADING["submitted"]:
        return ""
    if visit.is_follow_up:
        return "Looked again at what the last audit asked to be put right on site."
    kind = "first" if visit.said["kind"] == Audit.Kind.INITIAL else "later"
    return str(dice.choice(words("plans")["summaries"][kind]))
