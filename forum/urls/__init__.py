"""Addresses of the forum; one module per part."""

from django.urls import URLPattern, URLResolver

from forum.urls import consultations, discussion, events, feedback, groups, meetings, updates, work

app_name = "forum"

urlpatterns: list[URLPattern | URLResolver] = [
    *groups.urlpatterns,
    *events.urlpatterns,
    *discussion.urlpatterns,
    *work.urlpatterns,
    *meetings.urlpatterns,
    *feedback.urlpatterns,
    *consultations.urlpatterns,
    *updates.urlpatterns,
]
