"""The forum: its groups, who leads them, who takes part and who waits."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.cast import code_of
from config.demo.content import words
from config.demo.stage import Stage
from forum.actions.beginning import begin_forum
from forum.actions.charter import adopt_charter, draft_charter
from forum.actions.competition import accept_notice, publish_notice
from forum.actions.group import name_co_lead, name_colleague
from forum.actions.participant import accept_invitation, accept_request, ask, invite, join
from forum.actions.seat import give_seat, sit
from forum.definitions.reading import read_beginning
from forum.models import CompetitionNotice, EntryRule, Group, Participant, Seat
from forum.models.facts import CharterSaid
from organisations.visibility import Viewer

LANGUAGE = "en"


def schedule_forum(stage: Stage) -> None:
    """Give the stage the groups and everyone's way into them."""
    said = words("forum")
    operator, _person = said["operator"].split("/")
    begun = said["begun"]
    stage.on(begun, lambda at: _begin(stage, operator, at), hour=9)
    for place, (key, one) in enumerate(said["groups"].items()):
        GroupStory(stage, said, key, one).schedule(begun - 5 - place)
    stage.on(said["notice"]["day"], lambda at: _publish(stage, said, at), hour=9)
    for name in sorted(_everyone(said) - set(said["notice"]["not_yet"])):
        stage.on(said["notice"]["day"] - 1, partial(_accept, stage, name), hour=11)


def _begin(stage: Stage, operator: str, at: datetime) -> None:
    begin_forum(read_beginning(), operator=stage.organisations[operator], at=at)


