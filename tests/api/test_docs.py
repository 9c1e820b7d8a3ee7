"""The guide for integrators: its commands are run as they stand, its codes are those that are sent."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config import problems
from tests.api.conftest import new_token
from tests.factories import organisations as people

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_every_curl_of_the_guide_does_what_it_says(live_server: Any) -> None:
    _row, secret = new_token(people.membership(people.organisation("Surma Shoes")))
    told = {"API": f"{live_server.url}/api/v1", "TOKEN": secret, "PATH": os.environ["PATH"]}
    answers = []
    for block in _blocks("sh"):
        if block.startswith("curl"):
            done = subprocess.run(["sh", "-c", block], env=told, capture_output=True, timeout=30, check=True)
            answers.append(json.loads(done.stdout))
    me, made, page, problem = answers
    assert me["organisation"]["name"] == "Surma Shoes"
    assert made["name"] == "East Mill"
    assert page["results"] == [made]
    assert (page["next"], page["previous"]) == (None, None)
    shown = json.loads(_blocks("json")[0])
    assert {key: problem[key] for key in ("type", "title", "status", "code")} == {
        key: shown[key] for key in ("type", "title", "status", "code")
    }
    assert problem["errors"] == shown["errors"]


def test_media_type_of_problems_is_the_one_in_the_guide() -> None:
    assert problems.MEDIA_TYPE in GUIDE
