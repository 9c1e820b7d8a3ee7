"""Every page of evidence, as it is seen: narrow and wide, light and dark, without fault."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import EvidenceUse
from organisations.models import Membership
from sourcing.models import Evidence
from tests.conftest import owner_role
from tests.documents import nasty
from tests.factories import evidence as made
from tests.factories.world import World, world
from tests.findings.views.test_evidence_pages import pages_pdf, typed
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _signed_in(who: Membership) -> Client:
    client = Client()
    client.force_login(who.person)
    return client


def _at(name: str, *codes: Any) -> str:
    return reverse(f"findings:{name}", args=codes)


@pytest.fixture
def scene() -> World:
    """A payroll of three pages, a photo that shows workers, an old certificate; one attached, two requests."""
    w = world()
    site = _signed_in(w.supplier)
    address = _at("evidence_new") + "?kind=payslip_time_record"
    for sent in (
        typed(file=SimpleUploadedFile("payroll.pdf", pages_pdf()), expires_on="2026-12-20"),
        typed(file=SimpleUploadedFile("faces.jpg", nasty.picture()), title="Canteen", shows_workers="yes"),
    ):
        assert site.post(address, sent).status_code == 302
    with owner_role():
        payroll = Evidence.objects.get(title="Payroll March")
    made.evidence(w.supplier.organisation, title="Old certificate", expires_on="2025-01-01")
    assert site.post(_at("evidence_attach", w.car.code), {"evidence": [payroll.code]}).status_code == 302
    made.request(w.car, w.buyer.organisation)
    made.request(w.car, w.other_buyer.organisation)
    return w


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_are_without_fault(
    scene: World, open_page: Open, live_server: Any, width: int, theme: Literal["light", "dark"]
) -> None:
    with owner_role():
        payroll = Evidence.objects.get(title="Payroll March")
        faces = Evidence.objects.get(title="Canteen")
        use = EvidenceUse.objects.get()
        asked = scene.car.evidence_requests.get(asker=scene.buyer.organisation)
    car = scene.car.code
    walks = {
        scene.supplier: [
            _at("evidence"),
            _at("evidence") + "?state=expired",
            _at("evidence_new"),
            _at("evidence_new") + "?kind=photo",
            _at("evidence_guidance"),
            _at("evidence_piece", payroll.code) + "?page=2",
            _at("evidence_piece", faces.code),
            _at("evidence_edit", payroll.code),
            _at("evidence_retire", payroll.code),
            _at("evidence_attach", car),
            _at("evidence_requests"),
            _at("evidence_request", asked.code),
            _at("evidence_decline", asked.code),
            _at("finding", car),
        ],
        scene.buyer: [
            _at("evidence_use", use.code),
            _at("evidence_ask", car),
            _at("evidence_request", asked.code),
            _at("finding", car),
        ],
    }
    for who, paths in walks.items():
        page = open_page("livez", width=width, theme=theme)
        session = _signed_in(who).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for number, path in enumerate(paths):
            page.goto(f"{live_server.url}{path}")
            if os.environ.get("PICTURES"):
                name = f"{width}-{'site' if who == scene.supplier else 'buyer'}-{number:02}.png"
                page.screenshot(path=str(Path(os.environ["PICTURES"]) / name), full_page=True)
            assert (path, complaints(page)) == (path, [])
            assert (path, overflow(page)) == (path, 0)
            assert (path, page.evaluate("window.violations")) == (path, [])
            shown = page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
            assert (path, shown) == (path, True)
