"""Addresses of series and events."""

from django.urls import URLPattern, URLResolver, path

from forum.views import event, event_registration, event_running

urlpatterns: list[URLPattern | URLResolver] = [
    path("events/", event.events, name="events"),
    path("events/new/", event_running.new, name="event_new"),
    path("events/mine/", event.own, name="registrations"),
    path("events/series/new/", event_running.series_new, name="series_new"),
    path("events/series/<str:code>/", event.series, name="series"),
    path("events/series/<str:code>/edit/", event_running.series_edit, name="series_edit"),
    path("events/series/<str:code>/publish/", event_running.series_publish, name="series_publish"),
    path("events/registrations/<str:code>/", event_registration.registration, name="registration"),
    path("events/registrations/<str:code>/places/", event_registration.change_places, name="booking_change"),
    path("events/registrations/<str:code>/accept/", event_registration.accept, name="offer_accept"),
    path("events/registrations/<str:code>/decline/", event_registration.decline, name="offer_decline"),
    path("events/registrations/<str:code>/cancel/", event_registration.cancel, name="registration_cancel"),
    path("events/certificates/<str:code>/", event_registration.certificate, name="certificate"),
    path(
        "events/certificates/<str:code>/file/", event_registration.certificate_file, name="certificate_file"
    ),
    path("events/materials/<str:code>/", event_registration.material_file, name="material_file"),
    path("events/materials/<str:code>/remove/", event_running.material_remove, name="material_remove"),
    path("events/<str:code>/", event.event, name="event"),
    path("events/<str:code>/calendar/", event.calendar_file, name="event_calendar"),
    path("events/<str:code>/register/", event_registration.register_self, name="event_register"),
    path(
        "events/<str:code>/register/several/",
        event_registration.register_several,
        name="event_register_several",
    ),
    path("events/<str:code>/edit/", event_running.edit, name="event_edit"),
    path("events/<str:code>/publish/", event_running.publish, name="event_publish"),
    path("events/<str:code>/close/", event_running.close, name="event_close"),
    path("events/<str:code>/cancel/", event_running.call_off, name="event_cancel"),
    path("events/<str:code>/people/", event_running.people, name="event_people"),
    path("events/<str:code>/people/attendance/", event_running.attendance, name="event_attendance"),
    path("events/<str:code>/certificates/give/", event_running.certify, name="event_certify"),
    path("events/<str:code>/materials/add/", event_running.material_new, name="material_new"),
    path("events/<str:code>/materials/release/", event_running.material_release, name="material_release"),
    path("events/<str:code>/message/", event_running.message, name="event_message"),
]
