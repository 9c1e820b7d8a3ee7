"""Addresses of meetings and calendars."""

from django.urls import URLPattern, URLResolver, path

from forum.views import calendar, meeting, meeting_work, minutes, minutes_agreed

HERE = "forum/groups/<str:key>/meetings/"
ONE = f"{HERE}<str:code>/"
VERSION = f"{ONE}minutes/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(HERE, meeting.meetings, name="group_meetings"),
    path(f"{HERE}new/", meeting.meeting_new, name="meeting_new"),
    path(ONE, meeting.detail, name="meeting"),
    path(f"{ONE}edit/", meeting.meeting_edit, name="meeting_edit"),
    path(f"{ONE}cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path(f"{ONE}hold/", meeting.meeting_hold, name="meeting_hold"),
    path(f"{ONE}answer/", meeting.meeting_answer, name="meeting_answer"),
    path(f"{ONE}meeting.ics", calendar.meeting_file, name="meeting_file"),
    path(f"{ONE}agenda/edit/", meeting_work.agenda_edit, name="agenda_edit"),
    path(f"{ONE}agenda/print/", meeting_work.agenda_print, name="agenda_print"),
    path(f"{ONE}agenda/<str:item>/papers/add/", meeting_work.paper_add, name="paper_add"),
    path(f"{ONE}papers/<str:paper>/", meeting_work.paper_file, name="paper_file"),
    path(f"{ONE}papers/<str:paper>/remove/", meeting_work.paper_remove, name="paper_remove"),
    path(f"{ONE}attendance/", meeting_work.attendance, name="meeting_attendance"),
    path(f"{ONE}minutes/begin/", minutes.begin, name="minutes_begin"),
    path(VERSION, minutes.detail, name="minutes"),
    path(f"{VERSION}sections/<int:position>/edit/", minutes.section_edit, name="minutes_section"),
    path(f"{VERSION}sections/<int:position>/keep/", minutes.section_keep, name="minutes_section_keep"),
    path(f"{VERSION}sections/<int:position>/note/", minutes.line_add, name="minutes_line_add"),
    path(f"{VERSION}lines/<str:line>/remove/", minutes.line_remove, name="minutes_line_remove"),
    path(f"{VERSION}propose/", minutes_agreed.propose, name="minutes_propose"),
    path(f"{VERSION}take-back/", minutes_agreed.take_back, name="minutes_take_back"),
    path(f"{VERSION}reply/", minutes_agreed.reply, name="minutes_reply"),
    path(f"{VERSION}replies/<str:reply_code>/answer/", minutes_agreed.answer, name="minutes_answer"),
    path(f"{VERSION}approve/", minutes_agreed.approve, name="minutes_approve"),
    path(f"{VERSION}publish/", minutes_agreed.publish, name="minutes_publish"),
    path(f"{VERSION}correct/", minutes_agreed.correct, name="minutes_correct"),
    path(f"{VERSION}compare/", minutes_agreed.compare, name="minutes_compare"),
    path(f"{VERSION}pdf/", minutes_agreed.pdf, name="minutes_pdf"),
    path(f"{VERSION}pdf/file/", minutes_agreed.pdf_file, name="minutes_pdf_file"),
    path("forum/meetings/<str:code>/", meeting.by_code, name="meeting_by_code"),
    path("forum/minutes/<str:code>/", minutes.by_code, name="minutes_by_code"),
    path("forum/calendar/", calendar.own, name="calendar"),
    path("forum/calendar/end/", calendar.end, name="calendar_end"),
    path("calendar/<str:secret>.ics", calendar.feed, name="calendar_feed"),
]