def _everyone(said: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for one in said["groups"].values():
        found.update(one.get("members", []), one.get("guests", []), one.get("members_by_invitation", []))
        found.update(one.get("joins_more", []))
        found.update(one[side] for side in ("staff", "lead") if side in one)
    return found


@contextmanager
def acting_as(stage: Stage, who: str) -> Iterator[Viewer]:
    """Act as somebody of the cast, "organisation/person"."""
    organisation, person = who.split("/")
    with stage.acting(organisation, person) as viewer:
        yield viewer


def _publish(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    with acting_as(stage, said["operator"]) as viewer:
        newest = CompetitionNotice.objects.in_force(viewer.organisation_id)
        body = f"{newest.body if newest else ''}\n\n{said['notice']['more']}"
        publish_notice(viewer=viewer, body=body, language=LANGUAGE, at=at)


def _accept(stage: Stage, who: str, at: datetime) -> None:
    """Accept the newest notice; whoever has not joined yet does it when they come in."""
    if tuple(who.split("/")) not in stage.members:
        return
    with acting_as(stage, who) as viewer:
        newest = CompetitionNotice.objects.visible_to(viewer).order_by("-number").first()
        if newest is not None:
            accept_notice(viewer=viewer, notice=newest, at=at)


class GroupStory:
    """One group, from its first co-leads to who waits today."""

    def __init__(self, stage: Stage, words: dict[str, Any], key: str, said: dict[str, Any]) -> None:
        self.stage, self.words, self.key, self.said = stage, words, key, said

    @property
    def group(self) -> Group:
        """The group as it is at that moment."""
        return Group.objects.get(key=self.key)

    def schedule(self, day: int) -> None:
        """Give the stage each step, the oldest first."""
        said = self.said
        for side, step in (("staff", self._name_staff), ("lead", self._name_lead)):
            if side in said:
                self._on(day, said[side], step)
        for number, who in enumerate([*said.get("members", []), *said.get("joins_more", [])]):
            self._on(day - 8 - number, who, self._come_in)
        for who in said.get("members_by_invitation", []):
            self._on(day - 20, who, self._invite_in)
        for who in said.get("guests", []):
            self._on(day - 30, who, lambda one, at: self._invite_in(one, at, role="guest"))
        self.stage.on(40, self._give_seats, hour=14)
        if "charter" in said:
            self.stage.on(said["charter"]["day"], self._charter, hour=15)
        for one in said.get("asks", []):
            self._on(one["day"], one["who"], lambda who, at, o=one: self._ask(who, o["words"], at))
        for one in said.get("invites", []):
            self._on(
                one["day"],
                one["who"],
                lambda who, at, o=one: self._invite(who, o.get("role", "member"), at),
            )

    def _on(self, day: int, who: str, step: Any) -> None:
        """Have somebody do something on a day, or as soon as they have joined their organisation."""
        organisation, person = who.split("/")
        joined = next(
            one.get("joined", 1000)
            for of in words("cast")
            if of["key"] == organisation
            for one in of["people"]
            if one["key"] == person
        )
        self.stage.on(min(day, joined - 2), lambda at: step(who, at), hour=12)

    def _name_staff(self, who: str, at: datetime) -> None:
        organisation, person = who.split("/")
        with acting_as(self.stage, self.words["operator"]) as viewer:
            name_colleague(
                viewer=viewer, group=self.group, colleague=self.stage.members[organisation, person], at=at
            )
        _accept(self.stage, who, at)

    def _name_lead(self, who: str, at: datetime) -> None:
        with acting_as(self.stage, self.words["operator"]) as viewer:
            organisation, person = who.split("/")
            part = name_co_lead(
                viewer=viewer,
                group=self.group,
                organisation_code=code_of(organisation),
                email=self.stage.people[person].email,
                at=at,
            )
        self._answer(who, part.pk, at)

    def _answer(self, who: str, part: int, at: datetime) -> None:
        with acting_as(self.stage, who) as viewer:
            accept_invitation(
                viewer=viewer,
                participant=Participant.objects.select_related("group").get(pk=part),
                at=at + timedelta(minutes=5),
            )
        _accept(self.stage, who, at + timedelta(minutes=10))

    def _come_in(self, who: str, at: datetime) -> None:
        group = self.group
        with acting_as(self.stage, who) as viewer:
            if group.entry == EntryRule.OPEN:
                join(viewer=viewer, group=group, at=at)
                part = None
            else:
                part = ask(viewer=viewer, group=group, at=at)
        if part is not None:
            with acting_as(self.stage, self._leader()) as viewer:
                waiting = Participant.objects.select_related("group").get(pk=part.pk)
                accept_request(viewer=viewer, participant=waiting, at=at + timedelta(minutes=30))
        _accept(self.stage, who, at + timedelta(minutes=40))

    def _leader(self) -> str:
        return str(self.said["lead"])

    def _invite(self, who: str, role: str, at: datetime) -> int:
        organisation, person = who.split("/")
        with acting_as(self.stage, self.said["lead"]) as viewer:
            part = invite(
                viewer=viewer,
                group=self.group,
                organisation_code=code_of(organisation),
                email=self.stage.people[person].email,
                role=role,
                at=at,
            )
        return part.pk

    def _invite_in(self, who: str, at: datetime, role: str = "member") -> None:
        self._answer(who, self._invite(who, role, at), at)

    def _ask(self, who: str, said: str, at: datetime) -> None:
        with acting_as(self.stage, who) as viewer:
            ask(viewer=viewer, group=self.group, words=said, language=LANGUAGE, at=at)

    def _give_seats(self, at: datetime) -> None:
        if "lead" not in self.said:
            return
        for constituency, seats in self.said.get("seats", {}).items():
            for people in seats:
                self._give_seat(constituency, people, at)

    def _give_seat(self, constituency: str, people: Iterable[str], at: datetime) -> None:
        parts = list(people)
        with acting_as(self.stage, self.said["lead"]) as viewer:
            group = self.group
            organisation = parts[0].split("/")[0]
            made = give_seat(
                viewer=viewer,
                group=group,
                constituency=constituency,
                organisation_code=code_of(organisation),
                at=at,
            )
            sitting = [
                Participant.objects.active().get(
                    group=group,
                    person=self.stage.people[who.split("/")[1]],
                    organisation=made.organisation_id,
                )
                for who in parts
            ]
            seat = Seat.objects.select_related("group").get(pk=made.pk)
            alternate = sitting[1] if len(sitting) > 1 else None
            sit(viewer=viewer, seat=seat, holder=sitting[0], alternate=alternate, at=at)

    def _charter(self, at: datetime) -> None:
        said = self.said["charter"]
        with acting_as(self.stage, self.said["lead"]) as viewer:
            draft = draft_charter(
                viewer=viewer,
                group=self.group,
                said=CharterSaid(
                    purpose=said["purpose"].strip(),
                    deliverables=said["deliverables"].strip(),
                    ends_on=self.stage.today + timedelta(days=said["ends_in"]),
                    language=LANGUAGE,
                ),
                at=at,
            )
            adopt_charter(viewer=viewer, charter=draft, at=at + timedelta(hours=1))
