"""Every page of the work together, as each side sees it: narrow and wide, light and dark, without fault."""

import datetime as dt
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from findings.models import Call, Commitment, Introduction, IntroductionAsk, Position
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories.world import World, world
from tests.findings.views.test_plan_pages import typed
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = (timezone.now() + dt.timedelta(days=9)).strftime("%Y-%m-%dT10:00")


def _post(who: Membership, name: str, code: str | None, **sent: Any) -> None:
    client = Client()
    client.force_login(who.person)
    answer = client.post(reverse(f"findings:{name}", args=[code] if code else []), sent)
    assert answer.status_code == 302, (name, answer.content.decode())


def _code(model: Any, **about: Any) -> str:
    with owner_role():
        return str(model.objects.filter(**about).order_by("pk")[0].code)


@pytest.fixture
def scene() -> World:
    """A plan on which a customer has talked, committed support, and been asked about an introduction."""
    made = world()
    code, site, buyer = made.car.code, made.supplier, made.buyer
    with owner_role():
        Organisation.objects.filter(pk=buyer.organisation_id).update(capabilities=[Capability.BUYER])
        requirement = made.car.requirement_id
    _post(site, "understand", code, is_urgent="no", is_known_issue="no", engagement="none")
    _post(site, "plan_edit", code, **typed())
    words = {
        "text": "Recruitment fees are not for workers to pay.",
        "support": "We pay half back.",
        "contact": "Ada",
    }
    _post(buyer, "position_new", None, requirement=requirement, valid_from="2026-01-01", **words)
    for _each in range(2):
        _post(buyer, "call_new", code, time_1=SOON, text="About spring prices.", minutes="45")
    with owner_role():
        first, second = Call.objects.order_by("pk").values_list("code", flat=True)
        at = Call.objects.get(code=first).steps.get().times[0]
    _post(site, "call_accept", first, time=at)
    _post(site, "call_joining", first, joining="https://meet.example.org/fees")
    _post(site, "call_propose", second, time_1=SOON, text="Better for us.")
    _post(buyer, "commitment_new", code, kind="money", text="Half of the fees", amount="5000", currency="gbp")
    commitment = _code(Commitment)
    _post(site, "commitment_ask", commitment, text="From when on?")
    _post(buyer, "commitment_progress", commitment, progress="on_track", text="The budget is there.")
    with owner_role():
        both = [made.buyer.organisation.code, made.other_buyer.organisation.code]
    _post(site, "introduction_new", code, customers=both)
    ask = _code(IntroductionAsk, customer_id=made.other_buyer.organisation_id)
    _post(made.other_buyer, "introduction_agree", ask, contact_name="Bo", has_read_notice="on")
    return made


def _walks(scene: World) -> dict[Membership, list[str]]:
    car, commitment, position = scene.car.code, _code(Commitment), _code(Position)
    with owner_role():
        agreed, open_one = Call.objects.order_by("pk").values_list("code", flat=True)
    ask = _code(IntroductionAsk, customer_id=scene.buyer.organisation_id)
    named = {
        scene.supplier: [
            *((name, car) for name in ("finding", "next_step", "plan_edit", "call_new", "introduction_new")),
            *((name, agreed) for name in ("call", "call_propose", "call_cancel", "call_joining")),
            ("call", open_one),
            *((name, commitment) for name in ("commitment", "commitment_ask")),
            ("introduction", _code(Introduction)),
            ("position", position),
        ],
        scene.buyer: [
            *((name, car) for name in ("finding", "call_new", "commitment_new")),
            *((name, open_one) for name in ("call", "call_decline")),
            *((f"commitment{verb}", commitment) for verb in ("", "_change", "_progress", "_withdraw")),
            ("positions", None),
            ("position_new", None),
            *((f"position{verb}", position) for verb in ("", "_edit", "_withdraw")),
            *((f"introduction_{verb}", ask) for verb in ("asked", "agree", "decline")),
        ],
    }
    return {
        who: ["/", *(reverse(f"findings:{name}", args=[code] if code else []) for name, code in pages)]  # type: ignore[attr-defined]
        for who, pages in named.items()
    }


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_of_the_work_together_are_without_fault(
    scene: World, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    for who, paths in _walks(scene).items():
        client = Client()
        client.force_login(who.person)
        page = open_page("livez", width=width, theme=theme)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for path in paths:
            page.goto(f"{live_server.url}{path}")
            assert (path, complaints(page)) == (path, [])
            assert (path, overflow(page)) == (path, 0)
            assert (path, page.evaluate("window.violations")) == (path, [])
