"""`manage.py import_sites FILE --organisation CODE`: the steps of the import pages, from the command line."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.acting import acting
from ledger.refusals import Refusal
from organisations.models import Membership, Person
from organisations.queries import viewer_from
from organisations.visibility import Role, Viewer
from sourcing.actions.applying import apply_import
from sourcing.actions.imports import begin_applying, decide, decide_all, upload_list
from sourcing.actions.reading import read_import
from sourcing.lifecycle import ImportState
from sourcing.models import ImportRow, SiteImport
from sourcing.queries.imports import kinds_of, rows_of, undecided
from sourcing.queries.remarks import error_sentences, given_back_sentence, kind_name, refusal_sentence

ASK, SAME, DIFFERENT = "ask", "same", "different"
WORDS = {
    "new": "New",
    "match": "Already in the register",
    "possible": "Possible matches",
    "repeat": "Repeated in this list",
    "error": "Cannot be read",
}
SHOWN_ERRORS = 20


class Command(BaseCommand):
    """Import a list of sites into an organisation's register, as one of its people."""

    help = "Import a CSV or XLSX list of sites into an organisation's register and print the summary."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Name the file, the organisation, the person and what to do about possible matches."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, metavar="CODE", help="whose register")
        parser.add_argument(
            "--person", metavar="EMAIL", help="who imports; needed with the role of the web pages"
        )
        parser.add_argument(
            "--decide",
            choices=(SAME, DIFFERENT, ASK),
            default=ASK,
            help="what possible matches are; `ask` asks at the terminal and else leaves the list in preview",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Upload, read, decide, apply; each step as the pages do it."""
        viewer = self._viewer(options["organisation"], options["person"])
        try:
            self._import(viewer, options["file"], options["decide"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error

    def _viewer(self, code: str, email: str | None) -> Viewer:
        """Return the person's viewer; without a person the first admin, where the login sees memberships."""
        person = Person.objects.filter(email__iexact=email, is_active=True).first() if email else None
        if email and person is None:
            raise CommandError(f"There is no person with the address {email}.")
        with acting(person_id=person.pk if person else None, organisation_id=None):
            rows = Membership.objects.active().select_related("organisation").order_by("pk")
            rows = rows.filter(organisation__code=code.upper())
            membership = (rows.filter(person=person) if person else rows.filter(role=Role.ADMIN)).first()
        if membership is None:
            who = f"{email} is no member of" if email else "Name a --person of"
            raise CommandError(f"{who} the organisation {code}.")
        return viewer_from(membership)

    def _import(self, viewer: Viewer, path: Path, policy: str) -> None:
        person_id, organisation_id = viewer.person_id, viewer.organisation_id
        with path.open("rb") as opened, acting(person_id=person_id, organisation_id=organisation_id):
            made = upload_list(viewer=viewer, file=File(opened, name=path.name), at=timezone.now())  # type: ignore[arg-type]
        read_import(person_id=person_id, organisation_id=organisation_id, import_id=made.pk)
        made = self._now(viewer, made)
        if made.state == ImportState.REFUSED:
            raise CommandError(refusal_sentence(made.refusal, made.summary.get("why")))
        self._say_preview(viewer, made)
        if not self._decide(viewer, made, policy):
            self.stdout.write(f"Possible matches wait for a decision: /imports/{made.code}/decide/")
            return
        with acting(person_id=person_id, organisation_id=organisation_id):
            begin_applying(viewer=viewer, site_import=made, at=timezone.now())
        apply_import(person_id=person_id, organisation_id=organisation_id, import_id=made.pk)
        self._say_result(self._now(viewer, made))

    def _now(self, viewer: Viewer, site_import: SiteImport) -> SiteImport:
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            return SiteImport.objects.visible_to(viewer).get(pk=site_import.pk)

    def _decide(self, viewer: Viewer, site_import: SiteImport, policy: str) -> bool:
        """Decide as told; return whether nothing waits any more."""
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            while policy != ASK and (waiting := [one for one in kinds_of(site_import) if one.waiting]):
                decide_all(
                    viewer=viewer,
                    site_import=site_import,
                    kind=waiting[0].code,
                    is_same=policy == SAME,
                    at=timezone.now(),
                )
            while policy == ASK and sys.stdin.isatty():
                row = undecided(site_import).select_related("candidate").order_by("line").first()
                if row is None or not self._ask(viewer, site_import, row):
                    break
            return not undecided(site_import).exists()

    def _ask(self, viewer: Viewer, site_import: SiteImport, row: ImportRow) -> bool:
        """Ask about one line; return False when the person stops."""
        entry = row.candidate
        self.stdout.write(f"\nLine {row.line}: {kind_name(row.reason)}")
        self.stdout.write(f"  list      {row.values['name']} | {row.values['address']}")
        self.stdout.write(f"  register  {entry.name if entry else ''} | {entry.address if entry else ''}")
        answer = input("The same place? [y/n, q stops] ").strip().lower()[:1]
        if answer in {"y", "n"}:
            decide(
                viewer=viewer, site_import=site_import, answers={row.line: answer == "y"}, at=timezone.now()
            )
        return answer != "q"

    def _say_preview(self, viewer: Viewer, site_import: SiteImport) -> None:
        read_as = site_import.encoding or f"sheet {site_import.columns.get('sheet', '')}"
        self.stdout.write(f"{site_import.file_name} ({read_as}): {site_import.rows_total} lines")
        for verdict, words in WORDS.items():
            self.stdout.write(f"  {words:<25}{site_import.summary[verdict]:>8}")
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            rows = rows_of(site_import, verdict=ImportRow.Verdict.ERROR).order_by("line")[:SHOWN_ERRORS]
            for row in rows:
                self.stdout.write(f"  line {row.line}: {' '.join(error_sentences(row.values['errors']))}")

    def _say_result(self, site_import: SiteImport) -> None:
        if site_import.state != ImportState.APPLIED:
            why = (
                given_back_sentence(site_import.refusal) or "Another list is being applied; this one follows."
            )
            raise CommandError(why)
        summary = site_import.summary
        self.stdout.write("Applied.")
        self.stdout.write(f"  {'Added':<25}{summary['created']:>8}")
        self.stdout.write(f"  {'Decided: the same':<25}{summary['decided_same']:>8}")
        self.stdout.write(f"  {'Decided: different':<25}{summary['decided_different']:>8}")
        self.stdout.write(f"  {'Completed':<25}{summary['completed']:>8}")
