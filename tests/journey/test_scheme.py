"""A member from its application to the certificate that everybody can check, and out again when nothing improves.

BACK2SOURCE as it is shipped. Everybody signs in by the form and clicks what the page offers; worker, relay and
scheduler do their part between; the clock is moved to the days on which something falls due.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from config.settings import documents_storage
from ledger.models import Delivery
from organisations.models import Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.answer import save_answer
from schemes.actions.definition import load_edition
from schemes.definitions.reading import read_path, shipped
from schemes.lifecycle import Outcome
from schemes.models import Assessment, Certificate, Edition, Score
from schemes.models.facts import AnswerSaid
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play, as_viewer
from tests.factories.organisations import membership, organisation, person
from tests.factories.organisations import viewer as viewer_of
from tests.journey.scheme_steps import (
    BODY,
    CRITERIA,
    MEMBER,
    PEOPLE,
    answer_everything,
    apply,
    assign,
    decide,
    declare,
    headed,
    on,
    paper_of,
    propose,
    score_everything,
    send,
    sound,
    theirs,
    to_the_assessment,
)
from tests.journey.walking import Walker, work_off
from web.dates import day_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Signed = Callable[[str], Walker]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def body(transactional_db: None) -> Organisation:
    """The organisation that runs BACK2SOURCE."""
    made = organisation(BODY, Capability.SCHEME_BODY, is_listed=True)
    path = next(one for one in shipped() if one.parent.name == "back2source")
    with owner_role():
        load_edition(read_path(path), body=made, at=timezone.now())
    return made


@pytest.fixture
def cast(body: Organisation) -> dict[str, Viewer]:
    """A member's person, and three of the scheme body: who coordinates, who assesses and who decides."""
    maker, found = organisation(MEMBER), {}
    for name in PEOPLE:
        who = person(name=name.title(), email=f"{name}@example.org")
        role = Role.ADMIN if name in {"member", "boss"} else Role.EDITOR
        found[name] = viewer_from(membership(maker if name == "member" else body, who, role))
        with owner_role():
            EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return found


@pytest.fixture
def signed(cast: dict[str, Viewer], open_page: Any, live_server: Any) -> Signed:
    """Return a function that signs one of the cast in, in a browser of their own."""

    def make(name: str) -> Walker:
        walker = Walker(open_page("livez"), live_server.url)
        walker.sign_in(f"{name}@example.org")
        return walker

    return make


def test_from_an_application_to_the_end_of_the_membership(
    signed: Signed, open_page: Any, tmp_path: Path
) -> None:
    member, boss, assessor, decider = (signed(name) for name in PEOPLE)
    apply(member)
    answer_everything(member, tmp_path)
    send(member)
    work_off()
    assign(boss)
    declare(assessor)
    assessor.press("Begin to assess")
    score_everything(assessor)
    propose(assessor, "reaches GOLD")
    work_off()
    declare(decider)
    decide(decider, Outcome.AWARD, "Level awarded")
    work_off()
    certificate = _take_the_certificate(member, tmp_path)
    _checked_by_anybody(open_page, certificate, "This certificate is valid", "Valid until")

    notice_by = _six_months_on_nothing_improved(signed, tmp_path)
    _checked_by_anybody(open_page, certificate, "This certificate is valid", "Valid until")
    day = _the_notice_runs_out(signed, notice_by)
    with on(day):
        _checked_by_anybody(open_page, certificate, "This certificate was withdrawn", "Withdrawn")
        member = signed("member")
        member.go(f"/scheme-memberships/{theirs().code}/")
        headed(member, "You are no longer a member of BACK2SOURCE")
        member.shoot("scheme-17-removed")
    assert "Surma Shoes Ltd. is no longer a member of BACK2SOURCE" in {one.subject for one in mail.outbox}


def _take_the_certificate(member: Walker, tmp_path: Path) -> Certificate:
    with owner_role():
        made = Certificate.objects.get()
        assert Score.objects.filter(value="gold").count() == CRITERIA
    assert made.level_title == "GOLD"
    text = paper_of(member, "certificate", tmp_path)
    assert all(words in text for words in ("GOLD", MEMBER, "BACK2SOURCE"))
    assert made.code in text.replace(" ", "")
    member.shoot("scheme-10-papers")
    return made


