"""Addresses of feedback rounds: inside the group that asks, and for people of the invited groups."""

from django.urls import URLPattern, URLResolver, path

from forum.views import feedback, feedback_reading

_GROUP = "forum/groups/<str:key>/feedback"
_ROUND = f"{_GROUP}/<str:code>"
_READ = "forum/feedback/<str:code>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_GROUP}/", feedback.listed, name="feedback_rounds"),
    path(f"{_GROUP}/new/", feedback.new, name="feedback_new"),
    path(f"{_GROUP}/comments/<str:code>/answer/", feedback.answer, name="feedback_answer"),
    path(f"{_ROUND}/", feedback.detail, name="feedback_round"),
    path(f"{_ROUND}/edit/", feedback.edit, name="feedback_edit"),
    path(f"{_ROUND}/projects/<str:project>/present/", feedback.present, name="feedback_present"),
    path(f"{_ROUND}/parts/<str:part>/take-out/", feedback.take_out, name="feedback_take_out"),
    path(f"{_ROUND}/release/", feedback.release, name="feedback_release"),
    path(f"{_ROUND}/withdraw/", feedback.withdraw, name="feedback_withdraw"),
    path(f"{_ROUND}/finish/", feedback.finish, name="feedback_finish"),
    path(f"{_READ}/", feedback_reading.read, name="feedback_read"),
    path(f"{_READ}/projects/<str:part>/comment/", feedback_reading.comment, name="feedback_comment"),
]
