"""Papers, the public check and the register as they are seen: narrow and wide, light and dark, without fault."""

import datetime as dt
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.settings import documents_storage
from documents.renderings import work
from organisations.models import Organisation, Person
from organisations.visibility import Capability, Role
from schemes.actions.answer import save_answer
from schemes.actions.definition import load_edition
from schemes.actions.membership import withdraw
from schemes.actions.papers import ask_for_paper
from schemes.definitions.reading import read_path, shipped
from schemes.lifecycle import Outcome
from schemes.models import Assessment, Certificate, Edition, Scheme
from schemes.models.facts import AnswerSaid, ItemSaid
from schemes.queries.papers import papers_of
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer
from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def body() -> Organisation:
    """The body of the scheme that is shipped."""
    made = people.organisation("Fair Standards Institute", Capability.SCHEME_BODY, is_listed=True)
    with owner_role():
        for path in shipped():
            load_edition(read_path(path), body=made, at=timezone.now())
    return made


class Shipped(Play):
    """A story in the scheme that is shipped, whose levels are called otherwise than those of invented ones."""

    def answer(self) -> Assessment:
        """Let the member answer every criterion that has no answer yet, claiming no level."""
        assessment = self.assessment()
        with as_viewer(self.member) as viewer:
            known = set(assessment.answers.values_list("criterion_id", flat=True))
            for one in self.criteria():
                if one.pk not in known:
                    said = AnswerSaid(text=f"We do {one.title}.", language="en")
                    save_answer(
                        viewer=viewer,
                        assessment=assessment,
                        criterion=one,
                        said=said,
                        version=0,
                        at=self.now(),
                    )
        return self.assessment()

    def interim(self) -> Assessment:
        """Let the next interim assessment begin, all at once as the scheduler would."""
        with transaction.atomic():
            return super().interim()


def member(body: Organisation, name: str, country: str) -> Play:
    """Let an organisation apply to the scheme that is shipped."""
    applicant = people.organisation(name)
    with owner_role():
        Organisation.objects.filter(pk=applicant.pk).update(country=country)
        scheme = Scheme.objects.get(key="back2source")
        edition = Edition.objects.get(scheme=scheme)
    made = Shipped(
        scheme=scheme,
        edition=edition,
        body=body,
        organisation=applicant,
        boss=people.viewer(body),
        assessor=people.viewer(body, Role.EDITOR),
        decider=people.viewer(body, Role.EDITOR),
        reviewer=people.viewer(body, Role.EDITOR),
        member=people.viewer(applicant),
        clock=timezone.now() - dt.timedelta(days=190),
    )
    made.apply(consents_to_register=True)
    return made


def made_papers(story: Play) -> None:
    """Have every paper made that the member can have, and keep them where pictures are kept."""
    for key in ("report", "schedule", "notice", "certificate"):
        with as_viewer(story.member) as viewer:
            rows = list(Assessment.objects.visible_to(viewer).select_related("edition").order_by("-pk"))
            papers = [one for found in papers_of(viewer, rows).values() for one in found if one.key == key]
            if not papers:
                continue
            row = ask_for_paper(viewer=viewer, paper=papers[0], at=timezone.now())
        assert work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
        if PICTURES:
            client = signed_in(story)
            arguments = [papers[0].assessment.code, key]
            taken: Any = client.get(reverse("schemes:assessment_paper_file", args=arguments))
            (Path(PICTURES) / f"{key}.pdf").write_bytes(b"".join(taken.streaming_content))


def signed_in(story: Play) -> Client:
    with owner_role():
        person = Person.objects.get(pk=story.member.person_id)
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light"), (390, "light"), (1280, "dark")])
def test_pages_are_without_fault(
    body: Organisation,
    open_page: Open,
    live_server: Any,
    width: int,
    theme: Literal["light", "dark"],
    settings: LazySettings,
    tmp_path: Path,
) -> None:
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}
    cache.clear()
    story = member(body, "Công ty Cổ phần May Mặc Đường Nguyễn", "VN")
    by_on = (story.now() + dt.timedelta(days=60)).date()
    items = tuple(
        ItemSaid(what=f"Write down who answers for it ({number}).", by_on=by_on, criterion=one.key)
        for number, one in enumerate(story.criteria()[:4], start=1)
    )
    story.decide(Outcome.IMPROVE, {}, items=items)
    story.decide(Outcome.AWARD, "gold")
    story.interim()
    levels = {one.key: "platinum" if place < 15 else "gold" for place, one in enumerate(story.criteria())}
    story.decide(Outcome.CONTINUE, levels)
    gone = member(body, "شركة النسيج المتحدة للتجارة", "EG")
    gone.decide(Outcome.AWARD, "gold")
    with owner_role():
        older, newer = Certificate.objects.filter(member=story.organisation).order_by("pk")
        withdrawn = Certificate.objects.get(member=gone.organisation)
    with as_viewer(gone.member) as viewer:
        withdraw(viewer=viewer, membership=gone.membership(), at=gone.now())
    for name, country in (("东方纺织服装有限公司", "CN"), ("Häuser & Söhne Textilien GmbH", "DE")):
        member(body, name, country).decide(Outcome.AWARD, "gold")
    page = open_page("livez", width=width, theme=theme)

    def look(name: str) -> None:
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{theme}.png"), full_page=True)
        assert (name, complaints(page)) == (name, [])
        assert (name, overflow(page)) == (name, 0)
        assert (name, page.evaluate("window.violations")) == (name, [])

    for name, path in {
        "door": reverse("schemes:verify_door"),
        "valid": reverse("schemes:verify", args=[newer.code]),
        "superseded": reverse("schemes:verify", args=[older.code]),
        "withdrawn": reverse("schemes:verify", args=[withdrawn.code]),
        "unknown": reverse("schemes:verify", args=["0" * 20]),
        "register": reverse("schemes:register", args=["back2source"]),
        "register-none": reverse("schemes:register", args=["back2source"]) + "?words=nowhere",
    }.items():
        page.goto(f"{live_server.url}{path}")
        look(name)
    page.goto(f"{live_server.url}{reverse('schemes:verify_door')}")
    page.fill("#code", newer.code.lower())
    page.get_by_role("button", name="Check").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() in {"This certificate is valid", "This certificate has expired"}
    page.goto(f"{live_server.url}{reverse('schemes:verify_badge', args=[newer.code])}")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"badge-{width}-{theme}.png"))
    session = signed_in(story).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    papers = f"{live_server.url}{reverse('schemes:papers', args=[story.membership().code])}"
    page.goto(papers)
    look("papers-asked")
    made_papers(story)
    page.goto(papers)
    look("papers-made")
    with owner_role():
        decided = Assessment.objects.filter(member=story.organisation).order_by("pk").first()
    assert decided is not None
    page.goto(f"{live_server.url}{reverse('schemes:assessment_papers', args=[decided.code])}")
    look("assessment-papers")
