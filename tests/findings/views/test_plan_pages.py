"""The pages of a CAR's plan, as each side uses them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import (
    ActionPlan,
    Finding,
    PlanDraft,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Understanding,
)
from tests.conftest import owner_role
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)


@pytest.fixture
def scene() -> World:
    return world()


def typed(**changes: Any) -> dict[str, Any]:
    """A plan as a browser sends it."""
    return {
        "causes-TOTAL_FORMS": "1",
        "causes-INITIAL_FORMS": "0",
        "causes-0-why": "Agents charge workers before they reach us.",
        "actions-TOTAL_FORMS": "1",
        "actions-INITIAL_FORMS": "0",
        "actions-0-what": "New contract with the agency",
        "actions-0-by_when": "2027-03",
        "completed_by": "HR manager",
        "asks": ["confirm", "call_approach"],
        "rhythm": "3",
        **changes,
    }


def url(name: str, scene: World, *more: Any) -> str:
    return reverse(f"findings:{name}", args=[scene.car.code, *more])


def shared(scene: World, client_for: ClientFor) -> None:
    answer = client_for(scene.supplier.person).post(url("plan_edit", scene), typed())
    assert answer.status_code == 302, answer.content.decode()


def plain(answer: Any, code: str) -> str:
    """Return a page without what differs on every request."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode()).replace(code, "")


def count(model: type[Any]) -> int:
    with owner_role():
        return int(model.objects.count())


def test_car_page_says_what_a_car_means(scene: World, client_for: ClientFor) -> None:
    page = client_for(scene.supplier.person).get(url("finding", scene)).content.decode()
    assert "This is not a failure" in page
    assert "Northfield Retail" in page
    assert "Start here" in page


