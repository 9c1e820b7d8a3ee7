"""What leaves the house: mails, inbox lines, histories and papers carry only what their reader may see."""

import io
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from documents.models import Rendering
from documents.renderings import File, ViewerIds
from findings.models import Audit, PlanVersion
from findings.reports.capr import capr_pdf, capr_xlsx
from findings.reports.plan import plan_pdf
from findings.reports.site_history import site_history_pdf, site_history_xlsx
from ledger.acting import acting
from ledger.delivery import send
from ledger.models import Delivery, Outbox
from ledger.refusals import NotVisible
from ledger.relay import relay
from sourcing.models import Site
from tests.conftest import _assume, owner_role
from tests.matrices import slices
from tests.matrices.canaries import names, words_in
from tests.matrices.crawl import Crowd, undone
from tests.matrices.oracle import Facts, facts, may_read
from tests.matrices.policy import POLICY
from tests.matrices.principals import BY_NAME, MEMBERS, PRINCIPALS, Principal

# One thing after the other: every notice that the slice has is written at least once.
STORY = (
    ("supplier", "sourcing:link_accept"),
    ("customer", "sourcing:link_propose"),
    ("customer", "sourcing:link_end"),
    ("limited", "sourcing:engagement_new"),
    ("firm", "sourcing:engagement_accept"),
    ("firm", "findings:enter"),
    ("firm", "findings:audit_start"),
    ("firm", "findings:car_reassess"),
    ("editor", "findings:understand"),
    ("editor", "findings:plan_edit"),
    ("editor", "findings:plan_update"),
    ("rival", "findings:plan_respond"),
    ("firm", "findings:audit_publish"),
    ("firm", "findings:incident_new"),
    ("supplier", "sourcing:engagement_end"),
    ("supplier", "organisations:invite"),
    ("supplier", "organisations:role"),
    ("supplier", "organisations:resend"),
    ("customer", "organisations:new_token"),
    ("editor", "findings:incident_step"),
    ("rival", "findings:incident_demand"),
    ("editor", "findings:incident_task"),
    ("editor", "findings:incident_inform"),
    ("editor", "findings:incident_close"),
)


# What the slices tell happens while links last and the CAR is open; the first story ends both.
STORIES = {"main": STORY, "slices": tuple(step for more in slices.all_of("STORY") for step in more)}


def _play(crowd: Crowd, story: tuple[tuple[str, str], ...]) -> None:
    for name, route in story:
        who, case = BY_NAME[name], POLICY[route]["post"]
        url = reverse(route, args=case.arguments(crowd.world))
        answer = crowd.ask(who, "post", url, case.body(crowd.world) if case.body else {})
        assert answer.outcome == case.outcomes[name], (name, route, answer.outcome)


def _deliver() -> None:
    """Relay and send as the role job, as the system worker does."""
    before = settings.DB_ROLES["app"]
    _assume(settings.DB_ROLES["job"])
    try:
        relay(timezone.now())
        relay(timezone.now())  # what the first gave rise to
        send(timezone.now(), pause_seconds=0)
    finally:
        _assume(before)


@pytest.fixture(params=STORIES)
def told(request: pytest.FixtureRequest, crowd: Crowd) -> Crowd:
    """Play a story and send everything it gives rise to."""
    mail.outbox.clear()
    for name in MEMBERS:
        crowd.enter(BY_NAME[name])
    _play(crowd, STORIES[request.param])
    _deliver()
    return crowd


def test_letters_inboxes_and_histories_show_nothing_foreign(told: Crowd) -> None:
    with owner_role():
        waiting = list(Outbox.objects.values_list("entry__verb", "error"))
        unsent = list(Delivery.objects.exclude(state="sent").values_list("verb", "state", "error"))
    assert (waiting, unsent) == ([], [])
    now = facts()
    problems = [*_mail_problems(told, now), *_page_problems(told, now)]
    assert len(mail.outbox) >= 15
    assert not problems, "\n" + "\n".join(problems)


