"""Questions about a plan that is being written: what stands there now, who writes too, what can be carried on."""

import datetime as dt
from dataclasses import dataclass

from findings.models import Finding, PlanDraft, PlanVersion
from findings.queries.plan import draft_of
from organisations.visibility import Viewer

LATELY = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the site has of a plan now: the draft if there is one, and the version in force."""

    draft: PlanDraft | None
    latest: PlanVersion | None

    @property
    def stamp(self) -> str:
        """A word that changes with every save and every share."""
        return f"{self.latest.number if self.latest else 0}.{self.draft.revision if self.draft else 0}"

    @property
    def saved_by(self) -> str:
        """Who wrote last, by name."""
        last = self.draft or self.latest
        return str(last.person) if last and last.person else ""

    @property
    def saved_at(self) -> dt.datetime | None:
        """When somebody wrote last."""
        if self.draft:
            return self.draft.saved_at
        return self.latest.shared_at if self.latest else None


def standing_of(viewer: Viewer, finding: Finding) -> Standing:
    """Return what stands there now; only the site's own people have any to read."""
    draft = draft_of(viewer, finding)
    if draft is not None:
        draft = PlanDraft.objects.select_related("person").get(pk=draft.pk)
    own = PlanVersion.objects.filter(plan__finding=finding, supplier_id=viewer.organisation_id)
    return Standing(draft, own.select_related("person").order_by("-number").first())


def also_writing(viewer: Viewer, standing: Standing, *, at: dt.datetime) -> str:
    """Return the name of the colleague who saved this draft lately, or nothing."""
    draft = standing.draft
    if draft is None or draft.person_id in (None, viewer.person_id) or draft.saved_at < at - LATELY:
        return ""
    return str(draft.person)


def to_carry_on(viewer: Viewer, finding: Finding) -> PlanVersion | None:
    """Return the newest version of the nearest earlier CAR's plan, when this CAR has neither plan nor draft yet."""
    if viewer.organisation_id != finding.supplier_id or finding.has_plan or draft_of(viewer, finding):
        return None
    before = finding.predecessor_id
    while before is not None:
        car = Finding.objects.visible_to(viewer).filter(pk=before).first()
        if car is None:
            return None
        found = (
            PlanVersion.objects.filter(plan__finding=car).select_related("plan").order_by("-number").first()
        )
        if found is not None:
            return found
        before = car.predecessor_id
    return None
