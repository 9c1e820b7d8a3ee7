"""Try again what was given up."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger.tries import release_parked


class Command(BaseCommand):
    """Run it as the role job or owner, once the cause is mended; the next tick does the work."""

    help = "Give everything that was parked after too many failures another round of tries."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Release and say how many."""
        self.stdout.write(f"{release_parked(timezone.now())} released")
