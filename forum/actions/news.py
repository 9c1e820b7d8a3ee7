"""How often somebody wants news from their groups, ending it by a link, and the letters themselves."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from forum.models import GroupAccess, NewsChoice, Rhythm
from forum.queries.news import Span, news_of, own_choice, sealed
from ledger.codes import new_code
from ledger.dates import date_in, moment
from ledger.entries import draft as entry_draft
from ledger.entries import record_all
from ledger.models import Occurrence
from ledger.models.subjects import kind_of
from ledger.occurrences import cancel, draft, schedule, schedule_all
from organisations.models import Person
from organisations.visibility import Viewer

DIGEST, TOLD = "forum.digest", "forum.digest_told"
MORNING = dt.time(7)  # where the reader is
IN_LETTERS = (Rhythm.DAILY, Rhythm.WEEKLY)


def choose_news(*, viewer: Viewer, rhythm: str, mails_mentions: bool, at: dt.datetime) -> NewsChoice:
    """Choose how often news come by mail, for the groups that one is in for this organisation."""
    with transaction.atomic():
        choice = own_choice(viewer) or _new(viewer.person_id, viewer.organisation_id, at)
        if choice.rhythm not in IN_LETTERS:
            choice.told_until = at
        choice.rhythm, choice.mails_mentions = Rhythm(rhythm), mails_mentions
        _save(choice)
        cancel(DIGEST, choice, at=at)
        if choice.rhythm in IN_LETTERS:
            zone = Person.objects.values_list("timezone", flat=True).get(pk=viewer.person_id)
            due = _morning_after(at, zone, choice.rhythm)
            schedule(DIGEST, choice, due, choice.organisation_id)
    return choice


def void_links(*, viewer: Viewer, at: dt.datetime) -> None:
    """Make the links of all letters so far void."""
    choice = own_choice(viewer) or _new(viewer.person_id, viewer.organisation_id, at)
    choice.stop_seed = new_code()
    _save(sealed(choice))


def stop_news(*, choice: NewsChoice) -> None:
    """End the letters of whoever holds the link; saying so again changes nothing."""
    NewsChoice.objects.filter(pk=choice.pk, stop_hash=choice.stop_hash).update(rhythm=Rhythm.NONE)


def expect_letters(*, group_ids: Sequence[int], at: dt.datetime) -> None:
    """Plan the next letter of everybody who may enter these groups and has none planned; acts for nobody.

    Whoever has chosen nothing yet gets one a day.
    """
    inside = set(
        GroupAccess.objects.filter(group_id__in=group_ids).values_list("person_id", "organisation_id")
    )
    people = {person for person, _organisation in inside}
    chosen = {
        (one.person_id, one.organisation_id): one for one in NewsChoice.objects.filter(person_id__in=people)
    }
    missing = [_new(*who, at - dt.timedelta(microseconds=1)) for who in sorted(inside - chosen.keys())]
    NewsChoice.objects.bulk_create(missing, ignore_conflicts=True)
    rows = NewsChoice.objects.filter(person_id__in=people, rhythm__in=IN_LETTERS)
    _expect([one for one in rows if (one.person_id, one.organisation_id) in inside], at)


def tell_news(*, choice_ids: Sequence[int], at: dt.datetime) -> int:
    """Tell each of these people what is new since last time, if something is; return how many letters that makes.

    What they may read is asked now, and again when the letter is written. Acts for nobody: a morning came.
    """
    choices = list(NewsChoice.objects.filter(pk__in=choice_ids, rhythm__in=IN_LETTERS).order_by("pk"))
    news = news_of(Span(one.pk, one.told_until, at) for one in choices)
    drafts = [
        entry_draft(
            verb=TOLD,
            by=None,
            subject=one,
            owner_id=None,
            at=at,
            data={"since": one.told_until.isoformat(), "until": at.isoformat()},
        )
        for one in choices
        if one.pk in news
    ]
    with transaction.atomic():
        NewsChoice.objects.filter(pk__in=[one.pk for one in choices]).update(told_until=at)
        record_all(drafts)
    return len(drafts)


def _save(choice: NewsChoice) -> None:
    if choice._state.adding:
        choice.save(force_insert=True)
    else:
        choice.save(update_fields=["rhythm", "mails_mentions", "told_until", "stop_seed", "stop_hash"])


def _new(person_id: int, organisation_id: int, told_until: dt.datetime) -> NewsChoice:
    return sealed(NewsChoice(person_id=person_id, organisation_id=organisation_id, told_until=told_until))


def _expect(choices: Sequence[NewsChoice], at: dt.datetime) -> None:
    """Schedule the next morning, or the next Monday, where each reader is."""
    if not choices:
        return
    keys = [one.pk for one in choices]
    waiting = set(
        Occurrence.objects.filter(
            Q(done_at=None, cancelled_at=None),
            kind=DIGEST,
            subject_kind=kind_of(choices[0]),
            subject_id__in=keys,
        ).values_list("subject_id", flat=True)
    )
    zones = dict(
        Person.objects.filter(pk__in={one.person_id for one in choices}).values_list("pk", "timezone")
    )
    rows = []
    for one in choices:
        if one.pk not in waiting:
            due = _morning_after(at, zones.get(one.person_id, ""), one.rhythm)
            rows.append(draft(DIGEST, one, due, one.organisation_id))
    schedule_all(rows)


def _morning_after(at: dt.datetime, zone_name: str, rhythm: str) -> dt.datetime:
    """Return the next morning, or that of the next Monday, in a time zone."""
    zone = ZoneInfo(zone_name or "UTC")
    today = date_in(zone, at)
    ahead = 1 if rhythm == Rhythm.DAILY else 7 - today.weekday()
    return moment(today + dt.timedelta(days=ahead), zone, MORNING)
