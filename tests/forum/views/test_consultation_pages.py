"""Pages of consultations: read without an account where the public is asked, answered, taken away as files."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forum.models import ConsultationComment, ConsultationContact, ConsultationRound
from forum.queries.consultation import secret_of
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_consultations as consult

Browser = Callable[[Viewer], Client]
SAID = {
    "name": "Lea Martin",
    "organisation": "",
    "email": "lea@example.org",
    "text": "Ask.",
    "language": "en",
}


@pytest.fixture
def room(db: Any) -> make.Room:
    cache.clear()
    return make.group("joint-remediation")


@pytest.fixture
def browser(client_for: Any) -> Browser:
    return lambda who: client_for(make.membership_of(who).person, who.organisation_id)


@pytest.fixture
def asked(room: make.Room) -> ConsultationRound:
    return consult.opened(consult.consultation(room.group, room.lead, is_public=True))


def _page(asked: ConsultationRound) -> str:
    return reverse("forum:consultation", args=[asked.consultation.code])


def _clause(asked: ConsultationRound, number: int = 0) -> str:
    row = consult.clauses(asked)[number]
    return reverse("forum:consultation_clause", args=[asked.consultation.code, row.code])


def _desk(asked: ConsultationRound, name: str = "desk", *more: str) -> str:
    return reverse(f"forum:consultation_{name}", args=["joint-remediation", asked.consultation.code, *more])


def test_the_public_reads_what_is_public_and_opened_and_nothing_else(
    room: make.Room, browser: Browser, asked: ConsultationRound, client: Client
) -> None:
    for_members = consult.opened(consult.consultation(room.group, room.lead))
    draft = consult.round_of(consult.consultation(room.group, room.lead, is_public=True))
    assert client.get(_page(asked)).status_code == 200
    missing = client.get(reverse("forum:consultation", args=["NOTTHERE0000"]))
    for hidden in (for_members, draft):
        answer = client.get(_page(hidden))
        assert answer.status_code == missing.status_code == 404
    member = browser(room.stranger)
    assert member.get(_page(for_members)).status_code == 200
    assert member.get(_page(draft)).status_code == 404
    inside = browser(room.guest)
    assert inside.get(_page(draft)).status_code == 200
    assert inside.get(_desk(draft)).status_code == 200
    assert member.get(_desk(asked)).status_code == 403


def test_a_comment_from_the_public_goes_the_whole_way(asked: ConsultationRound, client: Client) -> None:
    answer = client.post(_clause(asked), SAID, follow=True)
    assert "open the link" in answer.content.decode()
    assert "Lea Martin" not in client.get(_clause(asked)).content.decode()
    with owner_role():
        secret = secret_of(ConsultationComment.objects.get().code)
    link = reverse("forum:consultation_link", args=[secret])
    assert "Is this your comment?" in client.get(link).content.decode()
    with owner_role():  # opening it does nothing yet
        assert ConsultationContact.objects.get().confirmed_at is None
    assert "Your comment counts" in client.post(link, follow=True).content.decode()
    shown = client.get(_clause(asked)).content.decode()
    assert "Lea Martin" in shown
    assert "lea@example.org" not in shown
    assert client.get(reverse("forum:consultation_link", args=["wrong"])).status_code == 404
    stop = Client(enforce_csrf_checks=True).post(reverse("forum:consultation_stop", args=[secret]))
    assert stop.status_code == 200
    with owner_role():
        assert ConsultationContact.objects.get().email == ""


def test_bad_input_keeps_what_was_typed(
    room: make.Room, browser: Browser, asked: ConsultationRound, client: Client
) -> None:
    answer = client.post(_clause(asked), {**SAID, "email": "not an address", "text": "A long thought"})
    assert answer.status_code == 422
    assert "A long thought" in answer.content.decode()
    lead = browser(room.lead)
    said = consult.comment(asked, room.stranger)
    answer = lead.post(_desk(asked, "respond", said.code), {"reason": "Because of clause 2"})
    assert answer.status_code == 422
    assert "Because of clause 2" in answer.content.decode()
    draft = consult.round_of(consult.consultation(room.group, room.lead))
    past = (timezone.localtime() - dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    answer = lead.post(_desk(draft, "open"), {"closes_at": past, "zone": "Europe/London"})
    assert answer.status_code == 422
    # On that night the clocks of London go back and show half past one twice.
    year = next(y for y in range(timezone.now().year + 1, 2200) if dt.date(y, 10, 31).weekday() == 6)
    twice = {"closes_at": f"{year}-10-31T01:30", "zone": "Europe/London"}
    answer = lead.post(_desk(draft, "open"), twice)
    assert answer.status_code == 422
    assert "Which time do you mean?" in answer.content.decode()
    assert lead.post(_desk(draft, "open"), {**twice, "closes_at_meant": "later"}).status_code == 302


def test_one_address_on_the_net_knocks_so_often_and_no_more(asked: ConsultationRound, client: Client) -> None:
    answers = [
        client.post(_clause(asked), {**SAID, "email": f"p{number}@example.org"}) for number in range(11)
    ]
    assert [one.status_code for one in answers] == [302] * 10 + [422]
    assert "try again" in answers[-1].content.decode()


def test_clauses_are_written_moved_and_left_out(room: make.Room, browser: Browser) -> None:
    lead = browser(room.lead)
    body = {"title": "A guide", "is_public": "no", "language": "en"}
    made = lead.post(reverse("forum:consultation_new", args=["joint-remediation"]), body)
    assert made.status_code == 302
    asked = consult.round_of(_newest())
    url = _desk(asked, "clauses")
    rows = {"clauses-TOTAL_FORMS": "2", "clauses-INITIAL_FORMS": "0"}
    more = {**rows, "clauses-0-text": "One", "clauses-1-text": "", "add_row": "clauses"}
    assert lead.post(url, more).content.decode().count('name="clauses-2-text"') == 1
    assert lead.post(url, {**rows, "clauses-0-text": "One", "clauses-1-text": "Two"}).status_code == 302
    first, second = consult.clauses(asked)
    moved = {
        "clauses-TOTAL_FORMS": "3",
        "clauses-INITIAL_FORMS": "2",
        "clauses-0-identity": first.identity,
        "clauses-0-text": "One",
        "clauses-0-place": "1",
        "clauses-1-identity": second.identity,
        "clauses-1-text": "Two",
        "clauses-1-DELETE": "on",
        "clauses-2-text": "Before all",
        "clauses-2-place": "1",
    }
    assert lead.post(url, moved).status_code == 302
    assert [(one.text, one.identity == first.identity) for one in consult.clauses(asked)] == [
        ("One", True),
        ("Before all", False),
    ]
    assert browser(room.buyer).get(url).status_code == 403


def _newest() -> Any:
    from forum.models import Consultation

    with owner_role():
        return Consultation.objects.select_related("group").latest("pk")


def test_script_in_what_people_write_is_inert(
    room: make.Room, asked: ConsultationRound, client: Client
) -> None:
    bad = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    consult.public_comment(asked, text=bad, name="<b>Lea</b>", organisation_name="<svg onload=alert(1)>")
    page = client.get(reverse("forum:consultation_whole", args=[asked.consultation.code, 1])).content.decode()
    for piece in ("<script>alert", 'href="javascript', "<img src=x", "<svg onload", "<b>Lea"):
        assert piece not in page
    assert "alert(1)" in page


def test_files_say_what_the_screen_says_and_no_cell_is_a_formula(
    room: make.Room, browser: Browser, asked: ConsultationRound, client: Client
) -> None:
    clause = consult.clauses(asked)[0]
    said = consult.public_comment(asked, on=clause, text="=1+1", name="@Lea", organisation_name="+cmd")
    other = consult.comment(asked, room.stranger, text="Fine")
    consult.response(said, room.lead, reason="-2+3")
    consult.public_comment(asked, confirmed=False, text="Not confirmed", email="other@example.org")
    url = {
        form: reverse("forum:consultation_export", args=[asked.consultation.code, 1, form])
        for form in ("csv", "xlsx")
    }

    def rows(who: Client) -> list[list[str]]:
        text = who.get(url["csv"]).content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    public, lead = rows(client), rows(browser(room.lead))
    assert [row[0] for row in public[1:]] == [said.code, other.code]
    assert public[1][2:6] == ["'@Lea", "'+cmd", "Public", "'=1+1"]
    assert public[1][7:] == ["", ""]  # not published yet
    assert lead[1][7:] == ["Accepted", "'-2+3"]
    book = browser(room.lead).get(url["xlsx"]).content
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        inside = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")}
    everything = "".join(inside.values())
    assert "=1+1" in everything
    assert said.code in everything
    assert "Not confirmed" not in everything
    assert "<f>" not in everything
    assert client.get(url["csv"].replace("csv", "exe")).status_code == 404


def test_the_second_round_shows_what_it_changed(
    room: make.Room, asked: ConsultationRound, client: Client
) -> None:
    found = asked.consultation
    consult.closed(found)
    consult.answered(found)
    second = consult.next_round(found)
    with owner_role():
        row = consult.clauses(second)[0]
        row.text = "Fees that workers pay: the new text."
        row.save()
        consult.clauses(second)[1].delete()
    consult.clause(second, "Receipts")
    url = reverse("forum:consultation_changes", args=[found.code, 2])
    assert client.get(url).status_code == 404  # a draft
    consult.opened(found, 2)
    page = client.get(url).content.decode()
    assert "Clauses changed: 1 · new: 1 · left out: 1" in " ".join(page.split())
    assert "<ins>" in page or "<ins" in page
    assert client.get(f"{_page(asked)}?round=1").status_code == 200


def test_the_desk_leads_from_closed_to_answered(
    room: make.Room, browser: Browser, asked: ConsultationRound
) -> None:
    said = consult.public_comment(asked)
    lead = browser(room.lead)
    assert lead.post(_desk(asked, "close"), {"sure": "on"}).status_code == 302
    assert "1 comment has no response yet" in " ".join(lead.get(_desk(asked)).content.decode().split())
    refused = lead.post(_desk(asked, "publish"), {"outcome": "Done."})
    assert refused.status_code == 422
    page = lead.get(_desk(asked, "respond", said.code)).content.decode()
    assert "lea@example.org" in page
    body = {"verdict": "partly", "reason": "In clause 2.", "language": "en"}
    assert lead.post(_desk(asked, "respond", said.code), body).status_code == 302
    assert lead.post(_desk(asked, "publish"), {"outcome": "Done.", "language": "en"}).status_code == 302
    everybody = Client().get(reverse("forum:consultation_whole", args=[asked.consultation.code, 1]))
    assert "In clause 2." in everybody.content.decode()


def test_pages_ask_as_much_for_many_comments_as_for_one(
    room: make.Room, browser: Browser, asked: ConsultationRound, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        consult.response(consult.comment(asked, room.stranger, text=f"Comment {number}"), room.lead)
    who = browser(room.lead)
    whole = reverse("forum:consultation_whole", args=[asked.consultation.code, 1])
    for url in (_page(asked), whole, f"{_desk(asked)}?show=all"):
        who.get(url)
        with django_assert_max_num_queries(20):
            who.get(url)
