"""The action plan on paper, in the template's layout."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from findings.actions.plan import PLAN_PDF
from findings.models import Finding, PlanUpdate, PlanVersion, WorkplaceRequirement
from findings.queries.evidence import evidence_of_many
from findings.queries.plan import PlanStory, chain_of, story_of
from findings.queries.refunds import refund_ledger
from findings.queries.wages import wage_history
from ledger.refusals import NotVisible
from organisations.queries import viewer_for
from organisations.visibility import Viewer


@rendering(PLAN_PDF, stored_as=Document.Kind.PLAN_PDF)
def plan_pdf(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write one version of a plan as that reader may see it; the version never changes, so nor does the paper."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    version = PlanVersion.objects.select_related("plan").filter(pk=wanted.subject_id).first()
    if viewer is None or version is None:
        raise NotVisible
    context = plan_context(viewer, version)
    name = slugify(f"{context['finding'].requirement.printed_code}-{context['finding'].audit.site_name}")
    return f"{_('action-plan')}-{name}-v{version.number}.pdf", render_to_string(
        "findings/pdf/plan.html", context
    )


def plan_context(viewer: Viewer, version: PlanVersion) -> dict[str, Any]:
    """Freeze what the paper says.

    Raises:
        NotVisible: the viewer does not see the CAR.
    """
    rows = Finding.objects.visible_to(viewer).select_related("audit", "requirement")
    finding = rows.filter(pk=version.plan.finding_id).first()
    story = story_of(viewer, finding) if finding else None
    if finding is None or story is None:
        raise NotVisible
    words = dict(PlanUpdate.Progress.choices)
    is_in_force = version.number == story.latest.number
    progress = story.progress if is_in_force else version.begun
    return {
        "finding": finding,
        "audit": finding.audit,
        "plan": story.plan,
        "version": version.number,
        "shared": version,
        "first": story.versions[0] if version.number > 1 else None,
        "said": version.said,
        "actions": [
            (action, words.get(progress.get(place, ""), words[PlanUpdate.Progress.NOT_STARTED]))
            for place, action in enumerate(version.said.actions)
        ],
        "is_in_force": is_in_force,
        "evidence": [
            use
            for use in evidence_of_many(viewer, [version])[version.pk]
            if use.audience == version.evidence_audience
        ],
        **_figures(viewer, finding, story),
        "cover": _("Collaborative action plan"),
        "title": finding.title,
        "code": story.plan.code,
        "made_at": timezone.now(),
        "description": _("What the site and others will do, and what is asked of customers."),
    }


def _figures(viewer: Viewer, finding: Finding, story: PlanStory) -> dict[str, Any]:
    """Return the sums of refunds and the newest wages, for the plan that asks for them; never who paid."""
    ledger = finding.requirement.ledger
    refunds = refund_ledger(story.plan) if ledger == WorkplaceRequirement.Ledger.REFUNDS else None
    wages = (
        wage_history(story.plan, chain_of(viewer, finding))
        if ledger == WorkplaceRequirement.Ledger.WAGE_GAP
        else None
    )
    return {
        "refunds": refunds if refunds and refunds.balances else None,
        "wages": wages if wages and wages.measured else None,
    }
