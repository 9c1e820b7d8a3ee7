"""`manage.py load_groups`: what the forum begins with, from a file into the tables, as the role that owns them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forum.actions.beginning import begin_forum
from forum.definitions.reading import SHIPPED, DefinitionError, read_beginning
from organisations.models import Organisation
from organisations.visibility import Capability


class Command(BaseCommand):
    """Load the stages of the cycle, the starting groups and the first notice; safe to repeat."""

    help = "Load the forum's stages, groups and first competition-law notice (default: what comes with the product)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a file and who runs the groups."""
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="a YAML file")
        parser.add_argument(
            "--operator", metavar="CODE", help="the operator, by the code of its organisation"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the whole file first; without an operator the groups wait for one."""
        try:
            said = read_beginning(options["file"])
        except (DefinitionError, OSError) as error:
            raise CommandError(str(error)) from error
        operator = _operator(options["operator"])
        if operator is None:
            self._say(options, "No organisation runs this installation yet: the groups wait for one.")
            return
        begun = begin_forum(said, operator=operator, at=timezone.now())
        self._say(options, f"{begun.stages} stages and {begun.groups} groups are new.")

    def _say(self, options: dict[str, Any], words: str) -> None:
        if options["verbosity"]:
            self.stdout.write(words)


def _operator(code: str | None) -> Organisation | None:
    """Return the operator that was named, or the first one."""
    rows = Organisation.objects.filter(capabilities__contains=[Capability.OPERATOR.value]).order_by("pk")
    if code is None:
        return rows.first()
    found = rows.filter(code=code.upper()).first()
    if found is None:
        raise CommandError(f"{code}: there is no operator with this code.")
    return found
