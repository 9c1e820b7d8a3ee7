"""The image and the composition start the same commands, with the same roles, as `bin/run` does."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from django.conf import settings

from ground import ROOT
from ground.run import OTHERS, WEB

COMPOSITION: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSITION["services"].items() if "build" in service}
ROLES = {process.name: process.role for process in (WEB, *OTHERS)} | {"migrate": "owner", "bucket": "app"}
VARIABLE = re.compile(r"\$\{(\w+)")


def test_composition_has_the_shape_compose_asks_for() -> None:
    done = subprocess.run(
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_composition_has_every_process_of_an_installation() -> None:
    assert set(OURS) == set(ROLES)
    assert set(COMPOSITION["services"]) - set(OURS) == {"database", "broker", "store", "mail"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_service_starts_a_command_of_the_house_in_its_own_role(name: str) -> None:
    service = OURS[name]
    assert service["command"] == [name]
    assert re.search(rf"^{name}\)", (ROOT / "bin" / "start").read_text(), re.MULTILINE)
    login = service["environment"]["DATABASE_URL"].removeprefix("postgresql://").split(":")[0]
    assert login == settings.DB_ROLES[ROLES[name]]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_service_is_told_only_what_the_settings_read(name: str) -> None:
    read = (ROOT / "config" / "settings.py").read_text()
    assert {key for key in OURS[name]["environment"] if f'"{key}"' not in read} == set()


def test_every_variable_of_the_composition_is_documented() -> None:
    names = set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text()))
    documented = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in names if f"`{name}`" not in documented} == set()


def test_unknown_process_is_refused() -> None:
    done = subprocess.run([ROOT / "bin" / "start", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: bin/start web|worker|system|beat|migrate")


def test_image_holds_every_app_and_no_tests() -> None:
    allowed = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    apps = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert apps - allowed == set()
    assert "tests" not in allowed
    scripts = set(re.findall(r"bin/[\w.]+", (ROOT / "bin" / "start").read_text()))
    assert {
        script for script in scripts if (ROOT / script).exists() and script != "bin/run"
    } - allowed == set()


def test_image_runs_without_privileges() -> None:
    final = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["/app/bin/start"\]$', final, re.MULTILINE)
    assert sys.version_info[:2] == (3, 11) or "python:3.11" in final
