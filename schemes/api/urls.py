"""Addresses of schemes in the API."""

from django.urls import URLPattern, URLResolver, path

from schemes.api import definition, papers, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("schemes/", definition.SchemeList.as_view(), name="api-schemes"),
    path("schemes/editions/", definition.EditionWrite.as_view(), name="api-edition-write"),
    path("schemes/<str:key>/", definition.SchemeDetail.as_view(), name="api-scheme"),
    path("schemes/<str:key>/editions/", definition.EditionList.as_view(), name="api-editions"),
    path(
        "schemes/<str:key>/editions/<str:version>/",
        definition.EditionDetail.as_view(),
        name="api-edition",
    ),
    path(
        "schemes/<str:key>/editions/<str:version>/criteria/",
        definition.EditionCriteria.as_view(),
        name="api-criteria",
    ),
    path(
        "schemes/<str:key>/editions/<str:version>/publish/",
        definition.EditionPublish.as_view(),
        name="api-edition-publish",
    ),
    path("schemes/<str:key>/register/", public.RegisterList.as_view(), name="api-register"),
    path("certificates/<str:code>/", public.CertificateCheck.as_view(), name="api-certificate"),
    path("assessments/<str:code>/papers/", papers.AssessmentPapers.as_view(), name="api-assessment-papers"),
    path(
        "assessments/<str:code>/papers/<str:kind>/",
        papers.AssessmentPaper.as_view(),
        name="api-assessment-paper",
    ),
    path(
        "assessments/<str:code>/papers/<str:kind>/file/",
        papers.AssessmentPaperFile.as_view(),
        name="api-assessment-paper-file",
    ),
]
