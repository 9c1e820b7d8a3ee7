"""Methodology files: the shipped ones are whole, and every fault names file, line and field."""

from pathlib import Path

import pytest

from findings.definitions import catalogue
from findings.definitions.indicators import INDICATORS, words
from findings.definitions.references import doubt_about_audit, doubt_about_auditor

SMALL = """\
key: small-1.0
name: Small
version: "1.0"
closure_policy: {business_critical: 0, critical: 30, major: 60, minor: 90}
sections:
  - code: "1"
    title: Free work
    requirements:
      - item: A
        title: Nobody is forced
"""


def _shipped(key: str) -> catalogue.Methodology:
    return next(one for one in map(catalogue.read, catalogue.shipped()) if one.key == key)


def _faults(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(catalogue.DefinitionError) as caught:  # type: ignore[attr-defined]
        catalogue.read(path)
    return [str(fault) for fault in caught.value.faults]


def test_smeta_7_has_the_sections_of_the_field_and_enough_requirements() -> None:
    smeta = _shipped("smeta-7.0")
    assert [section.code for section in smeta.sections] == [
        "0", "1", "1A", "2", "3", "4", "5", "5A", "6", "7", "8", "8A", "9", "10A", "10B", "10C",
    ]  # fmt: skip
    assert sum(len(section.requirements) for section in smeta.sections) >= 120
    assert all(section.requirements for section in smeta.sections)
    assert (smeta.is_illustrative, smeta.has_observations, smeta.closure_is_placeholder) == (
        True,
        False,
        True,
    )
    assert smeta.closure_days == {"business_critical": 0, "critical": 30, "major": 60, "minor": 90}


def test_smeta_6_knows_observations_and_no_cars() -> None:
    smeta = _shipped("smeta-6.1")
    requirements = [one for section in smeta.sections for one in section.requirements]
    assert smeta.has_observations
    assert len(requirements) >= 50
    assert not any(one.is_car for one in requirements)


def test_every_car_names_its_source_and_the_weak_ones_say_so() -> None:
    smeta = _shipped("smeta-7.0")
    cars = {(s.code, r.item): r.car_source for s in smeta.sections for r in s.requirements if r.is_car}
    assert {section for section, _ in cars} == {"1A", "4", "5A"}
    assert all(cars.values())
    assert [source.startswith("Weaker source") for (section, _), source in cars.items()] == [
        False, True, True, False,
    ]  # fmt: skip


def test_all_eleven_indicators_are_mapped() -> None:
    smeta = _shipped("smeta-7.0")
    used = {i.partition(":")[0] for s in smeta.sections for r in s.requirements for i in r.indicators}
    assert len(INDICATORS) == 11
    assert used == set(INDICATORS)
    assert words("debt_bondage:strong") == "Debt bondage (strong)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("item: A", "item: a", "own.yaml:9: sections.0.requirements.0.item: 'a' does not match"),
        ("title: Free work", "titel: Free work", "own.yaml:6: sections.0: 'title' is a required property"),
        ("major: 60", "major: -1", "own.yaml:4: closure_policy.major: -1 is less than the minimum"),
        ("key: small-1.0", "key: small-1.0\nkey: twice", "own.yaml:2: key: stands here twice"),
        (
            "title: Nobody is forced",
            "title: X\n        is_car: true",
            "own.yaml:9: sections.0.requirements.0",
        ),
        (
            "title: Nobody is forced",
            "title: X\n        indicators: ['luck:strong']",
            "own.yaml:11: sections.0.requirements.0.indicators: 'luck:strong' is none of",
        ),
        (
            "title: Nobody is forced",
            "title: X\n      - item: A\n        title: Y",
            "own.yaml:11: sections.0.requirements.1.item: 1.A is here already",
        ),
        ('version: "1.0"', 'version: "1.0"\nlive_from: 2024-02-31', "own.yaml:4: live_from"),
        ("key:", "key: [", "own.yaml:"),
    ],
)
def test_fault_names_file_line_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert catalogue.read(_written(tmp_path, SMALL)).key == "small-1.0"
    faults = _faults(tmp_path, SMALL.replace(old, new, 1))
    assert any(fault.startswith(said) for fault in faults), faults


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list", "!!python/object/apply:os.system [ls]"])
def test_what_is_no_methodology_is_refused(tmp_path: Path, text: str) -> None:
    assert _faults(tmp_path, text)


def test_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"key: \xff\xfe")
    with pytest.raises(catalogue.DefinitionError, match="not UTF-8"):  # type: ignore[attr-defined]
        catalogue.read(path)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("reference", "is_odd"), [("", False), ("ZAA600012345", False), ("SMETA ZAA1", False), ("123", True)]
)
def test_audit_reference_is_only_doubted(reference: str, is_odd: bool) -> None:
    assert bool(doubt_about_audit(reference)) is is_odd


@pytest.mark.parametrize(("number", "is_odd"), [("21700123", False), ("RA 21700123", False), ("12", True)])
def test_auditor_number_is_only_doubted(number: str, is_odd: bool) -> None:
    assert bool(doubt_about_auditor(number)) is is_odd
