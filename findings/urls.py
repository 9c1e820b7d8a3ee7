"""Addresses of audits, findings and action plans."""

from django.urls import URLPattern, URLResolver, path

from findings.views import audit, finding

app_name = "findings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("audits/", audit.audits, name="audits"),
    path("findings/", finding.non_compliances, name="non_compliances"),
    path("working-together/", finding.working_together, name="working_together"),
]
