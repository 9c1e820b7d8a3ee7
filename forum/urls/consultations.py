"""Addresses of consultations."""

from django.urls import URLPattern, URLResolver, path

from forum.views import consultation, consultation_comment, consultation_desk

_DESK = "forum/groups/<str:key>/consultations"
_ONE = f"{_DESK}/<str:code>"
_PAGE = "consultations/<str:code>"

urlpatterns: list[URLPattern | URLResolver] = [
    # Inside the group.
    path(f"{_DESK}/", consultation_desk.listed, name="group_consultations"),
    path(f"{_DESK}/new/", consultation_desk.new, name="consultation_new"),
    path(f"{_ONE}/", consultation_desk.desk, name="consultation_desk"),
    path(f"{_ONE}/edit/", consultation_desk.edit, name="consultation_edit"),
    path(f"{_ONE}/clauses/", consultation_desk.clauses, name="consultation_clauses"),
    path(f"{_ONE}/open/", consultation_desk.open_it, name="consultation_open"),
    path(f"{_ONE}/take-back/", consultation_desk.take_back, name="consultation_take_back"),
    path(f"{_ONE}/extend/", consultation_desk.extend, name="consultation_extend"),
    path(f"{_ONE}/close/", consultation_desk.close, name="consultation_close"),
    path(f"{_ONE}/publish/", consultation_desk.publish, name="consultation_publish"),
    path(f"{_ONE}/next/", consultation_desk.next_round, name="consultation_next"),
    path(
        f"{_ONE}/comments/<str:comment>/respond/", consultation_comment.respond, name="consultation_respond"
    ),
    path(f"{_ONE}/comments/<str:comment>/hide/", consultation_comment.hide, name="consultation_hide"),
    path(f"{_ONE}/comments/<str:comment>/show/", consultation_comment.show, name="consultation_show"),
    # For every member; for everybody where the public is asked.
    path("consultations/", consultation.consultations, name="consultations"),
    path("consultations/link/<str:token>/", consultation_comment.link, name="consultation_link"),
    path("consultations/link/<str:token>/stop/", consultation_comment.stop, name="consultation_stop"),
    path(f"{_PAGE}/", consultation.detail, name="consultation"),
    path(f"{_PAGE}/rounds/<int:number>/", consultation.whole, name="consultation_whole"),
    path(f"{_PAGE}/rounds/<int:number>/changes/", consultation.changes, name="consultation_changes"),
    path(f"{_PAGE}/rounds/<int:number>/comments.<str:form>", consultation.export, name="consultation_export"),
    path(f"{_PAGE}/clauses/<str:clause>/", consultation.clause, name="consultation_clause"),
]
