"""A storage of its own for every test, and someone to act as."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from config.settings import documents_storage
from organisations.visibility import Viewer
from tests.factories import organisations


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> Path:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}
    return tmp_path / "files"


@pytest.fixture
def viewer(db: None) -> Viewer:
    """Return a member of a new organisation."""
    return organisations.viewer(organisations.organisation())
