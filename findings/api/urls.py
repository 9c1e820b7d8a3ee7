"""Addresses of audits, findings and plans under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from findings.api import plan

urlpatterns: list[URLPattern | URLResolver] = [
    path("plans/", plan.PlanList.as_view(), name="api-plans"),
    path("findings/<slug:code>/understanding/", plan.PlanUnderstanding.as_view(), name="api-understanding"),
    path("findings/<slug:code>/plan/", plan.PlanDetail.as_view(), name="api-plan"),
    path("findings/<slug:code>/plan/files/", plan.PlanFiles.as_view(), name="api-plan-files"),
    path("findings/<slug:code>/plan/versions/", plan.PlanVersions.as_view(), name="api-plan-versions"),
    path("findings/<slug:code>/plan/updates/", plan.PlanUpdates.as_view(), name="api-plan-updates"),
    path("findings/<slug:code>/plan/responses/", plan.PlanResponses.as_view(), name="api-plan-responses"),
]
