"""A consultation that the public reads, one round answered and one open; and a draft that its group alone reads."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.forum import acting_as
from config.demo.stage import Stage
from forum.actions.consultation import (
    begin_consultation,
    begin_next_round,
    close_due_round,
    open_round,
    publish_answers,
    write_clauses,
)
from forum.actions.consultation_comment import comment_on, confirm_comment, hide_comment, respond
from forum.models import (
    Consultation,
    ConsultationClause,
    ConsultationComment,
    ConsultationContact,
    ConsultationRound,
    Group,
)
from forum.models.consultation_facts import ClauseSaid, ConsultationSaid, WindowSaid
from forum.queries.consultation import digest_of
from ledger.codes import new_code

LANGUAGE = "en"


def schedule_consultations(stage: Stage) -> None:
    """Give the stage each step of the consultations, the oldest first."""
    said = words("consultations")
    story = Story(stage, said)
    stage.on(said["begun"], story.begin, hour=9)
    for number, told in enumerate(said["rounds"], start=1):
        story.schedule(number, told)
    stage.on(said["draft"]["begun"], story.draft, hour=9)


class Story:
    """The consultation on paying fees back."""

    def __init__(self, stage: Stage, said: dict[str, Any]) -> None:
        self.stage, self.said = stage, said

    @property
    def found(self) -> Consultation:
        """The consultation as it is at that moment."""
        return Consultation.objects.select_related("group").get(title=self.said["title"])

    def _round(self, number: int) -> ConsultationRound:
        rows = ConsultationRound.objects.select_related("group", "consultation")
        return rows.get(consultation__title=self.said["title"], number=number)

    def _clause(self, number: int, told: dict[str, Any], key: str | None) -> ConsultationClause | None:
        label = next((one["label"] for one in told["clauses"] if one["key"] == key), None)
        return (
            ConsultationClause.objects.filter(round=self._round(number), label=label).first()
            if label
            else None
        )

    def begin(self, at: datetime) -> None:
        """Begin it and write the clauses of the first round."""
        with acting_as(self.stage, self.said["lead"]) as viewer:
            said = ConsultationSaid(self.said["title"], self.said["summary"].strip(), LANGUAGE, True)
            group = Group.objects.get(key=self.said["group"])
            begin_consultation(viewer=viewer, group=group, said=said, at=at)
        self._write(1, self.said["rounds"][0], at)

    def draft(self, at: datetime) -> None:
        """Begin the one that nobody outside reads yet."""
        told = self.said["draft"]
        with acting_as(self.stage, self.said["staff"]) as viewer:
            said = ConsultationSaid(told["title"], told["summary"], LANGUAGE, False)
            group = Group.objects.get(key=self.said["group"])
            made = begin_consultation(viewer=viewer, group=group, said=said, at=at)
            clauses = [ClauseSaid("", one["label"], one["title"], one["text"]) for one in told["clauses"]]
            asked = ConsultationRound.objects.select_related("group").get(consultation=made)
            write_clauses(viewer=viewer, asked=asked, said=clauses, note="", note_language="", at=at)

    def schedule(self, number: int, told: dict[str, Any]) -> None:
        """Give the stage a round with its comments, their responses and its answers."""
        on = self.stage.on
        on(told["opened"], partial(self._open, number, told), hour=8)
        for one in told["comments"]:
            on(one["day"], partial(self._comment, number, told, one), hour=13)
            if "answered" in one:
                on(one["answered"], partial(self._respond, one), hour=10)
            if "hidden" in one:
                on(one["day"], partial(self._hide, one), hour=16)
        if "published" in told:
            on(told["opened"] - told["days"], partial(self._close, number), hour=9)
            on(told["published"], partial(self._publish, number, told), hour=10)

    def _write(self, number: int, told: dict[str, Any], at: datetime) -> None:
        """Write the clauses of a draft; those of the round before keep their identity by their number."""
        known = {
            one.label: one.identity for one in ConsultationClause.objects.filter(round=self._round(number))
        }
        clauses = [
            ClauseSaid(known.get(one["label"], ""), one["label"], one["title"], one["text"])
            for one in told["clauses"]
        ]
        with acting_as(self.stage, self.said["lead"]) as viewer:
            write_clauses(
                viewer=viewer,
                asked=self._round(number),
                said=clauses,
                note=told.get("note", ""),
                note_language=LANGUAGE if "note" in told else "",
                at=at,
            )

    def _open(self, number: int, told: dict[str, Any], at: datetime) -> None:
        if number > 1:
            with acting_as(self.stage, self.said["lead"]) as viewer:
                last = self._round(number - 1)
                begin_next_round(viewer=viewer, consultation=self.found, last=last, at=at)
            self._write(number, told, at)
        with acting_as(self.stage, self.said["lead"]) as viewer:
            said = WindowSaid(None, at + timedelta(days=told["days"]), self.said["zone"])
            open_round(viewer=viewer, asked=self._round(number), said=said, at=at)
        self.stage.dates_changed()

    def _comment(self, number: int, told: dict[str, Any], one: dict[str, Any], at: datetime) -> None:
        asked, clause = self._round(number), self._clause(number, told, one.get("clause"))
        language = one.get("language", LANGUAGE)
        if "who" in one:
            with acting_as(self.stage, one["who"]) as viewer:
                comment_on(
                    viewer=viewer, asked=asked, clause=clause, text=one["text"], language=language, at=at
                )
            return
        code = new_code()
        said = ConsultationComment.objects.create(
            code=code,
            group=asked.group,
            consultation=asked.consultation,
            round=asked,
            clause=clause,
            from_public=True,
            state="waiting",
            name=one["name"],
            organisation_name=one["organisation"],
            text=one["text"],
            language=language,
            made_at=at,
        )
        contact = ConsultationContact.objects.create(
            group=asked.group, comment=said, email=one["email"], token_hash=digest_of(code), asked_at=at
        )
        confirm_comment(contact=contact, at=at + timedelta(hours=1))

    def _said(self, one: dict[str, Any]) -> ConsultationComment:
        rows = ConsultationComment.objects.select_related("round__group", "consultation", "clause")
        return rows.get(text=one["text"])

    def _respond(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, self.said["lead"]) as viewer:
            respond(
                viewer=viewer,
                comment=self._said(one),
                verdict=one["verdict"],
                reason=one["reason"],
                language=LANGUAGE,
                at=at,
            )

    def _hide(self, one: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, self.said["staff"]) as viewer:
            hide_comment(
                viewer=viewer, comment=self._said(one), reason=one["hidden"], language=LANGUAGE, at=at
            )

    def _close(self, number: int, at: datetime) -> None:
        close_due_round(round_id=self._round(number).pk, at=at)

    def _publish(self, number: int, told: dict[str, Any], at: datetime) -> None:
        with acting_as(self.stage, self.said["lead"]) as viewer:
            publish_answers(
                viewer=viewer,
                asked=self._round(number),
                outcome=told["outcome"],
                language=LANGUAGE,
                at=at,
            )
