"""Addresses of sites, trade links, engagements, registers and imports under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from sourcing.api import engagement, imports, link, register, site

urlpatterns: list[URLPattern | URLResolver] = [
    path("sites/", site.SiteList.as_view(), name="api-sites"),
    path("sites/<slug:code>/", site.SiteDetail.as_view(), name="api-site"),
    path("trade-links/", link.LinkList.as_view(), name="api-links"),
    path("trade-links/<slug:code>/", link.LinkDetail.as_view(), name="api-link"),
    path("trade-links/<slug:code>/accept/", link.LinkAccept.as_view(), name="api-link-accept"),
    path("trade-links/<slug:code>/decline/", link.LinkDecline.as_view(), name="api-link-decline"),
    path("trade-links/<slug:code>/withdraw/", link.LinkWithdraw.as_view(), name="api-link-withdraw"),
    path("trade-links/<slug:code>/end/", link.LinkEnd.as_view(), name="api-link-end"),
    path("engagements/", engagement.EngagementList.as_view(), name="api-engagements"),
    path("engagements/<slug:code>/", engagement.EngagementDetail.as_view(), name="api-engagement"),
    path(
        "engagements/<slug:code>/accept/", engagement.EngagementAccept.as_view(), name="api-engagement-accept"
    ),
    path(
        "engagements/<slug:code>/decline/",
        engagement.EngagementDecline.as_view(),
        name="api-engagement-decline",
    ),
    path("engagements/<slug:code>/end/", engagement.EngagementEnd.as_view(), name="api-engagement-end"),
    path("register/", register.RegisterList.as_view(), name="api-register"),
    path("register/<slug:code>/", register.RegisterDetail.as_view(), name="api-register-entry"),
    path("imports/", imports.ImportList.as_view(), name="api-imports"),
    path("imports/<slug:code>/", imports.ImportDetail.as_view(), name="api-import"),
    path("imports/<slug:code>/lines/", imports.ImportLines.as_view(), name="api-import-lines"),
    path("imports/<slug:code>/decide/", imports.ImportDecide.as_view(), name="api-import-decide"),
    path("imports/<slug:code>/apply/", imports.ImportApply.as_view(), name="api-import-apply"),
    path("imports/<slug:code>/discard/", imports.ImportDiscard.as_view(), name="api-import-discard"),
]
