"""Addresses of projects, action items, decisions, ballots and issues."""

from django.urls import URLPattern, URLResolver, path

from forum.views import ballot, work

_GROUP = "forum/groups/<str:key>"
_BALLOT = f"{_GROUP}/ballots/<str:code>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_GROUP}/work/", work.work, name="group_work"),
    path(f"{_GROUP}/ballots/new/", ballot.new, name="ballot_new"),
    path(f"{_BALLOT}/", ballot.ballot, name="ballot"),
    path(f"{_BALLOT}/withdraw/", ballot.withdraw, name="ballot_withdraw"),
    path(f"{_BALLOT}/seats/<str:seat>/hand-over/", ballot.hand_over, name="ballot_hand_over"),
    path(f"{_BALLOT}/seats/<str:seat>/take-back/", ballot.take_back, name="ballot_take_back"),
]
