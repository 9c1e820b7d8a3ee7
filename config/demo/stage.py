"""The stage: who and what is there by its key, and steps that happen in order of time.

Between two steps time passes as it would have: what fell due happens, and people are told of what happened while it
was news. Inboxes reach back some months; the letters of that time count as sent, and none goes out later.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from django.db.models import F

from findings.actions.due_dates import LATE, plan_reminders
from findings.models import Audit, Finding
from ledger.acting import acting
from ledger.models import Delivery, DeliveryState, Entry, Occurrence, Outbox
from ledger.registry import handler_of, reactions_to
from ledger.relay import tell
from organisations.models import Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Viewer
from sourcing.models import Evidence, RegisterEntry, Site

SEED = "common thread"
INBOXES_REACH = timedelta(days=130)
NEVER = datetime.max.replace(tzinfo=UTC)
Step = Callable[[datetime], None]


class Stage:
    """Everyone and everything of the world by key, and its steps."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today: date = now.astimezone(UTC).date()
        self.organisations: dict[str, Organisation] = {}
        self.people: dict[str, Person] = {}
        self.members: dict[tuple[str, str], Membership] = {}
        self.sites: dict[str, Site] = {}
        self.places: dict[str, RegisterEntry] = {}
        self.firms: dict[str, str] = {}  # site → the firm that audits it
        self.audits: dict[str, list[Audit]] = {}  # site → its audits, oldest first
        self.cars: dict[str, Finding] = {}
        self.pieces: dict[str, Evidence] = {}
        self._inboxes_from = now - INBOXES_REACH
        self._next_due: datetime | None = None  # None: look
        self._steps: list[tuple[datetime, int, Step]] = []
        self._numbers = count()

    def day(self, back: float) -> date:
        """Return the date so many days before the day of loading."""
        return self.today - timedelta(days=int(back))

    def moment(self, back: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return a moment of that day, in UTC; never later than now."""
        found = datetime.combine(self.day(back), time(hour, minute), tzinfo=UTC)
        return min(found, self.now - timedelta(minutes=1))

    def at(self, when: datetime, step: Step) -> None:
        """Have `step` happen at `when`; what is given the same moment happens in the order given."""
        heapq.heappush(self._steps, (when, next(self._numbers), step))

    def on(self, back: int, step: Step, *, hour: int = 10, minute: int = 0) -> None:
        """Have `step` happen so many days before the day of loading."""
        self.at(self.moment(back, hour, minute), step)

    def play(self) -> None:
        """Let everything happen, oldest first; steps may add steps."""
        while self._steps:
            when, _number, step = heapq.heappop(self._steps)
            self._let_time_pass(when)
            step(when)
            self._spread_news(when)
        self._let_time_pass(self.now)

    @contextmanager
    def acting(self, organisation: str, person: str) -> Iterator[Viewer]:
        """Act as a member, as their request would."""
        viewer = viewer_from(self.members[organisation, person])
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            yield viewer

    def dates_changed(self) -> None:
        """Say that a step has changed what is due when."""
        self._next_due = None

    def _let_time_pass(self, until: datetime) -> None:
        while self._next_due is None or self._next_due <= until:
            row = Occurrence.objects.open().order_by("due_at", "pk").first()
            if row is None or row.due_at > until:
                self._next_due = row.due_at if row else NEVER
                return
            if row.kind == LATE and row.due_at < self._inboxes_from:
                # What was said again each week, long ago, is in nobody's inbox: go on from where inboxes begin.
                plan_reminders(audit_id=row.subject_id, at=self._inboxes_from)
            else:
                handler_of(row.kind)(row, row.due_at)
            row.done_at = row.due_at
            row.save(update_fields=["done_at"])
            self._spread_news(row.due_at)

    def _spread_news(self, at: datetime) -> None:
        """Tell of what is in the outbox as if the relay had been there at that moment."""
        if at < self._inboxes_from:
            return
        rows = list(Outbox.objects.select_related("entry").order_by("pk"))
        for row in rows:
            if row.entry.at < self._inboxes_from:
                _react(row.entry)
            else:
                tell(row.entry, row.entry.at)
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()


def chance(*about: object) -> random.Random:
    """Return dice for one thing, the same in every world, whatever else is added to it."""
    return random.Random(":".join([SEED, *map(str, about)]))  # noqa: S311 - a story, not a secret


def _react(entry: Entry) -> None:
    for react in reactions_to(entry.verb):
        react(entry)


def count_letters_as_sent() -> int:
    """Mark every letter of the past as sent a minute after its news; return how many."""
    return (
        Delivery.objects.to_send()
        .order_by()
        .update(state=DeliveryState.SENT, sent_at=F("happened_at") + timedelta(minutes=1))
    )
