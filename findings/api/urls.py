"""Addresses of audits, findings and plans under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from findings.api import audit, finding, methodology, plan, portfolio

urlpatterns: list[URLPattern | URLResolver] = [
    path("methodologies/", methodology.MethodologyList.as_view(), name="api-methodologies"),
    path("methodologies/<str:key>/", methodology.MethodologyDetail.as_view(), name="api-methodology"),
    path("requirements/", methodology.RequirementList.as_view(), name="api-requirements"),
    path("audits/", audit.AuditList.as_view(), name="api-audits"),
    path("audits/<slug:code>/", audit.AuditDetail.as_view(), name="api-audit"),
    path("audits/<slug:code>/start/", audit.AuditStart.as_view(), name="api-audit-start"),
    path("audits/<slug:code>/submit/", audit.AuditSubmit.as_view(), name="api-audit-submit"),
    path("audits/<slug:code>/take-back/", audit.AuditTakeBack.as_view(), name="api-audit-take-back"),
    path("audits/<slug:code>/publish/", audit.AuditPublish.as_view(), name="api-audit-publish"),
    path("audits/<slug:code>/open-cars/", audit.AuditOpenCars.as_view(), name="api-audit-open-cars"),
    path(
        "audits/<slug:code>/open-cars/<slug:car_code>/reassess/",
        audit.AuditReassess.as_view(),
        name="api-audit-reassess",
    ),
    path("findings/", finding.FindingList.as_view(), name="api-findings"),
    path("findings/<slug:code>/", finding.FindingDetail.as_view(), name="api-finding"),
    path("portfolio/", portfolio.Portfolio.as_view(), name="api-portfolio"),
    path("portfolio/<slug:code>/", portfolio.SupplierStatus.as_view(), name="api-supplier-status"),
    path("portfolio-views/", portfolio.ViewList.as_view(), name="api-portfolio-views"),
    path("portfolio-views/<slug:code>/", portfolio.ViewDetail.as_view(), name="api-portfolio-view"),
    path("portfolio-views/<slug:code>/follow/", portfolio.ViewFollow.as_view(), name="api-portfolio-follow"),
    path("lists/", portfolio.Lists.as_view(), name="api-lists"),
    path("lists/<slug:code>/", portfolio.ListDetail.as_view(), name="api-list"),
    path("lists/<slug:code>/file/", portfolio.ListFile.as_view(), name="api-list-file"),
    path("plans/", plan.PlanList.as_view(), name="api-plans"),
    path("findings/<slug:code>/understanding/", plan.PlanUnderstanding.as_view(), name="api-understanding"),
    path("findings/<slug:code>/plan/", plan.PlanDetail.as_view(), name="api-plan"),
    path("findings/<slug:code>/plan/files/", plan.PlanFiles.as_view(), name="api-plan-files"),
    path("findings/<slug:code>/plan/versions/", plan.PlanVersions.as_view(), name="api-plan-versions"),
    path("findings/<slug:code>/plan/updates/", plan.PlanUpdates.as_view(), name="api-plan-updates"),
    path("findings/<slug:code>/plan/responses/", plan.PlanResponses.as_view(), name="api-plan-responses"),
]
