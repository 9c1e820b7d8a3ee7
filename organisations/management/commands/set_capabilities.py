"""Say what an organisation is; only those who run the installation can."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from ledger.entries import record
from organisations.models import Organisation
from organisations.visibility import Capability


class Command(BaseCommand):
    """Give an organisation its capabilities. Run it with the owner's database login, as for `migrate`."""

    help = "Say what an organisation is, for example: set_capabilities 7KQ2M9XW4T audit_firm"

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the organisation and everything it is from now on."""
        parser.add_argument("organisation", metavar="CODE")
        parser.add_argument("capabilities", nargs="+", choices=[one.value for one in Capability])
        parser.add_argument("--listed", action="store_true", help="let everyone here know of it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the row and leave an entry that the organisation can read."""
        with transaction.atomic():
            rows = Organisation.objects.select_for_update().filter(code=options["organisation"].upper())
            organisation = rows.first()
            if organisation is None:
                raise CommandError("There is no organisation with this code.")
            before = organisation.capabilities
            organisation.capabilities = sorted(set(options["capabilities"]))
            organisation.is_listed = organisation.is_listed or options["listed"]
            organisation.save(update_fields=["capabilities", "is_listed"])
            record(
                verb="organisations.capabilities_set",
                by=None,
                subject=organisation,
                owner_id=organisation.pk,
                at=timezone.now(),
                data={"before": before, "after": organisation.capabilities},
            )
        self.stdout.write(f"{organisation.name}: {', '.join(organisation.capabilities)}")
