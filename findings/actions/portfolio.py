"""Keeping views of a portfolio, subscribing to them, and the digest that follows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from documents.renderings import request_rendering
from findings.models import SavedView, Subscription, TableExport
from findings.permissions.portfolio import can_change_view, can_follow, can_keep_views, can_take_list
from findings.queries.digest import news_of
from ledger.dates import date_in, moment
from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal
from organisations.models import Person
from organisations.queries import viewer_for
from organisations.visibility import Viewer

DIGEST = "findings.digest"
TABLE = "findings.table"
MORNING = dt.time(7)  # where the reader is
MOST_VIEWS = 50


def keep_view(*, viewer: Viewer, name: str, asked: Mapping[str, str], at: dt.datetime) -> SavedView:
    """Keep filters and order under a name, for everyone in the organisation.

    Raises:
        Forbidden: see `can_keep_views`.
        Refusal: `name-taken`; `too-many-views`.
    """
    can_keep_views(viewer).require()
    with transaction.atomic():
        if SavedView.objects.visible_to(viewer).count() >= MOST_VIEWS:
            raise Refusal("too-many-views", _("There are 50 views already. Please remove one first."))
        view = SavedView(
            organisation_id=viewer.organisation_id,
            name=name,
            asked=dict(asked),
            person_id=viewer.person_id,
            saved_at=at,
        )
        try:
            with transaction.atomic():
                view.save()
        except IntegrityError as error:
            sentence = _("There is a view of this name already. Please choose another name.")
            raise Refusal("name-taken", sentence, fields={"name": [sentence]}) from error
        record(verb="findings.view_kept", by=viewer, subject=view, owner_id=viewer.organisation_id, at=at)
    return view


def remove_view(*, viewer: Viewer, view: SavedView, at: dt.datetime) -> None:
    """Remove a view; whoever subscribed to it hears no more of it.

    Raises:
        Forbidden: see `can_change_view`.
    """
    can_change_view(viewer, view).require()
    with transaction.atomic():
        record(verb="findings.view_removed", by=viewer, subject=view, owner_id=viewer.organisation_id, at=at)
        view.delete()


def follow(
    *, viewer: Viewer, view: SavedView, events: Sequence[str], rhythm: str, at: dt.datetime
) -> Subscription:
    """Tell this person what happens to the suppliers in a view, from now on; asking again changes what is told.

    Args:
        events: values of `Subscription.Event`.
        rhythm: a value of `Subscription.Rhythm`.

    Raises:
        Forbidden: see `can_follow`.
    """
    can_follow(viewer).require()
    with transaction.atomic():
        subscription, _is_new = Subscription.objects.update_or_create(
            saved_view=view,
            person_id=viewer.person_id,
            defaults={"events": list(events), "rhythm": rhythm},
            create_defaults={
                "events": list(events),
                "rhythm": rhythm,
                "told_until": at,
                "organisation_id": viewer.organisation_id,
            },
        )
        cancel(DIGEST, subscription)
        _expect_digest(subscription, at)
    return subscription


def unfollow(*, viewer: Viewer, view: SavedView) -> None:
    """Tell this person no more of a view."""
    with transaction.atomic():
        for one in Subscription.objects.visible_to(viewer).filter(saved_view=view):
            cancel(DIGEST, one)
            one.delete()


def tell_digest(*, subscription_id: int, at: dt.datetime) -> bool:
    """Tell a person what happened since last time in the view they follow; tell whether there was something.

    What they may see is asked now, as it stands. Somebody who left the organisation is not told and not asked
    again. Acts for nobody: a morning came.
    """
    found = Subscription.objects.select_related("saved_view").filter(pk=subscription_id).first()
    if found is None:
        return False
    viewer = viewer_for(person_id=found.person_id, organisation_id=found.organisation_id)
    if viewer is None:
        return False
    news = news_of(viewer, found, until=at)
    found.told_until = at
    found.save(update_fields=["told_until"])
    if news:
        record(
            verb="findings.digest_told",
            by=None,
            subject=found.saved_view,
            owner_id=found.organisation_id,
            at=at,
            data={
                "person": found.person_id,
                "view": found.saved_view.name,
                "news": [one.to_json() for one in news],
            },
        )
    _expect_digest(found, at)
    return bool(news)


def take_list(
    *, viewer: Viewer, kind: str, file_format: str, asked: Mapping[str, str], at: dt.datetime
) -> TableExport:
    """Ask for a list as a file, narrowed and ordered as it is on the screen; the worker makes it.

    Args:
        kind: a value of `TableExport.Kind`.
        file_format: a value of `TableExport.Format`.
        asked: the parameters of the page's address.

    Raises:
        Forbidden: see `can_take_list`.
    """
    can_take_list(viewer, kind).require()
    with transaction.atomic():
        wish = TableExport.objects.create(
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            kind=kind,
            format=file_format,
            asked=dict(asked),
            asked_at=at,
        )
        record(
            verb="findings.list_taken",
            by=viewer,
            subject=wish,
            owner_id=viewer.organisation_id,
            at=at,
            data={"list": kind},
        )
        request_rendering(by=viewer, kind=TABLE, subject=wish, at=at)
    return wish


def _expect_digest(subscription: Subscription, at: dt.datetime) -> None:
    """Schedule the next morning, or the next Monday, where the reader is."""
    zone = ZoneInfo(Person.objects.values_list("timezone", flat=True).get(pk=subscription.person_id) or "UTC")
    today = date_in(zone, at)
    ahead = 1 if subscription.rhythm == Subscription.Rhythm.DAILY else 7 - today.weekday()
    day = today + dt.timedelta(days=ahead)
    schedule(DIGEST, subscription, moment(day, zone, MORNING), subscription.organisation_id)