def _checked_by_anybody(open_page: Any, certificate: Certificate, heading: str, badge: str) -> None:
    """Look as somebody without an account: by the code's page and by the picture on the member's own pages."""
    page = open_page(f"verify/{certificate.code}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("body")).to_contain_text(MEMBER)
    sound(page)
    picture = page.request.get(f"{page.url}badge.svg")
    assert picture.ok
    assert badge in picture.text()
    page.context.close()


def _six_months_on_nothing_improved(signed: Signed, tmp_path: Path) -> dt.date:
    """Be reminded, send the same again, and get an improvement notice; return by when it wants an answer."""
    due = theirs().next_due_on
    assert due is not None
    with on(due - dt.timedelta(days=60)):
        work_off()
    assert _letters("Your next assessment by BACK2SOURCE is open") == 1
    with on(due - dt.timedelta(days=30)):
        work_off()
        work_off()
        assert _letters(f"BACK2SOURCE waits for your answers by {day_text(due)}") == 1
    with on(due - dt.timedelta(days=20)):
        _assess_again(signed)
        decider = signed("decider")
        declare(decider)
        wanted = timezone.now().date() + dt.timedelta(days=100)
        decide(decider, Outcome.NOTICE, "Improvement notice", notice_by=wanted)
        work_off()
        member = signed("member")
        member.go(f"/scheme-memberships/{theirs().code}/")
        headed(member, "You are GOLD, on notice")
        member.reads("Train every buyer, and show what changed.")
        member.shoot("scheme-11-on-notice")
        sound(member.page)
        text = paper_of(member, "notice", tmp_path)
        assert "Train every buyer, and show what changed." in text
    assert _letters("An improvement notice from BACK2SOURCE") == 1
    return wanted


def _the_notice_runs_out(signed: Signed, notice_by: dt.date) -> dt.date:
    """Be assessed anew by the day of the notice, without progress, and be removed; return the day."""
    assert theirs().level_title == "GOLD"
    with on(notice_by - dt.timedelta(days=60)):
        work_off()
    assert _letters("Your next assessment by BACK2SOURCE is open") == 2
    day = notice_by - dt.timedelta(days=5)
    with on(day):
        _assess_again(signed)
        decider = signed("decider")
        declare(decider)
        decide(decider, Outcome.REMOVE, "Removed")
        work_off()
    return day


def _assess_again(signed: Signed) -> None:
    """Send what was said last time, and have every criterion scored as before: nothing got better."""
    member, boss, assessor = signed("member"), signed("boss"), signed("assessor")
    member.go(f"/scheme-memberships/{theirs().code}/")
    member.page.get_by_role("link", name="Check and send").first.click()
    send(member)
    work_off()
    assign(boss)
    declare(assessor)
    assessor.press("Begin to assess")
    score_everything(assessor)
    propose(assessor, "reaches GOLD", improved="No")
    work_off()


def _letters(subject: str) -> int:
    """Return how many letters with this subject have gone to the member's person."""
    with job_role():
        assert not Delivery.objects.filter(channel="email", state="pending", next_try_at__lte=timezone.now())
    return sum(one.subject == subject and one.to == ["member@example.org"] for one in mail.outbox)


class InBack2Source(Play):
    """A story in the scheme that is shipped: its member claims no level."""

    def answer(self) -> Assessment:
        """Let the member answer every criterion that has no answer yet."""
        assessment = self.assessment()
        with as_viewer(self.member) as viewer:
            known = set(assessment.answers.values_list("criterion_id", flat=True))
            for one in self.criteria():
                if one.pk not in known:
                    save_answer(
                        viewer=viewer,
                        assessment=assessment,
                        criterion=one,
                        said=AnswerSaid(text=f"We do {one.title}.", language="en"),
                        version=0,
                        at=self.now(),
                    )
        return self.assessment()


def test_from_above_the_lowest_a_member_moves_one_level_down(
    body: Organisation, cast: dict[str, Viewer], signed: Signed, open_page: Any
) -> None:
    with owner_role():
        edition = Edition.objects.select_related("scheme").get()
        maker = Organisation.objects.get(name=MEMBER)
    people: Any = {name: cast[name] for name in PEOPLE}
    story = InBack2Source(edition.scheme, edition, body, maker, reviewer=viewer_of(body), **people)
    story.apply()
    story.decide(Outcome.AWARD, "platinum")
    story.interim()
    story.decide(Outcome.NOTICE, "platinum", is_improved=False)
    story.interim()
    story.propose("platinum", is_improved=False)
    with owner_role():
        before = Certificate.objects.order_by("pk").last()
    assert before is not None
    assert before.level_title == "PLATINUM"
    with on(story.clock.date() + dt.timedelta(days=1)):
        decider = signed("decider")
        to_the_assessment(decider)
        decide(decider, Outcome.DOWN, "Moved one level down")
        work_off()
        with owner_role():
            after = Certificate.objects.order_by("pk").last()
        assert after is not None
        assert (after.level_title, theirs().level_title) == ("GOLD", "GOLD")
        _checked_by_anybody(
            open_page, before, "This certificate was followed by a newer one", "Followed by a newer one"
        )
        _checked_by_anybody(open_page, after, "This certificate is valid", "GOLD")
        member = signed("member")
        member.go(f"/scheme-memberships/{theirs().code}/")
        headed(member, "You are a member of BACK2SOURCE: GOLD")
        sound(member.page)
    assert _letters(f"{MEMBER} is moved down to GOLD of BACK2SOURCE") == 1
