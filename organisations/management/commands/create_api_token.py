"""Print a new API token of a member; the only time it is shown."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.acting import acting
from ledger.refusals import Refusal
from organisations.actions.token import LONGEST_DAYS, make_token
from organisations.models import Person
from organisations.queries import memberships_of, viewer_from
from organisations.visibility import SCOPES, Viewer


class Command(BaseCommand):
    """Make a token for a program that acts as one member of one organisation."""

    help = "Print a new API token. It acts as the person, within their role and the scopes given."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name whose token it is, what for, and how long it lasts."""
        parser.add_argument("--email", required=True, help="the address with which the person signs in")
        parser.add_argument("--organisation", required=True, metavar="CODE", help="for which organisation")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument(
            "--scopes",
            nargs="+",
            default=sorted(SCOPES),
            metavar="SCOPE",
            help="all unless given, sites:read …",
        )
        parser.add_argument("--days", type=int, default=90, help=f"how long it lasts, at most {LONGEST_DAYS}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token and print it alone on one line."""
        person = Person.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        viewer = self._viewer(person, options["organisation"]) if person else None
        if viewer is None:
            raise CommandError("There is no such member of this organisation.")
        unknown = set(options["scopes"]) - SCOPES
        if unknown:
            raise CommandError(
                f"Unknown scopes: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(SCOPES))}."
            )
        try:
            with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
                _token, secret = make_token(
                    viewer=viewer,
                    name=options["name"],
                    scopes=options["scopes"],
                    days=options["days"],
                    at=timezone.now(),
                )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(secret)

    def _viewer(self, person: Person, code: str) -> Viewer | None:
        with acting(person_id=person.pk, organisation_id=None):
            rows = memberships_of(person.pk)
            return next((viewer_from(one) for one in rows if one.organisation.code == code.upper()), None)
