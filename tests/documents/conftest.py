"""A storage of its own for every test, and someone to act as."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages

from config.settings import documents_storage
from organisations.visibility import Viewer
from tests.factories import organisations


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}
    storages._storages.clear()
    yield tmp_path / "files"
    storages._storages.clear()


@pytest.fixture
def viewer(db: None) -> Viewer:
    """Return a member of a new organisation."""
    return organisations.viewer(organisations.organisation())
