"""The kinds of evidence: whole, in order, and refused when a file makes no sense."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from sourcing.definitions.kinds import FOLDER, KindError, kinds, read, title_of

SCHEMA = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text()))


def test_every_kind_of_the_field_is_here_with_questions() -> None:
    assert list(kinds()) == [
        "modern_slavery_statement",
        "certificate",
        "self_assessment",
        "risk_rating",
        "index_ranking",
        "worker_voice",
        "membership",
        "technology",
        "audit_report",
        "policy",
        "training_record",
        "payslip_time_record",
        "photo",
        "other",
    ]
    assert all(len(kind.checks) >= 3 for kind in kinds().values())
    assert all(check.ask.endswith("?") and check.why for kind in kinds().values() for check in kind.checks)


def test_a_kind_that_is_gone_is_still_named() -> None:
    assert title_of("photo") == "Photo"
    assert title_of("old_kind") == "Old kind"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": "other_name"}, "named by its key"),
        ({"version": "one"}, "version"),
        ({"checks": []}, "checks"),
        ({"colour": "red"}, "colour"),
        ({"checks": [{"key": "a_b", "ask": "Is it?", "why": "So"}] * 2}, "no question stands twice"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_name(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    data = yaml.safe_load((FOLDER / "photo.yaml").read_text()) | change
    path = tmp_path / "photo.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(KindError, match=words) as refused:
        read(path, SCHEMA)
    assert str(refused.value).startswith("photo.yaml: ")
