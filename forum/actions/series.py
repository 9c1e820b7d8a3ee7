"""The verbs of a series: begin, change, publish."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from forum.lifecycle import SERIES, SeriesState
from forum.models import Series
from forum.permissions.event import can_organise, can_run_series
from ledger.entries import record
from ledger.transitions import move
from organisations.visibility import Viewer

BEGUN = "forum.series_begun"
CHANGED = "forum.series_changed"
PUBLISHED = "forum.series_published"


def begin_series(
    *,
    viewer: Viewer,
    title: str,
    summary: str = "",
    language: str = "",
    tags: Sequence[str] = (),
    at: dt.datetime,
) -> Series:
    """Begin a series of events as a draft.

    Raises:
        Forbidden: see `can_organise`.
    """
    can_organise(viewer).require()
    with transaction.atomic():
        series = Series.objects.create(
            organiser_id=viewer.organisation_id,
            title=title.strip(),
            summary=summary.strip(),
            language=language,
            tags=list(tags),
            created_at=at,
        )
        series.refresh_from_db()
        record(verb=BEGUN, by=viewer, subject=series, owner_id=series.organiser_id, at=at)
    return series


def change_series(
    *,
    viewer: Viewer,
    series: Series,
    title: str,
    summary: str = "",
    language: str = "",
    tags: Sequence[str] = (),
    at: dt.datetime,
) -> Series:
    """Say anew what a series is about.

    Raises:
        Forbidden: see `can_run_series`.
    """
    with transaction.atomic():
        series = Series.objects.visible_to(viewer).select_for_update().get(pk=series.pk)
        can_run_series(viewer, series).require()
        series.title, series.summary = title.strip(), summary.strip()
        series.language, series.tags = language, list(tags)
        series.save(update_fields=["title", "summary", "language", "tags"])
        record(verb=CHANGED, by=viewer, subject=series, owner_id=series.organiser_id, at=at)
    return series


def publish_series(*, viewer: Viewer, series: Series, at: dt.datetime) -> Series:
    """Let everyone signed in read of a series.

    Raises:
        Forbidden: see `can_run_series`. Refusal: `illegal-move`, when it is published already.
    """
    with transaction.atomic():
        series = Series.objects.visible_to(viewer).select_for_update().get(pk=series.pk)
        can_run_series(viewer, series).require()
        move(
            series,
            to=SeriesState.PUBLISHED,
            lifecycle=SERIES,
            verb=PUBLISHED,
            by=viewer,
            owner_id=series.organiser_id,
            at=at,
        )
    return series
