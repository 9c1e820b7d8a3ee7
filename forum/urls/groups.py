"""Addresses of groups: their door, their people and what they agreed on."""

from django.urls import URLPattern, URLResolver, path

from forum.views import charter, competition, group, naming, participant, seat

urlpatterns: list[URLPattern | URLResolver] = [
    path("forum/", group.groups, name="groups"),
    path("forum/new/", group.group_new, name="group_new"),
    path("forum/name/", naming.name, name="name"),
    path("forum/notice/publish/", competition.notice_publish, name="notice_publish"),
    path("forum/notice/<str:code>/", competition.notice, name="notice"),
    path("forum/groups/<str:key>/", group.group, name="group"),
    path("forum/groups/<str:key>/edit/", group.group_edit, name="group_edit"),
    path("forum/groups/<str:key>/close/", group.group_close, name="group_close"),
    path("forum/groups/<str:key>/open/", group.group_open, name="group_open"),
    path("forum/groups/<str:key>/co-leads/staff/", group.co_lead_staff, name="co_lead_staff"),
    path("forum/groups/<str:key>/co-leads/invite/", group.co_lead_member, name="co_lead_member"),
    path("forum/groups/<str:key>/join/", participant.group_join, name="group_join"),
    path("forum/groups/<str:key>/ask/", participant.group_ask, name="group_ask"),
    path("forum/groups/<str:key>/ask/withdraw/", participant.group_ask_withdraw, name="group_ask_withdraw"),
    path("forum/groups/<str:key>/leave/", participant.group_leave, name="group_leave"),
    path("forum/groups/<str:key>/people/", participant.group_people, name="group_people"),
    path("forum/groups/<str:key>/people/invite/", participant.group_invite, name="group_invite"),
    path("forum/groups/<str:key>/requests/", participant.group_requests, name="group_requests"),
    path("forum/invitations/<str:code>/accept/", participant.invitation_accept, name="invitation_accept"),
    path("forum/invitations/<str:code>/decline/", participant.invitation_decline, name="invitation_decline"),
    path(
        "forum/invitations/<str:code>/withdraw/", participant.invitation_withdraw, name="invitation_withdraw"
    ),
    path("forum/requests/<str:code>/accept/", participant.request_accept, name="request_accept"),
    path("forum/requests/<str:code>/decline/", participant.request_decline, name="request_decline"),
    path("forum/participants/<str:code>/end/", participant.participant_remove, name="participant_remove"),
    path("forum/groups/<str:key>/charter/", charter.charters, name="charters"),
    path("forum/groups/<str:key>/charter/edit/", charter.charter_edit, name="charter_edit"),
    path(
        "forum/groups/<str:key>/charter/<int:number>/compare/",
        charter.charter_compare,
        name="charter_compare",
    ),
    path("forum/charters/<str:code>/adopt/", charter.charter_adopt, name="charter_adopt"),
    path("forum/groups/<str:key>/seats/", seat.seats, name="seats"),
    path("forum/seats/<str:code>/sit/", seat.seat_sit, name="seat_sit"),
    path("forum/seats/<str:code>/end/", seat.seat_end, name="seat_end"),
]
