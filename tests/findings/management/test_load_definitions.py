"""`manage.py load_definitions`: safe to repeat, and what findings rest on stays."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from findings.models import MethodologyVersion, WorkplaceRequirement
from findings.queries.methodology import search_requirements
from tests.factories import findings as make
from tests.factories.organisations import organisation
from tests.factories.sourcing import site
from tests.findings.definitions.test_catalogue import SMALL

pytestmark = pytest.mark.django_db
AsOwner = Callable[[], AbstractContextManager[None]]


def _load(*arguments: object) -> str:
    out = StringIO()
    call_command("load_definitions", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_loading_twice_changes_nothing(as_owner: AsOwner) -> None:
    with as_owner():
        _load()
        assert MethodologyVersion.objects.count() == 3
        before = set(WorkplaceRequirement.objects.values_list("pk", "title"))
        assert len(before) > 190
        assert _load().count(" 0 changes") == 3
        assert set(WorkplaceRequirement.objects.values_list("pk", "title")) == before


def test_dry_run_tells_and_changes_nothing(as_owner: AsOwner) -> None:
    with as_owner():
        assert "SMETA 7.0" in _load("--dry-run", "-v2")
        assert MethodologyVersion.objects.count() == 0


def test_changed_file_is_told_line_by_line(as_owner: AsOwner, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SMALL)
    with as_owner():
        _load(path)
        path.write_text(SMALL.replace("Nobody is forced", "Nobody at all is forced"))
        assert "~ 1.A: title: 'Nobody is forced' -> 'Nobody at all is forced'" in _load(path, "-v2")


def test_broken_file_loads_nothing_at_all(as_owner: AsOwner, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SMALL)
    bad.write_text(SMALL.replace("item: A", "item: 1"))
    with as_owner(), pytest.raises(CommandError, match=r"bad.yaml:9: sections.0.requirements.0.item"):
        _load(good, bad)
    assert MethodologyVersion.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        (
            "title: Nobody is forced",
            "title: Nobody is forced\n        is_car: true\n        car_source: Ours",
        ),
        ("item: A", "item: B"),
    ],
)
def test_requirement_with_findings_stays_what_it_is(
    as_owner: AsOwner, tmp_path: Path, change: tuple[str, str]
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SMALL)
    with as_owner():
        _load(path)
        version = MethodologyVersion.objects.get()
        path.write_text(SMALL.replace(*change))
        rest = WorkplaceRequirement.objects.get()
    firm, workplace = organisation(), site(organisation())
    audit = make.audit(workplace, firm)
    with as_owner():
        type(audit).objects.filter(pk=audit.pk).update(version=version)
        audit.refresh_from_db()
    make.finding(audit, requirement=rest)
    with as_owner(), pytest.raises(CommandError, match="findings rest on it"):
        _load(path)
    with as_owner():
        assert WorkplaceRequirement.objects.filter(version=version).get().is_car is False


def test_search_by_code_and_by_words(as_owner: AsOwner) -> None:
    with as_owner():
        _load()
    version = MethodologyVersion.objects.get(key="smeta-7.0")

    def found(text: str) -> list[str]:
        return [row.printed_code for row in search_requirements(version, text).rows]

    assert found("5A.A") == ["5A.A"] == found("5.a.a")
    assert found("1.A") == ["1.A"]
    assert found("1A")[:2] == ["1A.A", "1A.B"]
    assert {"5.A", "5A.A"} <= set(found("5.A"))
    assert search_requirements(version, "5.A").doubt
    assert found("pay slip") == ["5.D"]
    assert found("repaid in full") == ["1A.C"]
    assert found("no such thing") == []
