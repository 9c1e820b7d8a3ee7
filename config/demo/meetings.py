"""Meetings of a group: one agreed, one whose minutes wait for the group, one ahead."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.forum import acting_as
from config.demo.stage import Stage
from forum.actions.meeting import (
    answer_meeting,
    hold_meeting,
    note_attendance,
    plan_meeting,
    set_agenda,
)
from forum.actions.minutes import (
    add_line,
    answer_reply,
    approve_minutes,
    begin_minutes,
    propose_minutes,
    publish_minutes,
    reply_to_minutes,
    save_section,
    take_minutes_back,
)
from forum.models import Group, Meeting, Minutes, MinutesReply
from forum.models.meeting_facts import LineSaid, MeetingSaid, PointSaid
from forum.queries.meeting import expected_at
from forum.queries.minutes import sections_of
from web.moments import zone_called

LANGUAGE = "en"
WEEK = timedelta(days=7)


def schedule_meetings(stage: Stage) -> None:
    """Give the stage the meetings of one group, each from its planning to its minutes."""
    said = words("meetings")
    for one in said["meetings"]:
        MeetingStory(stage, said, one).schedule()


class MeetingStory:
    """One meeting."""

    def __init__(self, stage: Stage, words: dict[str, Any], said: dict[str, Any]) -> None:
        self.stage, self.words, self.said = stage, words, said

    @property
    def meeting(self) -> Meeting:
        """The meeting as it is at that moment."""
        return Meeting.objects.select_related("group").get(title=self.said["title"])

    @property
    def minutes(self) -> Minutes:
        """Its minutes as they are at that moment."""
        rows = Minutes.objects.select_related("meeting__group", "group")
        return rows.get(meeting__title=self.said["title"])

    def schedule(self) -> None:
        """Give the stage each step, the oldest first."""
        planned, said = self.said["planned"], self.said
        self.stage.on(planned, self._plan, hour=9)
        for number, who in enumerate([*said["coming"], *said["away"]]):
            answer = "coming" if who in said["coming"] else "not"
            self.stage.on(planned - 1 - number % 2, partial(self._answer, who, answer), hour=11)
        if said["state"] == "planned":
            return
        held = planned - said["in"] - 1
        self.stage.on(held, self._hold, hour=18)
        self.stage.on(held, self._write, hour=19)
        self.stage.on(held - 1 if said["state"] == "published" else 4, self._propose, hour=9)
        if said["state"] == "published":
            self.stage.on(held - 2, self._correct, hour=10)
            self.stage.on(held - 10, self._approve, hour=9)

    def _lead(self) -> Any:
        return acting_as(self.stage, self.words["lead"])

    def _plan(self, at: datetime) -> None:
        said = self.said
        zone = zone_called(said["zone"])
        day = (at + timedelta(days=said["in"])).astimezone(zone)
        starts_at = day.replace(hour=said["hour"], minute=0, second=0, microsecond=0)
        with self._lead() as viewer:
            meeting = plan_meeting(
                viewer=viewer,
                group=Group.objects.get(key=self.words["group"]),
                said=MeetingSaid(
                    title=said["title"],
                    language=LANGUAGE,
                    zone=said["zone"],
                    starts_at=starts_at,
                    minutes=said["minutes"],
                    place=said["place"],
                    livestream=said["livestream"],
                ),
                at=at,
            )
            points = [PointSaid(**one) for one in said["agenda"]]
            set_agenda(viewer=viewer, meeting=meeting, points=points, language=LANGUAGE, at=at)

    def _answer(self, who: str, answer: str, at: datetime) -> None:
        with acting_as(self.stage, who) as viewer:
            answer_meeting(viewer=viewer, meeting=self.meeting, answer=answer, at=at)

    def _hold(self, at: datetime) -> None:
        with self._lead() as viewer:
            meeting = hold_meeting(viewer=viewer, meeting=self.meeting, at=at)
            come = {self.stage.people[who.split("/")[1]].pk for who in self.said["coming"]}
            gone = {self.stage.people[who.split("/")[1]].pk for who in self.said["away"]}
            presence = {
                part: "there"
                if part.person_id in come or part.person_id == viewer.person_id
                else "apologies"
                if part.person_id in gone
                else "absent"
                for part, _row in expected_at(viewer, meeting)
            }
            note_attendance(viewer=viewer, meeting=meeting, presence=presence, at=at)

    def _write(self, at: datetime) -> None:
        with acting_as(self.stage, self.said["coming"][0]) as viewer:
            minutes = begin_minutes(viewer=viewer, meeting=self.meeting, at=at)
            sections = sections_of(viewer, minutes)
            for section, text in zip(sections, self.said["minutes_texts"], strict=True):
                save_section(viewer=viewer, section=section, text=text, language=LANGUAGE, version=0, at=at)
            for line in self.said["lines"]:
                add_line(
                    viewer=viewer, section=sections[line["section"] - 1], said=_line(line, at.date()), at=at
                )

    def _propose(self, at: datetime) -> None:
        with self._lead() as viewer:
            propose_minutes(viewer=viewer, minutes=self.minutes, open_until=at + WEEK, at=at)

    def _correct(self, at: datetime) -> None:
        """Somebody asks for a correction; it is written in, and the minutes go to the group anew."""
        said = self.said["correction"]
        with acting_as(self.stage, said["who"]) as viewer:
            reply_to_minutes(
                viewer=viewer,
                minutes=self.minutes,
                kind="correction",
                text=said["text"],
                language=LANGUAGE,
                at=at,
            )
        with self._lead() as viewer:
            reply = MinutesReply.objects.select_related("minutes__meeting__group").get(text=said["text"])
            answer_reply(viewer=viewer, reply=reply, answer=said["answer"], language=LANGUAGE, at=at)
            minutes = take_minutes_back(viewer=viewer, minutes=self.minutes, at=at)
            section = sections_of(viewer, minutes)[said["section"] - 1]
            save_section(
                viewer=viewer,
                section=section,
                text=said["becomes"],
                language=LANGUAGE,
                version=section.version,
                at=at,
            )
            propose_minutes(viewer=viewer, minutes=self.minutes, open_until=at + WEEK, at=at)

    def _approve(self, at: datetime) -> None:
        with self._lead() as viewer:
            minutes = approve_minutes(viewer=viewer, minutes=self.minutes, at=at)
            publish_minutes(viewer=viewer, minutes=minutes, at=at)


def _line(said: dict[str, Any], day: date) -> LineSaid:
    due_in = said.get("due_in")
    due_on = day + timedelta(days=due_in) if due_in else None
    return LineSaid(said["kind"], said["text"], LANGUAGE, said.get("owner", ""), due_on)
