"""Questions about a buyer's findings against its own code: none of them is ever counted with audit findings."""

from django.db.models import QuerySet

from findings.models import Finding, Variance, VarianceReply, WorkplaceRequirement
from findings.models.variance import VarianceQuerySet
from findings.visibility import Basis
from organisations.visibility import Viewer
from sourcing.models import Site, SiteAccess


def listed_variances(viewer: Viewer, *, state: str = "", site: str = "") -> VarianceQuerySet:
    """Return the variances that the viewer raised or has to answer, narrowed by filters.

    Args:
        site: words of a site's name, or the name of the other side.
    """
    rows = Variance.objects.visible_to(viewer).select_related("requirement__version")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(site_name__icontains=site.strip()) if site else rows


def replies_of(viewer: Viewer, variance: Variance) -> list[VarianceReply]:
    """Return what the two said, oldest first, for a viewer who sees the variance."""
    return list(VarianceReply.objects.filter(variance=variance).order_by("pk"))


def is_customer_of(viewer: Viewer, site_id: int) -> bool:
    """Tell whether a trade link in force covers the site for the viewer's organisation."""
    return customer_sites(viewer).filter(pk=site_id).exists()


def customer_sites(viewer: Viewer) -> QuerySet[Site]:
    """Return the sites that the viewer's organisation sees as a customer."""
    access = SiteAccess.objects.filter(
        organisation_id=viewer.organisation_id, bases__contains=[Basis.CUSTOMER]
    )
    return Site.objects.visible_to(viewer).filter(pk__in=access.values("site_id")).order_by("name", "pk")


def clauses() -> QuerySet[WorkplaceRequirement]:
    """Return the clauses of buyers' own codes and of methodologies, to choose from."""
    return WorkplaceRequirement.objects.select_related("version", "section").order_by(
        "version__name", "version__version", "section__position", "item"
    )


def findings_of_site(viewer: Viewer, site: Site) -> "QuerySet[Finding]":
    """Return the published findings of a site that the viewer sees, newest first."""
    rows = Finding.objects.visible_to(viewer).of_published_audits().filter(site=site)
    return rows.select_related("requirement").order_by("-raised_on", "-pk")