def _mail_problems(crowd: Crowd, now: Facts) -> list[str]:
    # Also whoever asks for nothing in the matrices, as a third editor of the scheme body: letters reach them too.
    by_address = {one.email: Principal(name, person=name) for name, one in crowd.world.people.items()}
    problems = []
    for letter in mail.outbox:
        message = letter.message()
        parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        text = "\n".join([f"{name}: {value}" for name, value in message.items()])
        text += "".join(part.decode() for part in parts if isinstance(part, bytes)) + str(letter.subject)
        if len(letter.recipients()) != 1:
            problems.append(f"“{letter.subject}” goes to {len(letter.recipients())} people at once")
        (address,) = letter.recipients()
        allowed = words_in(address)
        if address in by_address:
            allowed |= may_read(now, crowd.reader(by_address[address], now))
        else:  # somebody who was invited: by whom, and where; or named in a case: the code in the link, alone
            allowed |= words_in(crowd.world["case"].code)
            allowed |= words_in(
                crowd.world.organisations["supplier"].name, crowd.world.people["supplier"].name
            )
        if foreign := words_in(text) - allowed:
            who = by_address.get(address, address)
            problems.append(f"The mail “{letter.subject}” to {who} shows {names(crowd.canaries, foreign)}")
    return problems


def _page_problems(crowd: Crowd, now: Facts) -> list[str]:
    problems = []
    for name in sorted(MEMBERS):
        allowed = may_read(now, crowd.reader(BY_NAME[name], now))
        for route in ("home", "organisations:inbox", "organisations:activity", "organisations:reads"):
            answer = crowd.ask(BY_NAME[name], "get", reverse(route))
            if foreign := answer.words() - allowed:
                problems.append(f"{route} shows {name} {names(crowd.canaries, foreign)}")
    return problems


def test_papers_show_nothing_foreign(crowd: Crowd, known: Facts) -> None:
    """The action plan as paper, for everyone: their own view of it, or none at all."""
    with owner_role():
        versions = list(PlanVersion.objects.order_by("pk"))
    problems, made = [], 0
    for who in (one for one in PRINCIPALS if one.name in MEMBERS):
        reader = crowd.reader(who, known)
        allowed = may_read(known, reader)
        for version in versions:
            wanted = Rendering(subject_id=version.pk)
            with undone(), acting(person_id=reader.person, organisation_id=reader.organisation):
                try:
                    paper = plan_pdf(wanted, ViewerIds(reader.person or 0, reader.organisation or 0))
                except NotVisible:
                    continue
            made += 1
            if foreign := words_in(*paper) - allowed:  # type: ignore[misc]
                problems.append(
                    f"The paper of version {version} shows {who} {names(crowd.canaries, foreign)}"
                )
    assert made > 0
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("write", "kind"),
    [(capr_pdf, Audit), (capr_xlsx, Audit), (site_history_pdf, Site), (site_history_xlsx, Site)],
)
def test_reports_show_nothing_foreign(crowd: Crowd, known: Facts, write: Any, kind: Any) -> None:
    """Reports of audits and histories of sites, for everyone: their own view of them, or none at all."""
    with owner_role():
        subjects = list(kind.objects.order_by("pk"))
    problems, made = [], 0
    for who in (one for one in PRINCIPALS if one.name in MEMBERS):
        reader = crowd.reader(who, known)
        allowed = may_read(known, reader)
        for subject in subjects:
            wanted = Rendering(subject_id=subject.pk)
            with undone(), acting(person_id=reader.person, organisation_id=reader.organisation):
                try:
                    paper = write(wanted, ViewerIds(reader.person or 0, reader.organisation or 0))
                except NotVisible:
                    continue
            made += 1
            said = _words_of(paper.data) if isinstance(paper, File) else "".join(paper)
            if foreign := words_in(said) - allowed:
                problems.append(f"A paper on {subject} shows {who} {names(crowd.canaries, foreign)}")
    assert made > 0
    assert not problems, "\n" + "\n".join(problems)


def _words_of(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
