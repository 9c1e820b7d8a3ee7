"""Addresses of people and organisations."""

from django.urls import URLPattern, URLResolver, path

from organisations.views import activity, inbox, invitation, member, organisation, settings

app_name = "organisations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("organisations/", organisation.detail, name="detail"),
    path("organisations/new/", organisation.new, name="new"),
    path("organisations/edit/", organisation.edit, name="edit"),
    path("organisations/switch/", organisation.switch, name="switch"),
    path("organisations/members/", member.members, name="members"),
    path("organisations/members/invite/", invitation.invite, name="invite"),
    path("organisations/members/<str:code>/", member.member, name="member"),
    path("organisations/members/<str:code>/role/", member.role, name="role"),
    path("organisations/members/<str:code>/end/", member.end, name="end"),
    path("organisations/invitations/<str:code>/resend/", invitation.resend, name="resend"),
    path("organisations/invitations/<str:code>/withdraw/", invitation.withdraw, name="withdraw"),
    path("organisations/invitations/<str:token>/accept/", invitation.accept, name="accept"),
    path("organisations/activity/", activity.activity, name="activity"),
    path("organisations/activity/reads/", activity.reads, name="reads"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="read_all"),
    path("inbox/<str:code>/open/", inbox.open_letter, name="open_letter"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/tokens/new/", settings.new_token, name="new_token"),
    path("settings/tokens/<str:code>/revoke/", settings.revoke, name="revoke_token"),
]
