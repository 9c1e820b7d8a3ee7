"""A plan written away from the screen, on its page and over the API."""

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from findings.forms.plan_typed import values_of
from findings.models import PlanDraft, PlanVersion
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import shared, typed, url

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def scene() -> World:
    return world()


def taken(client: Client, scene: World, form: str = "docx") -> bytes:
    """Return the plan's file as its page hands it out."""
    answer = client.get(url("plan_file", scene, form))
    assert answer.status_code == 200
    assert f'.{form}"' in answer["Content-Disposition"]
    return bytes(answer.content)


def filled(data: bytes, cause: str) -> SimpleUploadedFile:
    """Fill in the first cause, as somebody would in a word processor."""
    book = docx.Document(io.BytesIO(data))
    book.tables[1].add_row().cells[0].text = cause  # type: ignore[no-untyped-call]
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("plan.docx", target.getvalue())


def draft() -> dict[str, Any]:
    with owner_role():
        return values_of(PlanDraft.objects.get().content["typed"])


def test_file_that_comes_back_is_put_into_the_draft_and_shown_and_nothing_is_shared(
    scene: World, client_for: ClientFor
) -> None:
    own = client_for(scene.supplier.person)
    assert own.get(url("plan_offline", scene)).status_code == 200
    answer = own.post(url("plan_offline", scene), {"file": filled(taken(own, scene), "Agents charge fees")})
    assert answer.status_code == 200
    assert "Your file is in the draft now" in answer.content.decode()
    assert draft()["causes-0"] == {"why": "Agents charge fees"}
    assert draft()["rhythm"] == "3"
    with owner_role():
        assert not PlanVersion.objects.exists()


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_file_of_a_shared_plan_comes_back_as_it_was(scene: World, client_for: ClientFor, form: str) -> None:
    shared(scene, client_for)
    own = client_for(scene.supplier.person)
    data = taken(own, scene, form)
    answer = own.post(url("plan_offline", scene), {"file": SimpleUploadedFile(f"a.{form}", data)})
    assert answer.status_code == 200
    with owner_role():
        said = PlanVersion.objects.get().said
    assert draft()["causes-0"] == {"why": said.root_causes[0]}
    assert draft()["asks"] == sorted(said.asks)
    assert (answer.context["came"].unread, answer.context["came"].missing) == ([], [])


def test_what_a_colleague_wrote_meanwhile_is_asked_about(scene: World, client_for: ClientFor) -> None:
    own = client_for(scene.supplier.person)
    with owner_role():
        colleague = client_for(people.membership(scene.supplier.organisation, role=Role.EDITOR).person)
    assert own.post(url("plan_edit", scene), {**typed(), "draft": "1"}).status_code == 302
    book = docx.Document(io.BytesIO(taken(own, scene)))
    xml = book.element.body
    for each in xml.iter():
        if str(each.tag).endswith("}t") and each.text == "Agents charge workers before they reach us.":
            each.text = "Mine"
    target = io.BytesIO()
    book.save(target)
    theirs = typed(**{"causes-0-why": "Theirs", "investigation": "Asked twenty"})
    assert colleague.post(url("plan_edit", scene), {**theirs, "draft": "1"}).status_code == 302
    file = SimpleUploadedFile("plan.docx", target.getvalue())
    answer = own.post(url("plan_offline", scene), {"file": file})
    assert answer.status_code == 409
    words = answer.content.decode()
    for said in ("Mine", "Theirs", "It is not in the draft yet"):
        assert said in words
    assert draft()["causes-0"] == {"why": "Theirs"}
    hidden = {name: answer.context[name] for name in ("seen", "base", "writer")}
    sent = {**typed(**{"causes-0-why": "Mine", "investigation": "Asked twenty"}), **hidden, "draft": "1"}
    assert own.post(url("plan_edit", scene), sent | {"keep-causes-0": "both"}).status_code == 302
    assert (draft()["causes-0"], draft()["causes-1"]) == ({"why": "Theirs"}, {"why": "Mine"})
    assert draft()["investigation"] == "Asked twenty"


def test_wrong_file_is_refused_beside_the_field(scene: World, client_for: ClientFor) -> None:
    own = client_for(scene.supplier.person)
    answer = own.post(url("plan_offline", scene), {"file": SimpleUploadedFile("a.docx", b"hello")})
    assert answer.status_code == 422
    assert "does not fit what is inside" in answer.content.decode()
    with owner_role():
        assert not PlanDraft.objects.exists()


def test_only_the_sites_own_editors_take_and_bring(scene: World, client_for: ClientFor) -> None:
    for who, status in ((scene.buyer, 403), (scene.firm, 403), (scene.stranger, 404)):
        client = client_for(who.person)
        assert client.get(url("plan_offline", scene)).status_code == status
        assert client.get(url("plan_file", scene, "docx")).status_code == status
    own = client_for(scene.supplier.person)
    assert own.get(url("plan_file", scene, "odt")).status_code == 404


def test_api_reads_a_file_and_saves_only_when_asked(scene: World, client_for: ClientFor) -> None:
    own = client_for(scene.supplier.person)
    path = f"/api/v1/findings/{scene.car.code}/plan/"
    data = own.get(f"{path}file/xlsx/")
    assert data.status_code == 200
    file = filled(own.get(f"{path}file/docx/").content, "Agents charge fees")
    answer = own.post(f"{path}read-back/", {"file": file})
    assert answer.status_code == 200, answer.content
    assert answer.json()["content"]["root_causes"] == ["Agents charge fees"]
    assert answer.json()["kept"] is False
    with owner_role():
        assert not PlanDraft.objects.exists()
    file.seek(0)
    answer = own.post(f"{path}read-back/", {"file": file, "keep": "true"})
    assert answer.json()["kept"] is True
    assert draft()["causes-0"] == {"why": "Agents charge fees"}
