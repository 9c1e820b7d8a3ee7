"""What a group works on: projects with their milestones, ballots, action items, decisions and standing issues."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.forum import acting_as
from config.demo.stage import Stage
from forum.actions.action_item import add_action_item, cancel_action_item, finish_action_item
from forum.actions.ballot import CALLED, VOTED, call_ballot, hand_over, vote
from forum.actions.decision import answer_objection, object_to, propose, settle
from forum.actions.inside import tell
from forum.actions.issue import close_issue, note, raise_issue
from forum.actions.meeting import set_agenda
from forum.actions.project import add_project, move_milestone, move_project, set_milestone, update_project
from forum.models import (
    ActionItem,
    Ballot,
    BallotPaper,
    BallotTally,
    BallotVote,
    Decision,
    Group,
    Issue,
    Meeting,
    Milestone,
    Objection,
    Participant,
    Project,
)
from forum.models.meeting_facts import PointSaid
from forum.queries.ballot import own_holding
from forum.queries.meeting import agenda_of
from organisations.visibility import Viewer

LANGUAGE = "en"


def schedule_groupwork(stage: Stage) -> None:
    """Give the stage what the groups work on, each thing from its beginning to how it stands today."""
    for key, said in words("groupwork").items():
        for one in said.get("projects", []):
            ProjectStory(stage, key, said["lead"], one).schedule()
        for one in said.get("ballots", []):
            BallotStory(stage, key, said["lead"], one).schedule()
        for one in said.get("items", []):
            ItemStory(stage, key, said["lead"], one).schedule()
        for one in said.get("decisions", []):
            DecisionStory(stage, key, said["lead"], one).schedule()
        for one in said.get("issues", []):
            IssueStory(stage, key, said["lead"], one).schedule()


class Story:
    """One thing that a group works on."""

    def __init__(self, stage: Stage, key: str, lead: str, said: dict[str, Any]) -> None:
        self.stage, self.key, self.lead, self.said = stage, key, lead, said
        self.code = ""

    @property
    def group(self) -> Group:
        """The group as it is at that moment."""
        return Group.objects.get(key=self.key)

    def meeting(self) -> Meeting | None:
        """The meeting from which it came, if any."""
        title = self.said.get("meeting")
        return Meeting.objects.get(group__key=self.key, title=title) if title else None

    def about(self, at: datetime) -> dict[str, Any]:
        """What every thing of a group is made with."""
        return {"group": self.group, "language": LANGUAGE, "at": at}


class ProjectStory(Story):
    """One project."""

    @property
    def project(self) -> Project:
        """The project as it is at that moment."""
        return Project.objects.select_related("group").get(code=self.code)

    def schedule(self) -> None:
        """Give the stage each step."""
        said = self.said
        self.stage.on(said["day"], self._add, hour=9)
        for one in said.get("moves", []):
            self.stage.on(one["day"], partial(self._move, one), hour=10)
        for one in said["milestones"]:
            self.stage.on(one["day"], partial(self._set, one), hour=11)
            if "reached" in one:
                self.stage.on(one["reached"], partial(self._reach, one), hour=15)
        for one in said["updates"]:
            self.stage.on(one["day"], partial(self._update, one), hour=16)

    def _add(self, at: datetime) -> None:
        with acting_as(self.stage, self.said["who"]) as viewer:
            said = self.said
            made = add_project(
                viewer=viewer,
                title=said["title"],
                purpose=said["purpose"],
                sdg_tags=said["goals"],
                **self.about(at),
            )
        self.code = made.code

    def _move(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            move_project(viewer=viewer, project=self.project, to=one["to"], at=at)

    def _set(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, self.said["who"]) as viewer:
            set_milestone(
                viewer=viewer,
                project=self.project,
                title=one["title"],
                due_on=self.stage.day(one["due"]),
                language=LANGUAGE,
                at=at,
            )

    def _reach(self, one: dict[str, Any], at: datetime) -> None:
        rows = Milestone.objects.select_related("project__group")
        found = rows.get(project__code=self.code, title=one["title"])
        with acting_as(self.stage, self.said["who"]) as viewer:
            move_milestone(viewer=viewer, milestone=found, to="reached", at=at)

    def _update(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            update_project(
                viewer=viewer,
                project=self.project,
                body=one["words"],
                percent=one["percent"],
                language=one.get("language", LANGUAGE),
                at=at,
            )


class BallotStory(Story):
    """One ballot; time closes it.

    The database takes votes by its own clock. What happened in ballots of the past is therefore written as the owner of
    the tables may write it; ballots that run today go through the actions that people use.
    """

    @property
    def ballot(self) -> Ballot:
        """The ballot as it is at that moment."""
        return Ballot.objects.select_related("group").get(code=self.code)

    def schedule(self) -> None:
        """Give the stage each step, oldest first; votes of today's ballots are cast now."""
        said = self.said
        self.stage.on(said["day"], self._call, hour=8)
        is_over = said["day"] >= said["lasts"]
        for number, one in enumerate(said.get("handed", [])):
            self.stage.on(one["day"], partial(self._hand, one), hour=9, minute=number)
        for number, one in enumerate(said["votes"]):
            step = partial(self._cast if is_over else self._vote, one)
            self.stage.on(one["day"], step, hour=10 + number % 8, minute=20)

    def _call(self, at: datetime) -> None:
        said, closes_at = self.said, at + timedelta(days=self.said["lasts"])
        given = {
            "question": said["question"],
            "details": said["details"],
            "choices": said["choices"],
            "is_secret": said.get("is_secret", False),
            "rule": said["rule"],
            "quorum_unit": said.get("quorum_unit", "seats"),
            "opens_at": at,
            "closes_at": closes_at,
        }
        if closes_at > self.stage.now:
            with acting_as(self.stage, said["who"]) as viewer:
                made = call_ballot(viewer=viewer, quorum=said["quorum"], **self.about(at), **given)
        else:
            made = self._called(given, at)
        self.code = made.code
        self.stage.dates_changed()

    def _called(self, given: dict[str, Any], at: datetime) -> Ballot:
        quorum = dict(sorted(self.said["quorum"].items()))
        organisation, person = self.said["who"].split("/")
        member = self.stage.members[organisation, person]
        group = self.group
        made = Ballot.objects.create(
            group=group,
            language=LANGUAGE,
            person_id=member.person_id,
            organisation_id=member.organisation_id,
            quorum_of=list(quorum),
            quorum_least=list(quorum.values()),
            called_at=at,
            **given,
        )
        with acting_as(self.stage, self.said["who"]) as viewer:
            tell(verb=CALLED, by=viewer, group=group, at=at, data={"code": made.code})
        return made

    def _hand(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            hand_over(viewer=viewer, ballot=self.ballot, seat=_seat(viewer, self.group), at=at)

    def _vote(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            vote(viewer=viewer, ballot=self.ballot, choice=one["choice"], at=at)

    def _cast(self, one: dict[str, Any], at: datetime) -> None:
        """Write a vote of the past as `app.vote` would have."""
        ballot = self.ballot
        with acting_as(self.stage, one["who"]) as viewer:
            seat = _seat(viewer, ballot.group)
            BallotPaper.objects.get_or_create(
                ballot=ballot,
                seat=seat,
                defaults={
                    "group_id": ballot.group_id,
                    "constituency": seat.constituency,
                    "organisation_name": seat.organisation_name,
                    "by_alternate": False,
                },
            )
            if ballot.is_secret:
                row = BallotTally.objects.get(ballot=ballot, choice=one["choice"])
                row.votes += 1
                row.save(update_fields=["votes"])
            else:
                BallotVote.objects.create(
                    ballot=ballot,
                    seat=seat,
                    organisation_id=viewer.organisation_id,
                    number=1 + BallotVote.objects.filter(ballot=ballot, seat=seat).count(),
                    choice=one["choice"],
                    by_alternate=False,
                    at=at,
                )
            tell(verb=VOTED, by=viewer, group=ballot.group, at=at, data={"code": ballot.code})


def _seat(viewer: Viewer, group: Group) -> Any:
    found = own_holding(viewer, group)
    if found is None:
        raise LookupError(group.key)
    return found.seat


class ItemStory(Story):
    """One action item."""

    @property
    def item(self) -> ActionItem:
        """The action item as it is at that moment."""
        return ActionItem.objects.select_related("group").get(code=self.code)

    def schedule(self) -> None:
        """Give the stage each step."""
        self.stage.on(self.said["day"], self._add, hour=17)
        if "done" in self.said:
            self.stage.on(self.said["done"], self._finish, hour=14)
        if "cancelled" in self.said:
            self.stage.on(self.said["cancelled"], self._cancel, hour=14)

    def _add(self, at: datetime) -> None:
        said, group = self.said, self.group
        organisation, person = said["owner"].split("/")
        owner = Participant.objects.active().get(
            group=group,
            person=self.stage.people[person],
            organisation=self.stage.organisations[organisation],
        )
        with acting_as(self.stage, said["who"]) as viewer:
            made = add_action_item(
                viewer=viewer,
                title=said["title"],
                owner=owner,
                due_on=self.stage.day(said["due"]),
                meeting=self.meeting(),
                **self.about(at),
            )
        self.code = made.code
        self.stage.dates_changed()

    def _finish(self, at: datetime) -> None:
        with acting_as(self.stage, self.said["owner"]) as viewer:
            finish_action_item(viewer=viewer, item=self.item, at=at)

    def _cancel(self, at: datetime) -> None:
        with acting_as(self.stage, self.lead) as viewer:
            cancel_action_item(viewer=viewer, item=self.item, at=at)


class DecisionStory(Story):
    """One decision, with what the seats said against it."""

    @property
    def decision(self) -> Decision:
        """The decision as it is at that moment."""
        return Decision.objects.select_related("group").get(code=self.code)

    def schedule(self) -> None:
        """Give the stage each step."""
        self.stage.on(self.said["day"], self._propose, hour=9)
        for one in self.said.get("objections", []):
            self.stage.on(one["day"], partial(self._object, one), hour=10)
            if "answer" in one:
                self.stage.on(one["answer"]["day"], partial(self._answer, one), hour=11)
        if "settled" in self.said:
            self.stage.on(self.said["settled"], self._settle, hour=12)

    def _propose(self, at: datetime) -> None:
        said = self.said
        question = said.get("ballot")
        ballot = Ballot.objects.get(group__key=self.key, question=question) if question else None
        with acting_as(self.stage, said["who"]) as viewer:
            made = propose(
                viewer=viewer,
                title=said["title"],
                proposal=said["proposal"],
                ballot=ballot,
                meeting=self.meeting(),
                **self.about(at),
            )
        self.code = made.code

    def _object(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            object_to(viewer=viewer, decision=self.decision, reason=one["reason"], language=LANGUAGE, at=at)

    def _answer(self, one: dict[str, Any], at: datetime) -> None:
        rows = Objection.objects.select_related("decision__group")
        found = rows.get(decision__code=self.code, reason=one["reason"])
        with acting_as(self.stage, self.lead) as viewer:
            answer_objection(
                viewer=viewer, objection=found, answer=one["answer"]["words"], language=LANGUAGE, at=at
            )

    def _settle(self, at: datetime) -> None:
        with acting_as(self.stage, self.lead) as viewer:
            settle(viewer=viewer, decision=self.decision, at=at)


class IssueStory(Story):
    """One standing issue."""

    @property
    def issue(self) -> Issue:
        """The issue as it is at that moment."""
        return Issue.objects.select_related("group").get(code=self.code)

    def schedule(self) -> None:
        """Give the stage each step."""
        self.stage.on(self.said["day"], self._raise, hour=8)
        for one in self.said["notes"]:
            self.stage.on(one["day"], partial(self._note, one), hour=20)
        if "agenda" in self.said:
            self.stage.on(self.said["agenda"]["day"], self._put_on_agenda, hour=9)
        if "closed" in self.said:
            self.stage.on(self.said["closed"], self._close, hour=9)

    def _raise(self, at: datetime) -> None:
        said = self.said
        with acting_as(self.stage, said["who"]) as viewer:
            made = raise_issue(viewer=viewer, title=said["title"], body=said["body"], **self.about(at))
        self.code = made.code

    def _note(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, one["who"]) as viewer:
            note(viewer=viewer, issue=self.issue, body=one["words"], language=LANGUAGE, at=at)

    def _put_on_agenda(self, at: datetime) -> None:
        said = self.said["agenda"]
        meeting = Meeting.objects.select_related("group").get(title=said["meeting"])
        with acting_as(self.stage, self.lead) as viewer:
            points = [
                PointSaid(one.title, one.code, one.minutes, one.presenter)
                for one in agenda_of(viewer, meeting)
            ]
            points.append(PointSaid(said["title"], minutes=said["minutes"], issue=self.code))
            set_agenda(viewer=viewer, meeting=meeting, points=points, language=LANGUAGE, at=at)

    def _close(self, at: datetime) -> None:
        with acting_as(self.stage, self.lead) as viewer:
            close_issue(viewer=viewer, issue=self.issue, at=at)
