"""Every address of the installation."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config import views
from web.views import choose_theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("theme/", choose_theme, name="theme"),
    path("accounts/", include("allauth.urls")),
    path("", include("organisations.urls")),
    path("", include("sourcing.urls")),
    path("", include("schemes.urls")),
    path("", include("findings.urls")),
    path("", include("forum.urls")),
    path("api/v1/", include("config.api")),
]

if settings.DEBUG or settings.MODE == "test":
    urlpatterns.append(path("styleguide/", include("web.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
