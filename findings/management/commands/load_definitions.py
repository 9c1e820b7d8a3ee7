"""`manage.py load_definitions`: methodologies from files into the tables, as the role that owns them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from findings.actions.methodology import load_methodology
from findings.definitions import catalogue
from findings.definitions.faults import DefinitionError
from findings.queries.methodology_diff import Change
from ledger.refusals import Refusal


class Command(BaseCommand):
    """Load the shipped methodologies, or an operator's own files; safe to repeat."""

    help = "Load methodology versions from YAML or CSV files (default: those that come with the product)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take files, and whether only to show what would change."""
        parser.add_argument("files", nargs="*", type=Path, help="YAML or CSV files")
        parser.add_argument(
            "--dry-run", action="store_true", help="list what would change, and change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check every file first, then load all of them in one transaction."""
        try:
            definitions = [catalogue.read(path) for path in options["files"] or catalogue.shipped()]
            with transaction.atomic():
                for definition in definitions:
                    changes = load_methodology(definition)
                    self._tell(definition, changes, options["verbosity"] + options["dry_run"])
                transaction.set_rollback(options["dry_run"])
        except (DefinitionError, OSError) as error:
            raise CommandError(str(error)) from error
        except Refusal as error:
            raise CommandError(error.sentence) from error

    def _tell(self, definition: catalogue.Methodology, changes: list[Change], verbosity: int) -> None:
        if verbosity:
            self.stdout.write(f"{definition.name} {definition.version}: {len(changes)} changes")
        if verbosity > 1:
            for change in changes:
                self.stdout.write(f"  {change}")
