"""The buyer's register: the public lists of real factories, imported as a person would.

These names stand in registers only. No site, audit or finding of the world has one of them.
"""

from datetime import datetime
from pathlib import Path

from django.core.files import File

from config.demo.stage import Stage
from sourcing.actions.applying import apply_import
from sourcing.actions.imports import begin_applying, decide_all, upload_list
from sourcing.actions.reading import read_import
from sourcing.lifecycle import ImportState
from sourcing.models import RegisterEntry, SiteImport
from sourcing.queries.imports import kinds_of

KEEPER = ("northfield", "priyanka")
LISTS = Path(__file__).parents[2] / "sourcing" / "definitions" / "facility_lists"
FIRST_LIST = 150
LISTS_APART = 17
UNDECIDED = 1  # the newest list waits for a person, so that its pages have something to show


def schedule_imports(stage: Stage) -> None:
    """Have the eight lists come in one after the other; the last one waits for decisions."""
    lists = sorted(LISTS.glob("*.csv"), key=lambda path: (path.stat().st_size, path.name), reverse=True)
    for place, path in enumerate(lists):
        is_newest = place >= len(lists) - UNDECIDED

        def take(at: datetime, path: Path = path, is_newest: bool = is_newest) -> None:
            _take_list(stage, path, at, apply=not is_newest)

        stage.on(FIRST_LIST - LISTS_APART * place, take, hour=10, minute=20)


def _take_list(stage: Stage, path: Path, at: datetime, *, apply: bool) -> None:
    def clock() -> datetime:
        return at

    with path.open("rb") as opened, stage.acting(*KEEPER) as viewer:
        made = upload_list(viewer=viewer, file=File(opened, name=path.name), at=at)  # type: ignore[arg-type]
    read_import(
        person_id=viewer.person_id, organisation_id=viewer.organisation_id, import_id=made.pk, clock=clock
    )
    with stage.acting(*KEEPER) as viewer:
        made = SiteImport.objects.get(pk=made.pk)
        if not apply and any(kind.waiting for kind in kinds_of(made)):
            return
        while waiting := [kind for kind in kinds_of(made) if kind.waiting]:
            decide_all(viewer=viewer, site_import=made, kind=waiting[0].code, is_same=True, at=at)
        begin_applying(viewer=viewer, site_import=made, at=at)
    apply_import(
        person_id=viewer.person_id, organisation_id=viewer.organisation_id, import_id=made.pk, clock=clock
    )
    made.refresh_from_db()
    if made.state != ImportState.APPLIED:
        raise RuntimeError(f"{path.name} was not applied: {made.state} {made.refusal}")
    entries = RegisterEntry.objects.filter(organisation=stage.organisations[KEEPER[0]], created_at__gt=at)
    entries.update(created_at=at, updated_at=at)
