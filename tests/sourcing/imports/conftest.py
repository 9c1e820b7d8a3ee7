"""A buyer, its viewer, and short ways to put a list through."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypedDict

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from sourcing.actions.applying import apply_import
from sourcing.actions.imports import begin_applying, decide_all, upload_list
from sourcing.actions.reading import read_import
from sourcing.models import RegisterEntry, SiteImport
from sourcing.queries.imports import kinds_of
from tests.factories import organisations

LISTS = Path("sourcing/definitions/facility_lists")
NAMES = ("list-2", "list-4", "list-5", "list-7", "list-8", "list-9", "list-11", "list-14")
HEADER = "country,name,address,sector,lat,lng"


@pytest.fixture
def buyer(db: object) -> Organisation:
    """Return a buyer with an empty register."""
    return organisations.organisation("Harbour Street Shops", Capability.BUYER)


@pytest.fixture
def viewer(buyer: Organisation) -> Viewer:
    """Return an admin of the buyer."""
    return organisations.viewer(buyer)


class Ids(TypedDict):
    """For whom a worker works."""

    organisation_id: int
    person_id: int


def ids_of(viewer: Viewer) -> Ids:
    """Return for whom a worker works."""
    return {"organisation_id": viewer.organisation_id, "person_id": viewer.person_id}


def acting_as(viewer: Viewer) -> AbstractContextManager[None]:
    """Return the context in which the database shows what the viewer may see."""
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def upload(viewer: Viewer, content: bytes, name: str = "list.csv") -> SiteImport:
    """Upload a list."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return upload_list(viewer=viewer, file=SimpleUploadedFile(name, content), at=timezone.now())


def fresh(viewer: Viewer, site_import: SiteImport) -> SiteImport:
    """Return the list as the database has it now."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return SiteImport.objects.get(pk=site_import.pk)


def read(viewer: Viewer, content: bytes, name: str = "list.csv") -> SiteImport:
    """Upload a list and have it read, as the worker does."""
    made = upload(viewer, content, name)
    read_import(organisation_id=viewer.organisation_id, person_id=viewer.person_id, import_id=made.pk)
    return fresh(viewer, made)


def apply(viewer: Viewer, site_import: SiteImport, *, is_same: bool = True) -> SiteImport:
    """Decide everything in one way and have the list applied, as the worker does."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        while waiting := [one for one in kinds_of(site_import) if one.waiting]:
            decide_all(
                viewer=viewer,
                site_import=site_import,
                kind=waiting[0].code,
                is_same=is_same,
                at=timezone.now(),
            )
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
    apply_import(organisation_id=viewer.organisation_id, person_id=viewer.person_id, import_id=site_import.pk)
    return fresh(viewer, site_import)


def lines(*rows: str, header: str = HEADER) -> bytes:
    """Return a CSV of these lines."""
    return "\n".join([header, *rows, ""]).encode()


def register(viewer: Viewer) -> list[tuple[object, ...]]:
    """Return every column of every entry of the viewer's register, for comparing before and after."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return sorted(RegisterEntry.objects.visible_to(viewer).values_list())


def verdicts(viewer: Viewer, site_import: SiteImport) -> dict[int, str]:
    """Return the verdict of each line."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return dict(site_import.rows.order_by("line").values_list("line", "verdict"))
