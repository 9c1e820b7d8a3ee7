"""Addresses of projects, action items, decisions, ballots and issues."""

from django.urls import URLPattern, URLResolver, path

from forum.views import action_item, ballot, decision, issue, project, work

_GROUP = "forum/groups/<str:key>"
_BALLOT = f"{_GROUP}/ballots/<str:code>"
_PROJECT = f"{_GROUP}/projects/<str:code>"
_ITEM = f"{_GROUP}/actions/<str:code>"
_DECISION = f"{_GROUP}/decisions/<str:code>"
_ISSUE = f"{_GROUP}/issues/<str:code>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("forum/my-action-items/", action_item.mine, name="my_action_items"),
    path(f"{_GROUP}/work/", work.work, name="group_work"),
    path(f"{_GROUP}/work/<str:kind>/", work.listed, name="group_work_list"),
    path("forum/ballots/<str:code>/", ballot.by_code, name="ballot_by_code"),
    path(f"{_GROUP}/ballots/new/", ballot.new, name="ballot_new"),
    path(f"{_BALLOT}/", ballot.ballot, name="ballot"),
    path(f"{_BALLOT}/withdraw/", ballot.withdraw, name="ballot_withdraw"),
    path(f"{_BALLOT}/seats/<str:seat>/hand-over/", ballot.hand_over, name="ballot_hand_over"),
    path(f"{_BALLOT}/seats/<str:seat>/take-back/", ballot.take_back, name="ballot_take_back"),
    path(f"{_GROUP}/projects/new/", project.new, name="project_new"),
    path(f"{_PROJECT}/", project.project, name="project"),
    path(f"{_PROJECT}/move/", project.move, name="project_move"),
    path(f"{_PROJECT}/update/", project.update, name="project_update"),
    path(f"{_PROJECT}/milestones/new/", project.milestone_new, name="milestone_new"),
    path(f"{_GROUP}/milestones/<str:code>/move/", project.milestone_move, name="milestone_move"),
    path(f"{_GROUP}/actions/new/", action_item.new, name="action_item_new"),
    path(f"{_ITEM}/", action_item.action_item, name="action_item"),
    path(f"{_ITEM}/edit/", action_item.edit, name="action_item_edit"),
    path(f"{_ITEM}/finish/", action_item.finish, name="action_item_finish"),
    path(f"{_ITEM}/cancel/", action_item.cancel, name="action_item_cancel"),
    path(f"{_GROUP}/decisions/new/", decision.new, name="decision_new"),
    path(f"{_DECISION}/", decision.decision, name="decision"),
    path(f"{_DECISION}/object/", decision.object_to, name="decision_object"),
    path(f"{_DECISION}/settle/", decision.settle, name="decision_settle"),
    path(f"{_DECISION}/withdraw/", decision.withdraw, name="decision_withdraw"),
    path(f"{_GROUP}/objections/<str:code>/answer/", decision.answer, name="objection_answer"),
    path(f"{_GROUP}/issues/new/", issue.new, name="issue_new"),
    path(f"{_ISSUE}/", issue.issue, name="issue"),
    path(f"{_ISSUE}/note/", issue.note, name="issue_note"),
    path(f"{_ISSUE}/close/", issue.close, name="issue_close"),
    path(f"{_ISSUE}/reopen/", issue.reopen, name="issue_reopen"),
]
