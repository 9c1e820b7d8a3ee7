"""Reading the world's words."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "data"


@cache
def words(name: str) -> Any:
    """Return what stands in `data/<name>.yaml`; callers read it and change nothing."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


@cache
def sites() -> tuple[dict[str, str], ...]:
    """Return the lines of `data/sites.csv`."""
    with (FOLDER / "sites.csv").open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))
