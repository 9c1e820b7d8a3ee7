"""`manage.py load_demo`: the demo world, as the role that owns the tables; never in production."""

import datetime as dt
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from config.demo.world import demo_addresses, is_here, load
from findings.models import MethodologyVersion


class Command(BaseCommand):
    """Load the demo world once; a second run changes nothing."""

    help = "Load twenty invented organisations with four years of audits and assessments (only where DEMO is on)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another day to count back from."""
        parser.add_argument(
            "--today", type=dt.date.fromisoformat, help="the day to count back from (default: today)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse what is not for the demo, then load everything or nothing."""
        if not settings.DEMO or settings.IS_PRODUCTION:
            raise CommandError("The demo world is loaded only where DEMO=1 is set, and never in production.")
        if not _is_owner():
            raise CommandError(f"Load it with the login of the role {settings.DB_ROLES['owner']}.")
        if is_here():
            self.stdout.write("The demo world is here already. Nothing has changed.")
            return
        if not MethodologyVersion.objects.filter(key="smeta-7.0").exists():
            call_command("load_definitions", verbosity=0)
        begun = time.monotonic()
        made = load(_moment(options["today"]))
        self.stdout.write(
            f"{made.organisations} organisations, {made.people} people, {made.sites} sites, {made.audits} audits and "
            f"{made.cars} CARs in {time.monotonic() - begun:.1f} s. Sign in as {', '.join(demo_addresses())}."
        )


def _is_owner() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [settings.DB_ROLES["owner"]])
        row = cursor.fetchone()
    return bool(row and row[0])


def _moment(today: dt.date | None) -> dt.datetime:
    """Return now, or noon of the day asked for."""
    if today is None:
        return timezone.now()
    return dt.datetime.combine(today, dt.time(12), tzinfo=dt.UTC)
