"""Pages of cases: what named people do there, and that nothing anywhere changes for anybody else."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import Incident, IncidentMember, IncidentStep
from organisations.models import Membership, Organisation, Person
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import incidents as cases
from tests.factories.organisations import membership, organisation
from tests.factories.world import World, world

NOISE = re.compile(
    r"[A-Za-z0-9]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|<time.*?</time>"
)  # tokens, and how long ago


@dataclass
class Scene:
    """The small world, an admin of the supplier who is not named, and browsers."""

    world: World
    admin: Membership
    browser: Callable[[Person], Client]

    def as_(self, who: Membership) -> Client:
        return self.browser(who.person)


@pytest.fixture
def scene(db: None, client_for: Callable[[Person], Client]) -> Scene:
    made = world()
    return Scene(made, membership(made.supplier.organisation, role=Role.ADMIN), client_for)


def _text(answer: object) -> str:
    return NOISE.sub("…", answer.content.decode())  # type: ignore[attr-defined]


def _everywhere(scene: Scene) -> list[str]:
    """Return the pages on which something of a case could show for a colleague."""
    car, site = scene.world.car, scene.world.site
    names = (
        "home",
        "organisations:inbox",
        "organisations:activity",
        "organisations:reads",
        "organisations:detail",
    )
    lists = ("findings:incidents", "findings:working_together", "findings:non_compliances", "findings:audits")
    return [
        *(reverse(one) for one in (*names, *lists, "sourcing:sites", "findings:incident_new")),
        reverse("findings:finding", args=[car.code]),
        reverse("findings:audit", args=[car.audit.code]),
        reverse("sourcing:site", args=[site.code]),
        "/api/v1/findings/",
        "/api/v1/audits/",
    ]


def test_every_page_of_others_stays_as_it_was(scene: Scene) -> None:
    operator = membership(organisation("Operator", Capability.OPERATOR))
    others = (scene.admin, scene.world.buyer, scene.world.other_buyer, scene.world.firm, operator)
    for who in others:  # first, since looking leaves lines in the read log
        [scene.as_(who).get(url) for url in _everywhere(scene)]
    before = {who.pk: [_text(scene.as_(who).get(url)) for url in _everywhere(scene)] for who in others}
    answer = scene.as_(scene.world.supplier).post(
        reverse("findings:incident_new") + f"?finding={scene.world.car.code}",
        {"site": scene.world.site.code, "kind": "fees", "what_happened": "Twelve people paid an agent."},
    )
    assert answer.status_code == 302
    with owner_role():
        incident = Incident.objects.get()
        assert incident.finding_id == scene.world.car.pk
    scene.as_(scene.world.supplier).post(
        reverse("findings:incident_step", args=[incident.code]),
        {
            "text": "Receipts are here",
            "audience": "all",
            "file": SimpleUploadedFile("receipts.txt", b"paid back", "text/plain"),
        },
    )
    after = {who.pk: [_text(scene.as_(who).get(url)) for url in _everywhere(scene)] for who in others}
    for who in others:
        for url, now, then in zip(_everywhere(scene), after[who.pk], before[who.pk], strict=True):
            assert now == then, (str(who.organisation), url)


def test_a_foreign_case_and_no_case_look_the_same(scene: Scene) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    for who in (scene.admin, scene.world.buyer, scene.world.firm):
        client = scene.as_(who)
        foreign = client.get(reverse("findings:incident", args=[incident.code]))
        random = client.get(reverse("findings:incident", args=["Z" * 10]))
        assert (foreign.status_code, random.status_code) == (404, 404)
        assert _text(foreign).replace(incident.code, "") == _text(random).replace("Z" * 10, "")
    assert (
        scene.as_(scene.world.supplier).get(reverse("findings:incident", args=[incident.code])).status_code
        == 200
    )


def test_the_navigation_has_a_line_for_named_people_alone(scene: Scene) -> None:
    cases.incident(scene.world.site, scene.world.supplier)
    line = f'href="{reverse("findings:incidents")}"'
    assert line in _text(scene.as_(scene.world.supplier).get("/"))
    assert line not in _text(scene.as_(scene.admin).get("/"))


def test_an_urgent_answer_leads_into_a_case_with_its_facts(scene: Scene) -> None:
    client, car = scene.as_(scene.world.supplier), scene.world.car
    url = reverse("findings:understand", args=[car.code])
    client.post(url, {"is_urgent": "yes", "is_known_issue": "no", "engagement": "all"})
    page = _text(client.get(reverse("findings:next_step", args=[car.code])))
    opening = f"{reverse('findings:incident_new')}?finding={car.code}"
    assert opening in page
    form = _text(client.get(opening))
    assert car.description in form
    assert f'value="{scene.world.site.code}" selected' in form or f'value="{scene.world.site.code}"' in form


def test_a_case_is_opened_for_the_first_time_by_a_button(scene: Scene) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier, what_happened="Twelve paid")
    client = scene.as_(scene.world.supplier)
    code, address = scene.world.buyer.organisation.code, scene.world.buyer.person.email
    told = client.post(reverse("findings:incident_inform", args=[incident.code]), {code: address})
    assert told.status_code == 302
    buyer, url = scene.as_(scene.world.buyer), reverse("findings:incident", args=[incident.code])
    assert "Twelve paid" not in _text(buyer.get(url))
    assert buyer.get(reverse("findings:incident_step", args=[incident.code])).status_code == 302
    buyer.post(reverse("findings:incident_join", args=[incident.code]))
    page = _text(buyer.get(url))
    assert "Twelve paid" in page
    assert "Eastgate" not in page
    assert str(scene.world.buyer.person) in _text(client.get(url))


def test_customers_are_informed_with_addresses_that_are_ones(scene: Scene) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    url, client = reverse("findings:incident_inform", args=[incident.code]), scene.as_(scene.world.supplier)
    code = scene.world.buyer.organisation.code
    wrong = client.post(url, {code: "ann@buyer.example, nonsense"})
    assert wrong.status_code == 422
    assert "“nonsense” is not an e-mail address" in _text(wrong)
    assert "ann@buyer.example, nonsense" in _text(wrong)
    assert client.post(url, {code: ""}).status_code == 422
    assert client.post(url, {code: "ann@buyer.example; bob@buyer.example"}).status_code == 302
    with owner_role():
        assert IncidentMember.objects.filter(side="customer").count() == 2


def test_a_file_of_the_wrong_type_loses_nothing_typed(scene: Scene) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    url, client = reverse("findings:incident_step", args=[incident.code]), scene.as_(scene.world.supplier)
    file = SimpleUploadedFile("run.exe", b"MZ", "application/octet-stream")
    answer = client.post(url, {"text": "What we did", "audience": "site", "file": file})
    assert answer.status_code == 422
    assert "What we did" in _text(answer)
    with owner_role():
        assert not IncidentStep.objects.filter(text="What we did").exists()


def test_a_case_closes_on_its_page_and_asks_for_the_paper(scene: Scene) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    client = scene.as_(scene.world.supplier)
    url = reverse("findings:incident_close", args=[incident.code])
    assert client.post(url, {"what_was_done": "All repaid."}).status_code == 422
    assert client.post(url, {"what_was_done": "All repaid.", "what_changes": "No agents."}).status_code == 302
    page = _text(client.get(reverse("findings:incident", args=[incident.code])))
    assert "All repaid." in page
    assert reverse("findings:incident_step", args=[incident.code]) not in page
    paper = client.get(reverse("findings:incident_report_pdf", args=[incident.code, 1]))
    assert paper.status_code == 200


def test_the_detail_page_costs_as_many_questions_for_many_lines_as_for_one(
    scene: Scene, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    with owner_role():
        lead = incident.members.get()
    for number in range(30):
        cases.step(lead, text=f"Line {number}")
        cases.task(lead)
    client, url = scene.as_(scene.world.supplier), reverse("findings:incident", args=[incident.code])
    client.get(url)
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]
        assert "Line 29" in _text(client.get(url))


def test_somebody_in_two_organisations_reads_it_only_for_the_one_that_names_them(
    scene: Scene, client_for: Callable[..., Client]
) -> None:
    incident = cases.incident(scene.world.site, scene.world.supplier)
    second: Organisation = organisation("Second Mill")
    membership(second, scene.world.supplier.person)
    url = reverse("findings:incident", args=[incident.code])
    person = scene.world.supplier.person
    assert client_for(person, scene.world.supplier.organisation_id).get(url).status_code == 200
    assert client_for(person, second.pk).get(url).status_code == 404
