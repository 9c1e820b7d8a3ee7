"""The ledger's tasks. Each looks into the database for what is to do, so a second run does nothing twice."""

from celery import shared_task
from django.utils import timezone

from ledger import bell, delivery, nights, occurrences, pulse, relay, tries


@shared_task(name="ledger.relay")
def relay_entries() -> int:
    """Tell of what is in the outbox, and ring again when a run was full."""
    told = relay.relay(timezone.now())
    if told >= relay.LIMIT:
        bell.ring("ledger.relay")
    return told


@shared_task(name="ledger.send")
def send_letters() -> int:
    """Send the letters that wait, and ring again when the run ended before they did."""
    at = timezone.now()
    sent = delivery.send(at)
    if sent and delivery.is_waiting(at):
        bell.ring("ledger.send")
    return sent


@shared_task(name="ledger.tick")
def tick() -> int:
    """Once a minute: do what is due, park what died, leave a sign of life and look into every mailbox."""
    at = timezone.now()
    done = occurrences.tick(at)
    tries.sweep(at)
    pulse.beat(at)
    bell.ring("ledger.relay")
    bell.ring("ledger.send")
    if nights.is_due(at):
        bell.ring("ledger.nightly")
    return done


@shared_task(name="ledger.nightly")
def nightly() -> int:
    """Run the night's checks that have not run yet; return how many raised an alarm."""
    return len(nights.run(timezone.now()))
