"""Addresses of news from outside bodies."""

from django.urls import URLPattern, URLResolver, path

from forum.views import body, update

urlpatterns: list[URLPattern | URLResolver] = [
    path("updates/", update.index, name="updates"),
    path("updates/new/", update.new, name="update_new"),
    path("updates/bodies/new/", body.new, name="body_new"),
    path("updates/bodies/<slug:code>/", body.detail, name="body"),
    path("updates/bodies/<slug:code>/edit/", body.edit, name="body_edit"),
    path("updates/stop/<str:token>/", body.stop, name="body_stop"),
    path("updates/bodies/<slug:code>/follow/", body.follow_body, name="body_follow"),
    path("updates/bodies/<slug:code>/unfollow/", body.unfollow_body, name="body_unfollow"),
    path("updates/bodies/<slug:code>/answers/", body.answers, name="body_answers"),
    path("updates/bodies/<slug:code>/list/", body.load, name="body_list"),
    path("updates/bodies/<slug:code>/check/", body.check, name="body_check"),
    path("updates/<slug:code>/", update.detail, name="update"),
    path("updates/<slug:code>/edit/", update.edit, name="update_edit"),
    path("updates/<slug:code>/publish/", update.publish, name="update_publish"),
    path("updates/<slug:code>/withdraw/", update.withdraw, name="update_withdraw"),
]
