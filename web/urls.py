"""The style guide; config/urls.py offers it only outside production."""

from django.urls import path

from web import styleguide

app_name = "styleguide"
urlpatterns = [
    path("", styleguide.show, name="show"),
    path("list/", styleguide.rows, name="rows"),
    path("entrance/", styleguide.entrance, name="entrance"),
    path("errors/<slug:name>/", styleguide.error, name="error"),
    path("draft/", styleguide.draft, name="draft"),
    path("dialog/", styleguide.dialog, name="dialog"),
    path("progress/", styleguide.progress, name="progress"),
]
