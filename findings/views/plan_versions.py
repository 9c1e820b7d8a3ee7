"""Two versions of a plan side by side, for everyone who reads the plan."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from findings.models import Finding, PlanVersion
from findings.queries.plan import PlanStory, story_of
from findings.queries.share import shared_story
from findings.views.compared import compared
from findings.views.plan import car_crumbs, car_of
from findings.views.share import shared_finding_of
from organisations.views.access import factor_required, member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def compare(request: ViewerRequest, code: str) -> HttpResponse:
    """Show two versions side by side; without a wish the last two."""
    finding = car_of(request, code)
    back = reverse("findings:finding", args=[finding.code])
    crumbs = car_crumbs(finding, _("Versions side by side"))
    return _page(request, finding, story_of(request.viewer, finding), back, crumbs)


@member_required
@factor_required
def compare_shared(request: ViewerRequest, code: str, finding_code: str) -> HttpResponse:
    """Show two versions of a plan that was shared with the viewer."""
    share, finding = shared_finding_of(request, code, finding_code)
    back = reverse("findings:shared_finding", args=[share.code, finding.code])
    crumbs = [
        Crumb(_("Shared with me"), reverse("findings:received")),
        Crumb(finding.title, back),
        Crumb(_("Versions side by side")),
    ]
    return _page(request, finding, shared_story(finding) if finding.is_car else None, back, crumbs)


def _page(
    request: HttpRequest, finding: Finding, story: PlanStory | None, back: str, crumbs: list[Crumb]
) -> HttpResponse:
    if story is None:
        raise Http404
    last = story.latest.number
    before = _chosen(story, request.GET.get("a"), max(last - 1, 1))
    after = _chosen(story, request.GET.get("b"), last)
    fields = compared(before, after)
    context = {
        "finding": finding,
        "story": story,
        "before": before,
        "after": after,
        "fields": fields,
        "changed": sum(one.is_changed for one in fields),
        "back": back,
        "crumbs": crumbs,
    }
    return render(request, "findings/plan_versions.html", context)


def _chosen(story: PlanStory, wanted: str | None, otherwise: int) -> PlanVersion:
    """Return the version asked for.

    Raises:
        Http404: there is no such version.
    """
    number = otherwise if wanted is None else int(wanted) if wanted.isdecimal() and len(wanted) < 7 else 0
    found = next((one for one in story.versions if one.number == number), None)
    if found is None:
        raise Http404
    return found
