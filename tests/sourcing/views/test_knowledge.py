"""Knowledge pages: read by everybody, linked from where a category matters."""

import pytest
from django.test import Client
from django.urls import reverse

from sourcing.definitions.categories import categories
from sourcing.models import Site
from tests.conftest import owner_role
from tests.factories import sourcing as places
from tests.sourcing.conftest import World
from tests.sourcing.views.test_pages import SignedIn, _page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", list(categories()))
def test_everybody_reads_a_category_with_its_sources(client: Client, key: str) -> None:
    page = _page(client, f"/knowledge/{key}/")
    found = categories()[key]
    assert f'href="/events/?tag={key}"' in page
    for source in found.sources:
        assert page.count(f'id="source-{source.key}"') == 1
        assert f'href="#source-{source.key}"' in page


def test_a_made_up_story_says_so(client: Client) -> None:
    assert "Invented, to show how it can go" in _page(client, "/knowledge/construction/")
    assert "Invented, to show how it can go" not in _page(client, "/knowledge/textiles/")


def test_unknown_categories_are_not_found(client: Client) -> None:
    _page(client, "/knowledge/weapons/", 404)


def test_every_kind_of_evidence_has_its_questions_on_one_page(client: Client) -> None:
    page = _page(client, "/knowledge/evidence/")
    for key in ("modern_slavery_statement", "worker_voice", "payslip_time_record", "technology"):
        assert page.count(f'id="{key}"') == 1
    assert "A chain keeps what it is given, true or not." in page


def test_site_and_supplier_lead_to_what_is_known_of_their_branch(world: World, signed_in: SignedIn) -> None:
    with owner_role():
        Site.objects.filter(pk=world.north.pk).update(sector="Garments")
    places.link(world.buyer, world.supplier)
    buyer, supplier = signed_in(world.buyer), signed_in(world.supplier)
    textiles = reverse("sourcing:knowledge_category", args=["textiles"])
    assert f'href="{textiles}"' in _page(supplier, f"/sites/{world.north.code}/")
    south = _page(supplier, f"/sites/{world.south.code}/")
    assert f'href="{textiles}"' not in south
    assert "Usual risks, contract clauses and labels, by what is bought" in south
    assert f'href="{textiles}"' in _page(buyer, f"/suppliers/{world.supplier.code}/")
    assert 'href="/knowledge/"' in _page(buyer, reverse("findings:portfolio"))
