"""The command that loads editions: everything or nothing, and safe to repeat."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organisations.visibility import Capability
from schemes.definitions.reading import shipped
from schemes.models import Criterion, Edition, Scheme
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.schemes.definitions.test_reading import METALS

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> list[str]:
    """Run the command as the owner of the tables and return its lines."""
    said = io.StringIO()
    with owner_role():
        call_command("load_editions", *arguments, stdout=said)
    return said.getvalue().splitlines()


def test_what_is_shipped_is_in_force_once() -> None:
    assert len(load()) == len(shipped())
    with owner_role():
        before = list(Edition.objects.order_by("pk").values())
        assert {(one["state"], one["shape"]) for one in before} == {
            ("published", "ladder"),
            ("published", "rubric"),
            ("published", "checklist"),
        }
        assert Criterion.objects.count() == 42
    assert all(line.endswith("was here already") for line in load())
    with owner_role():
        assert list(Edition.objects.order_by("pk").values()) == before


def test_a_scheme_gets_its_body_by_the_code_of_its_organisation() -> None:
    body = people.organisation("", Capability.SCHEME_BODY)
    load(f"--body=back2source={body.code}")
    with owner_role():
        assert list(Scheme.objects.filter(body=body).values_list("key", flat=True)) == ["back2source"]
    load()
    with owner_role():
        assert Scheme.objects.get(key="back2source").body_id == body.pk


@pytest.mark.parametrize("said", ["back2source=NOBODY0000", "back2source", "=X"])
def test_a_body_that_there_is_not_is_refused(said: str) -> None:
    with pytest.raises(CommandError, match="there is no scheme body"):
        load(f"--body={said}")


def test_a_scheme_that_no_file_is_about_is_refused_and_nothing_loaded() -> None:
    body = people.organisation("", Capability.SCHEME_BODY)
    with pytest.raises(CommandError, match="No file is about the scheme other"):
        load(f"--body=other={body.code}")
    with owner_role():
        assert not Scheme.objects.exists()


def test_one_bad_file_keeps_all_from_loading(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(METALS, encoding="utf-8")
    bad.write_text(METALS.replace("key: hours", "key: wages"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.yaml:22: criteria\.1\.key: “wages” is here already"):
        load(str(good), str(bad))
    with pytest.raises(CommandError, match=r"nothing\.yaml"):
        load(str(tmp_path / "nothing.yaml"))
    with owner_role():
        assert not Edition.objects.exists()
    assert load(str(good), "--dry-run") == ["Fair floors, third edition: 5 criteria, in force"]
    with owner_role():
        assert not Edition.objects.exists()


def test_a_changed_edition_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(METALS, encoding="utf-8")
    load(str(path))
    path.write_text(METALS.replace("percent: 75", "percent: 70"), encoding="utf-8")
    with pytest.raises(CommandError, match="is published, so its text never changes"):
        load(str(path))
    with owner_role():
        assert Edition.objects.get().data["levels"][1]["share"]["percent"] == 75
