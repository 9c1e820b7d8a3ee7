"""Evidence in an assessment: added once, pointing at many criteria, warned about when it shows workers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organisations.visibility import Capability, Role
from schemes.models import EvidenceUse
from sourcing.definitions.kinds import kinds
from sourcing.models import Evidence
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories.assessments import Play, play
from tests.findings.views.test_evidence_pages import pages_pdf
from tests.schemes.views.test_membership import at, signed_in, text

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def story() -> Play:
    made = play(organisation=people.organisation("Bright Stores", Capability.BUYER))
    made.apply()
    return made


@pytest.fixture
def own(story: Play, client_for: ClientFor) -> Client:
    return signed_in(client_for, story.member)


def add(story: Play) -> str:
    return at("evidence_show", story.assessment().code)


PDF = pages_pdf()


def file(name: str = "policy.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def the_use() -> EvidenceUse:
    with owner_role():
        return EvidenceUse.objects.select_related("evidence").get()


def test_new_file_is_kept_once_and_points_at_many_criteria(story: Play, own: Client) -> None:
    sent = {"file": file(), "kind": "policy", "shows_workers": "no", "criteria": ["c1", "c3"]}
    answer = own.post(f"{add(story)}?criterion=c1", sent)
    assert (answer.status_code, answer["Location"]) == (302, at("answer", story.assessment().code, "c1"))
    use = the_use()
    assert (use.title, use.criteria, use.evidence.kind) == ("policy", ["c1", "c3"], "policy")
    again = sent | {"file": file("again.pdf"), "criteria": ["c2"]}
    assert own.post(add(story), again).status_code == 302
    assert sorted(the_use().criteria) == ["c1", "c2", "c3"]
    page = text(own.get(at("assessment_evidence", story.assessment().code)))
    assert "used for criteria 1, 2, 3" in " ".join(page.split())


def test_what_one_has_is_chosen_and_what_fits_stands_first(story: Play, own: Client) -> None:
    other = pieces.evidence(story.organisation, kind="certificate", title="ISO paper")
    fits = pieces.evidence(story.organisation, kind="policy", title="Our rules")
    page = text(own.get(f"{add(story)}?criterion=c2"))
    assert page.index("Our rules") < page.index("ISO paper")
    sent = {"evidence": [fits.code, other.code], "criteria": ["c2"]}
    assert own.post(add(story), sent).status_code == 302
    with owner_role():
        assert EvidenceUse.objects.count() == 2
    assert "ISO paper" in text(own.get(at("answer", story.assessment().code, "c2")))
    narrowed = text(own.get(f"{add(story)}?q=iso"))
    assert "ISO paper" in narrowed
    assert "Our rules" not in narrowed


def test_what_shows_workers_is_warned_about_and_never_shown(story: Play, own: Client) -> None:
    inside = pieces.evidence(story.organisation, title="Payroll", shows_workers=True)
    page = text(own.get(add(story)))
    assert "Shows workers: cover names, faces and numbers in a copy" in page
    assert own.post(add(story), {"evidence": [inside.code], "criteria": ["c1"]}).status_code == 403
    sent = {"file": file(), "shows_workers": "yes", "criteria": ["c1"]}
    answer = own.post(add(story), sent)
    assert answer.status_code == 422
    assert "Others cannot see such a file." in text(answer)
    with owner_role():
        assert not EvidenceUse.objects.exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"criteria": ["c1"]}, "Choose something that you have"),
        (
            {"url": "https://example.org/tisc", "title": "Statement", "shows_workers": "no"},
            "Tick at least one",
        ),
        ({"url": "https://example.org/tisc", "shows_workers": "no", "criteria": ["c1"]}, "Say what the link"),
        (
            {"url": "https://example.org/tisc", "title": "Statement", "criteria": ["c1"]},
            "Answer this for what",
        ),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    story: Play, own: Client, sent: dict[str, Any], says: str
) -> None:
    answer = own.post(add(story), sent)
    assert answer.status_code == 422
    assert says in text(answer)


def test_link_to_a_public_page_is_evidence(story: Play, own: Client) -> None:
    sent = {
        "url": "https://example.org/tisc",
        "title": "Our statement",
        "kind": "modern_slavery_statement",
        "shows_workers": "no",
        "criteria": ["c1"],
    }
    assert own.post(add(story), sent).status_code == 302
    page = text(own.get(at("evidence_use", story.assessment().code, the_use().code)))
    assert "https://example.org/tisc" in page
    assert "We do not know what is there today." in page
    assert all(check.ask in page for check in kinds()["modern_slavery_statement"].checks)


def test_criteria_are_changed_and_a_piece_is_taken_back_until_it_is_sent(story: Play, own: Client) -> None:
    own.post(add(story), {"file": file(), "shows_workers": "no", "criteria": ["c1"]})
    code, use = story.assessment().code, the_use().code
    url = at("evidence_point", code, use)
    assert "policy" in text(own.get(url))
    assert own.post(url, {}).status_code == 422
    assert own.post(url, {"criteria": ["c2", "c3"]}).status_code == 302
    assert the_use().criteria == ["c2", "c3"]
    story.submit()
    for name in ("evidence_point", "evidence_detach"):
        assert own.post(at(name, code, use), {"criteria": ["c1"]}).status_code == 403
    assert own.get(add(story)).status_code == 403


def test_piece_taken_back_stays_in_the_library(story: Play, own: Client) -> None:
    own.post(add(story), {"file": file(), "shows_workers": "no", "criteria": ["c1"]})
    url = at("evidence_detach", story.assessment().code, the_use().code)
    assert "Nobody has seen it here yet." in text(own.get(url))
    assert own.post(url).status_code == 302
    with owner_role():
        assert not EvidenceUse.objects.exists()
        assert Evidence.objects.count() == 1


def test_scheme_body_reads_pages_and_file_once_it_is_sent(
    story: Play, own: Client, client_for: ClientFor
) -> None:
    own.post(add(story), {"file": file(), "shows_workers": "no", "criteria": ["c1"]})
    code, use = story.assessment().code, the_use().code
    body = signed_in(client_for, story.assessor)
    places = [at(name, code, use) for name in ("evidence_use", "evidence_use_file")]
    places.append(at("evidence_use_page", code, use, 2))
    assert {body.get(one).status_code for one in places} == {404}
    assert {own.get(one).status_code for one in places} == {200}
    story.submit()
    assert {body.get(one).status_code for one in places} == {200}
    stranger = signed_in(client_for, people.viewer(people.organisation()))
    assert {stranger.get(one).status_code for one in places} == {404}
    assert own.get(at("evidence_use_page", code, use, 99)).status_code == 404


def test_readers_do_not_show(story: Play, client_for: ClientFor) -> None:
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    assert reader.get(at("assessment_evidence", story.assessment().code)).status_code == 200
    assert reader.post(add(story), {"criteria": ["c1"]}).status_code == 403