def test_customers_learn_of_no_other_customer(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    page = client_for(scene.buyer.person).get(url("finding", scene)).content.decode()
    assert "Eastgate Stores" not in page
    assert "Answer the plan" in page
    site_page = client_for(scene.supplier.person).get(url("finding", scene)).content.decode()
    assert "Eastgate Stores" in site_page


@pytest.mark.parametrize("who", ["stranger"])
def test_stranger_sees_the_same_as_for_a_random_code(scene: World, client_for: ClientFor, who: str) -> None:
    client = client_for(getattr(scene, who).person)
    foreign, random = (
        client.get(url("finding", scene)),
        client.get(reverse("findings:finding", args=["ZZZZZZZZZZ"])),
    )
    assert (foreign.status_code, random.status_code) == (404, 404)
    assert plain(foreign, scene.car.code) == plain(random, "ZZZZZZZZZZ")


def test_understanding_leads_to_the_next_step(scene: World, client_for: ClientFor) -> None:
    client = client_for(scene.supplier.person)
    answer = client.post(
        url("understand", scene),
        {"is_urgent": "yes", "is_known_issue": "no", "engagement": "none"},
        follow=True,
    )
    assert "Act today: workers come first" in answer.content.decode()
    assert count(Understanding) == 1


def test_understanding_half_answered_keeps_what_was_chosen(scene: World, client_for: ClientFor) -> None:
    answer = client_for(scene.supplier.person).post(url("understand", scene), {"is_urgent": "yes"})
    assert answer.status_code == 422
    assert 'value="yes"' in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert count(Understanding) == 0


def test_plan_written_in_the_browser_is_shared(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    with owner_role():
        car = Finding.objects.get(pk=scene.car.pk)
        version = PlanVersion.objects.get()
    assert car.state == "in_progress"
    assert version.said.asks == {"confirm", "call_approach"}
    assert version.said.actions[0].by_when == "2027-03"


def test_plan_without_asks_keeps_every_word(scene: World, client_for: ClientFor) -> None:
    answer = client_for(scene.supplier.person).post(url("plan_edit", scene), typed(asks=[]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose at least one" in page
    assert "Agents charge workers before they reach us." in page
    assert count(PlanVersion) == 0


def test_another_row_loses_nothing(scene: World, client_for: ClientFor) -> None:
    answer = client_for(scene.supplier.person).post(url("plan_edit", scene), typed(add_row="causes"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="causes-1-why"' in page
    assert "Agents charge workers before they reach us." in page


def test_draft_is_kept_while_typing_and_shown_again(scene: World, client_for: ClientFor) -> None:
    client = client_for(scene.supplier.person)
    assert client.post(url("plan_draft", scene), typed(completed_by="")).status_code == 204
    page = client.get(url("plan_edit", scene)).content.decode()
    assert "Agents charge workers before they reach us." in page
    assert "error-summary" not in page
    assert count(PlanDraft) == 1


def test_plan_uploaded_as_a_file_is_shared(scene: World, client_for: ClientFor) -> None:
    client = client_for(scene.supplier.person)
    fields = {"completed_by": "HR", "root_causes": "Agents\nPeak orders", "asks": ["inform"], "rhythm": "1"}
    answer = client.post(
        url("plan_upload", scene), {**fields, "file": SimpleUploadedFile("plan.pdf", PDF, "application/pdf")}
    )
    assert answer.status_code == 302, answer.content.decode()
    for who in ("supplier", "buyer"):
        file = client_for(getattr(scene, who).person).get(url("version_file", scene, 1))
        assert file.status_code == 200
        assert file["Content-Disposition"].startswith("attachment")
    assert client_for(scene.stranger.person).get(url("version_file", scene, 1)).status_code == 404


def test_file_of_an_earlier_version_stays_within_reach(scene: World, client_for: ClientFor) -> None:
    client = client_for(scene.supplier.person)
    fields = {"completed_by": "HR", "root_causes": "Agents", "asks": ["inform"], "rhythm": "1"}
    file = SimpleUploadedFile("first-plan.pdf", PDF, "application/pdf")
    assert client.post(url("plan_upload", scene), {**fields, "file": file}).status_code == 302
    shared(scene, client_for)
    for who in (scene.supplier, scene.buyer):
        assert (
            url("version_file", scene, 1)
            in client_for(who.person).get(url("finding", scene)).content.decode()
        )


def test_file_that_is_no_plan_is_refused_in_words(scene: World, client_for: ClientFor) -> None:
    fields = {"completed_by": "HR", "root_causes": "Agents", "asks": ["inform"], "rhythm": "1"}
    answer = client_for(scene.supplier.person).post(
        url("plan_upload", scene), {**fields, "file": SimpleUploadedFile("plan.pdf", b"MZ not a pdf")}
    )
    assert answer.status_code == 422
    assert "Agents" in answer.content.decode()
    assert count(PlanVersion) == 0


def test_update_reaches_the_customer(scene: World, client_for: ClientFor) -> None:
    shared(scene, client_for)
    answer = client_for(scene.supplier.person).post(
        url("plan_update", scene),
        {
            "summary": "The agency signed.",
            "actions-TOTAL_FORMS": "1",
            "actions-INITIAL_FORMS": "1",
            "actions-0-progress": "blocked_by_others",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    page = client_for(scene.buyer.person).get(url("finding", scene)).content.decode()
    assert "The agency signed." in page
    assert "Blocked by others" in page
    assert count(PlanUpdate) == 1


@pytest.mark.parametrize(
    ("sent", "status", "kept"),
    [
        ({"kind": "acknowledged"}, 302, 1),
        ({"kind": "call"}, 422, 0),
        ({"kind": "call", "time_1": "2006-01-12T10:00"}, 422, 0),
        ({"kind": "call", "time_1": "2106-01-12T10:00"}, 302, 1),
    ],
)
def test_customer_answers(
    scene: World, client_for: ClientFor, sent: dict[str, str], status: int, kept: int
) -> None:
    shared(scene, client_for)
    answer = client_for(scene.buyer.person).post(url("plan_respond", scene), sent)
    assert (answer.status_code, count(PlanResponse)) == (status, kept)


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("buyer", "plan_edit", 403),
        ("firm", "plan_edit", 403),
        ("supplier", "plan_edit", 200),
        ("firm", "plan_respond", 403),
        ("supplier", "plan_respond", 403),
        ("buyer", "plan_respond", 200),
        ("buyer", "plan_update", 403),
        ("supplier", "plan_update", 200),
        ("stranger", "plan_respond", 404),
    ],
)
def test_each_page_is_for_its_side(
    scene: World, client_for: ClientFor, who: str, name: str, status: int
) -> None:
    shared(scene, client_for)
    assert client_for(getattr(scene, who).person).get(url(name, scene)).status_code == status


def test_pdf_is_asked_for_on_sharing_and_by_the_customer_for_itself(
    scene: World, client_for: ClientFor
) -> None:
    shared(scene, client_for)
    assert (
        "Making the plan"
        in client_for(scene.supplier.person).get(url("version_pdf", scene, 1)).content.decode()
    )
    client = client_for(scene.buyer.person)
    assert "Make a PDF" in client.get(url("version_pdf", scene, 1)).content.decode()
    assert client.post(url("version_pdf", scene, 1)).status_code == 302
    assert "Making the plan" in client.get(url("version_pdf", scene, 1)).content.decode()
    assert client.get(url("version_pdf_file", scene, 1)).status_code == 404
    assert count(ActionPlan) == 1
