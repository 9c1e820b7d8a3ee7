"""`manage.py load_editions`: schemes from files into the tables, as the role that owns them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from ledger.refusals import Refusal
from organisations.models import Organisation
from organisations.visibility import Capability
from schemes.actions.definition import load_edition
from schemes.definitions.faults import DefinitionError
from schemes.definitions.reading import Read, read_path, shipped


class Command(BaseCommand):
    """Load the shipped editions, or an operator's own files; safe to repeat."""

    help = "Load editions of schemes from YAML files (default: those that come with the product)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take files, who runs which scheme, and whether only to show what would happen."""
        parser.add_argument("files", nargs="*", type=Path, help="YAML files")
        parser.add_argument(
            "--body",
            action="append",
            default=[],
            metavar="SCHEME=CODE",
            help="the scheme body that runs a scheme, by the code of its organisation",
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check every file first, then load all of them in one transaction."""
        try:
            found = [read_path(path) for path in options["files"] or shipped()]
            bodies = _bodies(options["body"])
            with transaction.atomic():
                for read in found:
                    edition = load_edition(
                        read, body=bodies.pop(read.edition.scheme.key, None), at=timezone.now()
                    )
                    self._tell(read, is_new=edition is not None, verbosity=options["verbosity"])
                if bodies:
                    raise CommandError(f"No file is about the scheme {', '.join(sorted(bodies))}.")
                transaction.set_rollback(options["dry_run"])
        except (DefinitionError, OSError) as error:
            raise CommandError(str(error)) from error
        except Refusal as error:
            raise CommandError(error.sentence) from error

    def _tell(self, read: Read, *, is_new: bool, verbosity: int) -> None:
        if verbosity:
            said = "in force" if is_new else "was here already"
            self.stdout.write(f"{read.edition.title}: {len(read.edition.criteria)} criteria, {said}")


def _bodies(said: list[str]) -> dict[str, Organisation]:
    """Return the scheme body for each scheme that was named."""
    found = {}
    for one in said:
        key, _sign, code = one.partition("=")
        body = Organisation.objects.filter(
            code=code.upper(), capabilities__contains=[Capability.SCHEME_BODY.value]
        ).first()
        if not key or body is None:
            raise CommandError(f"{one}: there is no scheme body with this code. Write SCHEME=CODE.")
        found[key] = body
    return found
