"""What the pages of a feedback round share, inside its group and for people of others."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from forum.lifecycle import FeedbackState
from forum.models import FeedbackProject, FeedbackRound, Group
from forum.permissions.work import can_work
from forum.queries.feedback import (
    comments_in,
    counts_by_question,
    invited_groups,
    parts_presented,
    projects_begun,
    rounds_asking,
    rounds_of,
    stood,
)
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.moments import in_zone, place_of, zone_called
from web.paging import keyset_page
from web.pieces import Fact

COMMENTS = 30
FEW = 5
# A project's part of the page: each question with its number, words, comments, those that wait, and its filter.
Question = tuple[int, str, int, int, str]


def shown(request: ViewerRequest, found: FeedbackRound, *, at: dt.datetime) -> dict[str, Any]:
    """Return what every reader of a round sees."""
    viewer = request.viewer
    parts = parts_presented(viewer, found)
    counts = counts_by_question(viewer, found)
    chosen = _chosen(request, parts)
    rows = comments_in(viewer, found)
    if chosen is not None:
        rows = rows.filter(part=chosen[0], question=chosen[1])
    only_waiting = request.GET.get("waits") == "1"
    if only_waiting:
        rows = rows.waiting()
    page = keyset_page(rows, request=request, order=("at", "id"), size=COMMENTS)
    return {
        "round": found,
        "phase": found.phase(at),
        "window": window_of(found),
        "parts": [(part, _questions(part, counts)) for part in parts],
        "total": sum(every for every, _waits in counts.values()),
        "waits": sum(waits for _every, waits in counts.values()),
        "chosen": chosen,
        "chosen_words": chosen[0].question(chosen[1]) if chosen else "",
        "only_waiting": only_waiting,
        "page": page,
        "readers": readers_said(found),
    }


def _questions(part: FeedbackProject, counts: dict[tuple[int, int], tuple[int, int]]) -> list[Question]:
    """Return what one can comment on; the project as a whole comes last."""
    numbered = [*enumerate(part.questions, start=1), (0, "")]
    return [
        (number, words, *counts.get((part.pk, number), (0, 0)), f"{part.code}-{number}")
        for number, words in numbered
    ]


def _chosen(request: HttpRequest, parts: list[FeedbackProject]) -> tuple[FeedbackProject, int] | None:
    """Return the question whose comments are asked for; None for all of them."""
    code, _dash, number = request.GET.get("about", "").partition("-")
    part = next((one for one in parts if one.code == code), None)
    if part is None or not (number.isascii() and number.isdigit()) or len(number) > 2:
        return None
    return (part, int(number)) if int(number) <= len(part.questions) else None


def window_of(found: FeedbackRound) -> dict[str, Any]:
    """Return when a round opens and closes, in the reader's zone, and in its own where that is another."""
    zone = zone_called(found.zone)
    here = timezone.localtime(found.closes_at)
    is_here = found.closes_at.astimezone(zone).utcoffset() == here.utcoffset()
    return {
        "opens": found.opens_at,
        "closes": found.closes_at,
        "zone": place_of(timezone.get_current_timezone_name()),
        "beside": "" if is_here else f"{place_of(found.zone)}: {in_zone(found.closes_at, zone)}",
    }


def readers_said(found: FeedbackRound) -> list[Fact]:
    """Return who reads a round, in words."""
    own = Fact(_("The group that asks"), found.group.title)
    if found.state in {"draft", "withdrawn"}:
        return [own]
    named = ", ".join(one.title for one in invited_groups(found))
    return [own, Fact(_("Invited"), _("Every group of this forum") if found.for_all else named)]


def answered_by(viewer: Viewer, found: FeedbackRound, parts: list[FeedbackProject]) -> set[int]:
    """Return the presented projects that somebody began who is no co-lead, and so answers for."""
    mine = projects_begun(viewer, parts) if found.state == FeedbackState.OPEN else set()
    return mine if mine and can_work(viewer, found.group) else set()


def at_work(viewer: Viewer, group: Group, *, at: dt.datetime) -> dict[str, Any]:
    """Return what the page of a group's work says of feedback rounds."""
    own = rounds_of(group, viewer).order_by("-created_at", "-id")[:FEW]
    asking = rounds_asking(group, viewer).filter(opens_at__lte=at, closes_at__gt=at, state="open")
    return {
        "feedback_own": stood(own, at),
        "feedback_asking": stood(asking.order_by("closes_at", "id")[:FEW], at),
    }
