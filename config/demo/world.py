"""Putting the world together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least

from config.demo.audits import Auditing
from config.demo.case import schedule_case
from config.demo.cast import DOMAIN, code_of, gather_cast
from config.demo.consultations import schedule_consultations
from config.demo.content import words
from config.demo.discussion import schedule_discussion
from config.demo.events import schedule_events
from config.demo.evidence import schedule_evidence
from config.demo.extensions import schedule_extensions
from config.demo.feedback import schedule_feedback
from config.demo.figures import schedule_figures
from config.demo.forum import schedule_forum
from config.demo.groupwork import schedule_groupwork
from config.demo.initiatives import schedule_initiatives
from config.demo.meetings import schedule_meetings
from config.demo.plans import keep_newest_papers, schedule_plans
from config.demo.register import schedule_imports
from config.demo.reviews import schedule_reviews
from config.demo.schemes import schedule_schemes
from config.demo.stage import Stage, count_letters_as_sent
from config.demo.together import schedule_together
from config.demo.trade import engage_firms, link_them, open_sites
from config.demo.updates import schedule_updates
from config.demo.variances import schedule_variances
from config.demo.work import schedule_work
from ledger.models import Channel, Delivery
from organisations.models import Organisation

NEWS_OF = timedelta(days=12)
MOST_UNREAD = 5
# In this order on equal moments: a piece of evidence is there before it is attached, a plan before it is answered.
AFTER_AUDITS = (
    schedule_reviews,
    schedule_evidence,
    schedule_figures,
    schedule_plans,
    schedule_extensions,
    schedule_together,
    schedule_variances,
    schedule_work,
    schedule_case,
    schedule_imports,
    schedule_schemes,
    schedule_initiatives,
    schedule_updates,
    schedule_forum,
    schedule_discussion,
    schedule_feedback,
    schedule_meetings,
    schedule_groupwork,
    schedule_consultations,
    schedule_events,
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is there now."""

    organisations: int
    people: int
    sites: int
    audits: int
    cars: int
    letters: int


def is_here() -> bool:
    """Tell whether the demo world, or a part of it, is in this database."""
    codes = [code_of(one["key"]) for one in words("cast")]
    return Organisation.objects.filter(code__in=codes).exists()


def load(now: datetime) -> Loaded:
    """Build the world as it is at `now`: all of it or nothing. Runs as the owner of the tables."""
    with transaction.atomic():
        stage = Stage(now)
        gather_cast(stage)
        open_sites(stage)
        link_them(stage)
        engage_firms(stage)
        Auditing(stage).schedule()
        for schedule in AFTER_AUDITS:
            schedule(stage)
        stage.play()
        letters = count_letters_as_sent()
        keep_newest_papers()
        _read_inboxes(now)
    return Loaded(
        organisations=len(stage.organisations),
        people=len(stage.people),
        sites=len(stage.sites),
        audits=sum(map(len, stage.audits.values())),
        cars=len(stage.cars),
        letters=letters,
    )


def _read_inboxes(now: datetime) -> None:
    """Leave a handful of recent news unread; people have opened the rest some hours after it came."""
    inbox = Delivery.objects.filter(channel=Channel.INBOX)
    recent = inbox.filter(happened_at__gt=now - NEWS_OF).order_by("-happened_at", "-pk")
    unread: dict[int | None, list[int]] = {}
    for person_id, key in recent.values_list("person_id", "pk"):
        unread.setdefault(person_id, []).append(key)
    kept = [key for keys in unread.values() for key in keys[:MOST_UNREAD]]
    opened = Least(F("happened_at") + timedelta(hours=5), Value(now))
    inbox.order_by().exclude(pk__in=kept).update(read_at=opened)


def demo_addresses() -> list[str]:
    """Return the addresses with which visitors sign in."""
    return [f"{one['demo']}@{DOMAIN}" for said in words("cast") for one in said["people"] if "demo" in one]
