"""What a group works on, and the feedback rounds in which other groups say what they think of it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.forum import LANGUAGE, acting_as
from config.demo.stage import Stage
from forum.actions.feedback import (
    answer_comment,
    comment,
    finish_round,
    prepare_round,
    present_project,
    release_round,
)
from forum.actions.project import add_project, move_milestone, move_project, set_milestone, update_project
from forum.models import (
    FeedbackComment,
    FeedbackProject,
    FeedbackRound,
    Group,
    Milestone,
    Project,
    ProjectUpdate,
)
from forum.models.feedback_facts import PartSaid, RoundSaid


def schedule_feedback(stage: Stage) -> None:
    """Give the stage the projects of a group, and its rounds."""
    said = words("feedback")
    for one in said["projects"].values():
        ProjectStory(stage, said["group"], one).schedule()
    for one in said["rounds"]:
        RoundStory(stage, said, one).schedule()


class ProjectStory:
    """One project with its milestones and news."""

    def __init__(self, stage: Stage, key: str, said: dict[str, Any]) -> None:
        self.stage, self.key, self.said = stage, key, said

    def schedule(self) -> None:
        """Give the stage each step."""
        self.stage.on(self.said["day"], self._begin, hour=10)
        for one in self.said["milestones"]:
            if "reached" in one:
                self.stage.on(one["reached"], partial(self._reach, one["title"]), hour=11)
        for one in self.said["updates"]:
            self.stage.on(one["day"], partial(self._tell, one), hour=12)

    def _begin(self, at: datetime) -> None:
        with acting_as(self.stage, self.said["who"]) as viewer:
            project = add_project(
                viewer=viewer,
                group=Group.objects.get(key=self.key),
                title=self.said["title"],
                purpose=self.said["purpose"].strip(),
                sdg_tags=self.said["sdg_tags"],
                language=LANGUAGE,
                at=at,
            )
            move_project(viewer=viewer, project=project, to="active", at=at + timedelta(minutes=5))
            for one in self.said["milestones"]:
                set_milestone(
                    viewer=viewer,
                    project=project,
                    title=one["title"],
                    due_on=self.stage.today + timedelta(days=one["due_in"]),
                    language=LANGUAGE,
                    at=at + timedelta(minutes=10),
                )

    def _project(self) -> Project:
        return Project.objects.select_related("group").get(title=self.said["title"])

    def _reach(self, title: str, at: datetime) -> None:
        found = Milestone.objects.select_related("project__group").get(project=self._project(), title=title)
        with acting_as(self.stage, self.said["who"]) as viewer:
            move_milestone(viewer=viewer, milestone=found, to="reached", at=at)

    def _tell(self, said: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, said["who"]) as viewer:
            update_project(
                viewer=viewer,
                project=self._project(),
                body=said["words"],
                percent=said["percent"],
                language=LANGUAGE,
                at=at,
            )


class RoundStory:
    """One round, from its release to its summary, as far as it has come."""

    def __init__(self, stage: Stage, about: dict[str, Any], said: dict[str, Any]) -> None:
        self.stage, self.about, self.said = stage, about, said

    def schedule(self) -> None:
        """Give the stage each step."""
        self.stage.on(self.said["day"], self._release, hour=9)
        for one in self.said["comments"]:
            self.stage.on(one["day"], partial(self._comment, one), hour=13)
            if "answer" in one:
                answer = one["answer"]
                self.stage.on(answer["day"], partial(self._answer, one["words"], answer), hour=15)
        if "summary" in self.said:
            self.stage.on(self.said["summary"]["day"], self._finish, hour=16)

    def _round(self) -> FeedbackRound:
        return FeedbackRound.objects.select_related("group").get(title=self.said["title"])

    def _title(self, project: str) -> str:
        return str(self.about["projects"][project]["title"])

    def _release(self, at: datetime) -> None:
        groups = {one.key: one for one in Group.objects.all()}
        given = RoundSaid(
            title=self.said["title"],
            purpose=self.said["purpose"].strip(),
            language=LANGUAGE,
            zone="Europe/London",
            closes_at=at.replace(hour=16) + timedelta(days=self.said["lasts"]),
            invited=[groups[key] for key in self.about["invited"]],
        )
        with acting_as(self.stage, self.said["who"]) as viewer:
            found = prepare_round(viewer=viewer, group=groups[self.about["group"]], said=given, at=at)
            for one in self.said["presents"]:
                project = Project.objects.get(title=self._title(one["project"]))
                present_project(viewer=viewer, found=found, project=project, said=_part(project, one), at=at)
            release_round(viewer=viewer, found=found, at=at + timedelta(hours=1))
        self.stage.dates_changed()

    def _comment(self, said: dict[str, Any], at: datetime) -> None:
        rows = FeedbackProject.objects.select_related("round__group")
        part = rows.get(round=self._round(), title=self._title(said["project"]))
        asked = Group.objects.filter(key__in=self.about["invited"]).order_by("key")
        with acting_as(self.stage, said["who"]) as viewer:
            of = asked.filter(participants__person_id=viewer.person_id).first()
            comment(
                viewer=viewer,
                part=part,
                question=said["question"],
                body=said["words"],
                from_group=of,
                language=said.get("language", LANGUAGE),
                at=at,
            )

    def _answer(self, to: str, said: dict[str, Any], at: datetime) -> None:
        rows = FeedbackComment.objects.select_related("round__group", "part__project")
        found = rows.get(round=self._round(), body=to)
        with acting_as(self.stage, said["who"]) as viewer:
            answer_comment(
                viewer=viewer,
                comment=found,
                answer=said["words"],
                outcome=said["outcome"],
                language=LANGUAGE,
                at=at,
            )

    def _finish(self, at: datetime) -> None:
        said = self.said["summary"]
        with acting_as(self.stage, said["who"]) as viewer:
            finish_round(
                viewer=viewer, found=self._round(), summary=said["words"].strip(), language=LANGUAGE, at=at
            )


def _part(project: Project, said: dict[str, Any]) -> PartSaid:
    milestones = list(Milestone.objects.filter(project=project).order_by("due_on", "pk"))
    updates = list(ProjectUpdate.objects.filter(project=project).order_by("at", "pk"))
    return PartSaid(
        description=said["description"].strip(),
        language=LANGUAGE,
        questions=said["questions"],
        milestones=[milestones[number] for number in said["milestones"]],
        updates=[updates[number] for number in said["updates"]],
    )
