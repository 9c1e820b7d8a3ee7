"""The style guide; config/urls.py offers it only outside production."""

from django.urls import path

from web.styleguide import views

app_name = "styleguide"
urlpatterns = [
    path("", views.show, name="show"),
    path("list/", views.rows, name="rows"),
    path("entrance/", views.entrance, name="entrance"),
    path("errors/<slug:name>/", views.error, name="error"),
    path("draft/", views.draft, name="draft"),
    path("dialog/", views.dialog, name="dialog"),
    path("progress/", views.progress, name="progress"),
]
