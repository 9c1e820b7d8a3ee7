"""The knowledge series and a forum meeting, with people who come, who wait and who came."""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.content import words
from config.demo.stage import Stage
from forum.actions.attendance import add_material, give_certificates, mark_attendance, release_materials
from forum.actions.event import prepare_event, publish_event
from forum.actions.registration import register, register_group
from forum.actions.series import begin_series, publish_series
from forum.models import Event, EventPlace, Series
from forum.models.event_facts import EventSaid, Seat

LANGUAGE, ZONE = "en", "Europe/London"
LENGTH = timedelta(minutes=75)
FEW = 15


def schedule_events(stage: Stage) -> None:
    """Give the stage the series, its sessions and the next forum meeting."""
    said = words("events")
    stage.on(said["series"]["begun"], lambda at: _begin(stage, said, at), hour=9)
    stage.on(said["meeting"]["begun"], lambda at: _meet(stage, said["meeting"], at), hour=9)


def _begin(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    told = said["series"]
    with stage.acting(*told["host"].split("/")) as viewer:
        given = {name: told[name] for name in ("title", "summary", "tags")}
        series = begin_series(viewer=viewer, language=LANGUAGE, at=at, **given)
        publish_series(viewer=viewer, series=series, at=at)
    for one in said["sessions"]:
        _announce(stage, said, series, one, at)


def _announce(stage: Stage, said: dict[str, Any], series: Series, one: dict[str, Any], at: datetime) -> None:
    """Publish a session; people register in the weeks before it."""
    starts_at = _start(stage, one["day"])
    event = _publish(
        stage,
        said["series"]["host"],
        EventSaid(
            title=one["title"],
            kind=Event.Kind.WEBINAR,
            zone=ZONE,
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            summary=said["series"]["summary"],
            language=LANGUAGE,
            tags=[one["tag"]],
            series=series,
            capacity=one.get("capacity", FEW),
            per_organisation=one.get("share", 3),
            joining_link="https://meet.example.org/know-what-you-buy",
            joining_words="The waiting room opens ten minutes earlier.",
        ),
        at,
    )
    first = max(2, 10 - one["day"]) if one["day"] < 0 else 12
    for number, who in enumerate(one["people"]):
        back = first - (1 if number > 3 else 0)
        stage.on(back, partial(_register, stage, event, who), hour=9, minute=5 * number)
    if one["day"] < 0:
        stage.on(-one["day"] - 1, lambda when: _look_back(stage, said, event, one, when), hour=10)


def _publish(stage: Stage, host: str, said: EventSaid, at: datetime) -> Event:
    with stage.acting(*host.split("/")) as viewer:
        event = prepare_event(viewer=viewer, said=said, at=at)
        publish_event(viewer=viewer, event=event, at=at)
    stage.dates_changed()
    return event


def _register(stage: Stage, event: Event, who: str, at: datetime) -> None:
    with stage.acting(*who.split("/")) as viewer:
        register(viewer=viewer, event=event, at=at)
    stage.dates_changed()


def _look_back(stage: Stage, said: dict[str, Any], event: Event, one: dict[str, Any], at: datetime) -> None:
    """Mark who was there, release the briefing note and give certificates."""
    away = {stage.people[who.split("/")[1]].pk for who in one["absent"]}
    told = said["material"]
    with stage.acting(*said["series"]["host"].split("/")) as viewer:
        places = EventPlace.objects.visible_to(viewer).filter(event=event, is_held=True)
        marks = {place.code: "absent" if place.person_id in away else "attended" for place in places}
        mark_attendance(viewer=viewer, event=event, marks=marks, at=at)
        file = SimpleUploadedFile(told["name"], told["text"].encode(), "text/plain")
        add_material(viewer=viewer, event=event, file=file, title=told["title"], language=LANGUAGE, at=at)
        release_materials(viewer=viewer, event=event, at=at)
        give_certificates(viewer=viewer, event=event, at=at)


def _meet(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    """Call the next forum meeting; one organisation books for four."""
    starts_at = _start(stage, said["day"])
    event = _publish(
        stage,
        said["host"],
        EventSaid(
            title=said["title"],
            kind=Event.Kind.FORUM,
            zone=ZONE,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=6),
            register_by=starts_at - timedelta(days=7),
            summary=said["summary"],
            language=LANGUAGE,
            place=said["place"],
            capacity=said["capacity"],
        ),
        at,
    )
    group = said["group"]
    with stage.acting(*group["who"].split("/")) as viewer:
        register_group(
            viewer=viewer,
            event=event,
            quantity=group["quantity"],
            seats=[Seat(name=name) for name in group["names"]],
            at=at + timedelta(hours=2),
        )


def _start(stage: Stage, day: int) -> datetime:
    """Return ten o'clock in the organiser's zone, so many days after the day of loading."""
    local = datetime.combine(stage.today + timedelta(days=day), time(10), tzinfo=ZoneInfo(ZONE))
    return local.astimezone(UTC)
