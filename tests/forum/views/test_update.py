"""Pages of outside bodies, as the body, a follower and everybody else meet them."""

import datetime as dt
import io
from collections.abc import Callable
from html import unescape

import pytest
import xlsxwriter
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from forum.models import AuditorEntry, AuditorList, Body, BodyFollower, BodyUpdate, BodyUpdateVersion
from ledger.delivery import send
from ledger.models import Delivery, Entry
from ledger.relay import relay
from organisations.models import Membership, Person
from organisations.visibility import Capability, Role
from tests.conftest import job_role, owner_role
from tests.factories import forum_updates as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
Clients = Callable[[Person], Client]
SAID = {
    "title": "Certification in 2025",
    "text": "We looked at all grades.",
    "dated_on": "2026-01-15",
    "language": "en",
    "figures-TOTAL_FORMS": "3",
    "figures-INITIAL_FORMS": "0",
    "figures-0-name": "Auditors",
    "figures-0-value": "1204",
    "figures-0-unit": "people",
    "figures-0-period": "2024",
    "figures-1-name": "Auditors",
    "figures-1-value": "1310.5",
    "figures-1-unit": "people",
    "figures-1-period": "2025",
}


@pytest.fixture
def association() -> Membership:
    return people.membership(people.organisation("Assembly of Auditors", Capability.STAKEHOLDER))


@pytest.fixture
def reader() -> Membership:
    return people.membership(people.organisation("Bright Stores", Capability.BUYER), role=Role.VIEWER)


def _text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def _words(page: str) -> str:
    """Return what is read of a page, without its marks."""
    return " ".join(unescape(strip_tags(page)).replace("\xa0", " ").split())


def _at(name: str, *of: object) -> str:
    return reverse(f"forum:{name}", args=[getattr(one, "code", one) for one in of])


def _only() -> BodyUpdate:
    with owner_role():
        return BodyUpdate.objects.get()


def test_association_opens_its_place_and_publishes_with_figures(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    own, other = client_for(association.person), client_for(reader.person)
    assert own.get(_at("update_new")).headers["Location"] == _at("body_new")
    opened = own.post(_at("body_new"), {"summary": "We register auditors.", "language": "en"})
    assert opened.status_code == 302
    kept = own.post(_at("update_new"), SAID | {"draft": "1"})
    update = _only()
    assert kept.headers["Location"] == _at("update", update)
    _text(other, _at("update", update), 404)
    assert "Certification in 2025" not in _text(other, _at("updates"))
    assert "Draft, seen by you alone" in _text(own, _at("update", update))
    assert own.post(_at("update_publish", update)).status_code == 302
    page = _text(other, _at("update", update))
    assert "We looked at all grades." in page
    assert "1310.5" in page
    assert "Show as a table" in page
    assert "Certification in 2025" in _text(other, _at("updates"))
    assert other.get(_at("update_edit", update)).status_code == 403


def test_correction_is_a_new_version_that_shows_what_changed(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    body = make.body(association.organisation)
    update = make.update(body, title="First words")
    own, other = client_for(association.person), client_for(reader.person)
    page = _text(own, _at("update_edit", update))
    assert 'name="correction"' in page
    without = own.post(_at("update_edit", update), SAID | {"publish": "1"})
    assert without.status_code == 422
    assert "We looked at all grades." in without.content.decode()
    seen = {"seen": "1/", "correction": "The year was wrong.", "publish": "1"}
    assert own.post(_at("update_edit", update), SAID | seen).status_code == 302
    page = _text(other, _at("update", update))
    for said in ("The year was wrong.", "From version 1 to version 2", "<del>", "Certification in 2025"):
        assert said in page
    assert own.post(_at("update_publish", update), follow=True).status_code == 200
    with owner_role():
        assert BodyUpdateVersion.objects.filter(update=update).count() == 2


def test_two_colleagues_do_not_overwrite_each_other(client_for: Clients, association: Membership) -> None:
    update = make.update(make.body(association.organisation), is_public=False)
    own = client_for(association.person)
    answer = own.post(_at("update_edit", update), SAID | {"seen": "0/long ago", "draft": "1"})
    assert answer.status_code == 422
    assert "A colleague has saved this update" in answer.content.decode()
    assert "We looked at all grades." in answer.content.decode()
    with owner_role():
        assert BodyUpdateVersion.objects.get().text == "What we saw."


def test_half_a_figure_is_refused_beside_its_field(client_for: Clients, association: Membership) -> None:
    make.body(association.organisation)
    answer = client_for(association.person).post(_at("update_new"), SAID | {"figures-1-period": ""})
    assert answer.status_code == 422
    assert "Fill this in, or empty the whole row." in answer.content.decode()
    twice = client_for(association.person).post(_at("update_new"), SAID | {"figures-1-period": "2024"})
    assert "This figure stands here already." in twice.content.decode()
    more = client_for(association.person).post(_at("update_new"), SAID | {"add_row": "figures"})
    assert more.status_code == 200
    assert 'name="figures-3-name"' in more.content.decode()
    with owner_role():
        assert not BodyUpdate.objects.exists()


def test_withdrawal_says_why_above_the_words(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    update = make.update(make.body(association.organisation), title="Old news")
    own, other = client_for(association.person), client_for(reader.person)
    assert own.post(_at("update_withdraw", update), {"reason": ""}).status_code == 422
    assert other.post(_at("update_withdraw", update), {"reason": "Because"}).status_code == 403
    assert own.post(_at("update_withdraw", update), {"reason": "Counted twice"}).status_code == 302
    page = _text(other, _at("update", update))
    assert "Counted twice" in page
    assert "What we saw." in page
    assert "Old news" not in _text(other, _at("updates"))
    assert "Old news" in _text(other, _at("body", update.body))
    assert own.get(_at("update_edit", update)).status_code == 403


def test_whoever_follows_gets_mail_and_stops_when_they_want(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    body = make.body(association.organisation)
    other, own = client_for(reader.person), client_for(association.person)
    assert other.post(_at("body_follow", body)).status_code == 302
    assert other.post(_at("body_follow", body)).status_code == 302
    with owner_role():
        assert not Entry.objects.filter(actor=reader.person, verb__startswith="forum").exists()
    own.post(_at("update_new"), SAID | {"publish": "1"})
    with owner_role():
        relay(timezone.now())
        told = Delivery.objects.filter(person=reader.person, entry__verb="forum.update_published")
        assert {one.channel for one in told} == {"inbox", "email"}
        assert told.first().path == _at("update", _only())  # type: ignore[union-attr]
    other.post(_at("body_unfollow", body))
    own.post(_at("update_withdraw", _only()), {"reason": "Wrong"})
    with owner_role():
        relay(timezone.now())
        assert not Delivery.objects.filter(entry__verb="forum.update_withdrawn").exists()
    assert mail.outbox == []


def test_one_click_ends_letters_about_one_body(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    body = make.body(association.organisation)
    elsewhere = make.body(people.organisation("Another programme", Capability.STAKEHOLDER))
    other, own = client_for(reader.person), client_for(association.person)
    other.post(_at("body_follow", body))
    other.post(_at("body_follow", elsewhere))
    own.post(_at("update_new"), SAID | {"publish": "1"})
    with job_role():
        relay(timezone.now())
        send(timezone.now(), pause_seconds=0)
    (letter,) = [one for one in mail.outbox if one.to == [reader.person.email]]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + letter.extra_headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    program = Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    with owner_role():
        assert BodyFollower.objects.count() == 2  # looking ends nothing
    for _twice in range(2):
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with owner_role():
        assert [one.body_id for one in BodyFollower.objects.all()] == [elsewhere.pk]
    assert program.get(path).status_code == 404
    other.post(_at("body_follow", body))  # an old letter ends no new wish
    program.post(path)
    with owner_role():
        assert BodyFollower.objects.count() == 2


def test_buyers_open_no_place_and_the_operator_names_one(client_for: Clients, reader: Membership) -> None:
    operator = people.membership(people.organisation("House", Capability.OPERATOR))
    assert client_for(reader.person).get(_at("body_new")).status_code == 403
    said = {"summary": "They buy together.", "organisation": reader.organisation.code}
    assert client_for(reader.person).post(_at("body_new"), said).status_code == 403
    wrong = client_for(operator.person).post(_at("body_new"), said | {"organisation": "NONE"})
    assert wrong.status_code == 422
    assert "No organisation here has this code." in wrong.content.decode()
    assert client_for(operator.person).post(_at("body_new"), said).status_code == 302
    again = client_for(operator.person).post(_at("body_new"), said)
    assert "has a place for updates already" in again.content.decode()
    with owner_role():
        assert Body.objects.get().organisation_id == reader.organisation_id


ROWS = ("21700123,Rita Rahman,CSCA,active,2030-01-01", "21700456,José Doe,RA,Suspended,2027-05-31")


def _load(client: Client, body: Body, *lines: str, day: str = "2026-02-01", **about: str) -> tuple[int, str]:
    answer = client.post(_at("body_list", body), {"file": make.file(*lines, **about), "dated_on": day})
    return answer.status_code, answer.content.decode()


def test_a_list_is_loaded_whole_and_asked_number_by_number(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    body = make.body(association.organisation)
    own, other = client_for(association.person), client_for(reader.person)
    cache.clear()
    assert "There is no list to ask now" in _text(other, f"{_at('body_check', body)}?number=21700123")
    assert _load(own, body, *ROWS)[0] == 302
    listed = _text(other, f"{_at('body_check', body)}?number=2170-0123")
    assert "On the list of 1 Feb 2026" in _words(listed)
    assert "1 Jan 2030" in _words(listed)
    assert "CSCA" in listed
    assert "Rita" not in listed
    named = _text(other, f"{_at('body_check', body)}?number=21700456&name=doe+jose")
    assert "stands beside this number" in named
    assert "Suspended" in named
    misnamed = _text(other, f"{_at('body_check', body)}?number=21700456&name=Rita+Rahman")
    assert "The name you typed does not stand beside this number." in misnamed
    unknown = _text(other, f"{_at('body_check', body)}?number=99")
    assert "Not on the list of" in unknown
    assert "That is no verdict" in unknown
    assert "Rita" not in _text(own, _at("body", body))


def test_a_newer_list_takes_the_place_and_the_counts_stay(
    client_for: Clients, association: Membership
) -> None:
    body = make.body(association.organisation)
    own = client_for(association.person)
    cache.clear()
    assert _load(own, body, *ROWS)[0] == 302
    assert _load(own, body, ROWS[0], "21700789,New One,RA,active,2031-01-01", day="2026-03-01")[0] == 302
    with owner_role():
        lists = list(
            AuditorList.objects.order_by("number").values_list("total", "added", "removed", "person")
        )
        assert lists == [(2, 2, 0, association.person_id), (2, 1, 1, association.person_id)]
        assert AuditorEntry.objects.count() == 2
        assert AuditorEntry.objects.values_list("list__number", flat=True).distinct().get() == 2
    assert "Not on the list of" in _text(own, f"{_at('body_check', body)}?number=21700456")


def test_bad_rows_are_named_by_line_and_nothing_is_loaded(
    client_for: Clients, association: Membership, reader: Membership
) -> None:
    body = make.body(association.organisation)
    own = client_for(association.person)
    status, page = _load(
        own,
        body,
        ROWS[0],
        ",No Number,RA,active,2030-01-01",
        "21700123,Twice,RA,active,2030-01-01",
        "5550,Odd,RA,sleeping,soon",
    )
    assert status == 422
    flat = " ".join(page.split())
    for said in (
        "Line 3",
        "The number is missing",
        "Line 4",
        "The number stands on line 2 already.",
        "Line 5",
        "The status is none of active, suspended, ended.",
        "no date like 2027-03-31",
    ):
        assert said in flat
    assert "No Number" not in page
    missing = _load(own, body, "1", header="Number")
    assert "These columns are missing: name, grade, status, valid until." in missing[1]
    assert "The list is empty." in _load(own, body)[1]
    assert "still to come" in _load(own, body, *ROWS, day="2999-01-01")[1]
    wrong_type = own.post(_at("body_list", body), {"file": make.file(name="x.pdf"), "dated_on": "2026-01-01"})
    assert wrong_type.status_code == 422
    assert client_for(reader.person).post(_at("body_list", body)).status_code == 403
    with owner_role():
        assert not AuditorList.objects.exists()
        assert not AuditorEntry.objects.exists()


def test_too_many_questions_are_refused_for_a_while(client_for: Clients, reader: Membership) -> None:
    body = make.body()
    make.auditors(body, ("21700123", "Rita Rahman"))
    client = client_for(reader.person)
    cache.clear()
    path = f"{_at('body_check', body)}?number=1"
    answers = [client.get(path).status_code for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_a_list_made_with_a_lost_key_is_not_asked(
    client_for: Clients, reader: Membership, settings: object
) -> None:
    body = make.body()
    make.auditors(body, ("21700123", "Rita Rahman"))
    path = f"{_at('body_check', body)}?number=21700123"
    cache.clear()
    old = settings.SECRET_KEY  # type: ignore[attr-defined]
    client = client_for(reader.person)
    assert "On the list of" in _text(client, path)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 8, []  # type: ignore[attr-defined]
    client = client_for(reader.person)
    assert "There is no list to ask now" in _text(client, path)
    settings.SECRET_KEY_FALLBACKS = [old]  # type: ignore[attr-defined]
    assert "On the list of" in _text(client, path)


def test_the_operator_says_whose_list_is_asked(client_for: Clients, association: Membership) -> None:
    operator = people.membership(people.organisation("House", Capability.OPERATOR))
    first, second = make.body(association.organisation), make.body()
    boss = client_for(operator.person)
    assert (
        client_for(association.person).post(_at("body_answers", first), {"answers": "yes"}).status_code == 403
    )
    for body in (first, second):
        assert boss.post(_at("body_answers", body), {"answers": "yes"}).status_code == 302
    with owner_role():
        assert list(Body.objects.filter(answers_for_audits=True)) == [second]
    boss.post(_at("body_answers", second), {"answers": "no"})
    with owner_role():
        assert not Body.objects.filter(answers_for_audits=True).exists()


def test_dates_that_passed_are_said(client_for: Clients, reader: Membership) -> None:
    body = make.body()
    make.auditors(body, ("7777", "Old Hand"), until=dt.date(2020, 1, 1))
    cache.clear()
    page = _text(client_for(reader.person), f"{_at('body_check', body)}?number=7777")
    assert "this date has passed" in page


def test_signed_out_readers_sign_in_first(client: Client, db: None) -> None:
    assert client.get(_at("updates")).headers["Location"].startswith("/accounts/login/")


def test_a_workbook_is_read_like_a_table(client_for: Clients, association: Membership) -> None:
    body = make.body(association.organisation)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Membership number", "Full name", "Level", "State", "Expiry date"])
        sheet.write_row(1, 0, [21700123, "Rita Rahman", "CSCA", "Active", dt.date(2030, 1, 1)])
    file = SimpleUploadedFile("auditors.xlsx", content.getvalue())
    own = client_for(association.person)
    assert own.post(_at("body_list", body), {"file": file, "dated_on": "2026-02-01"}).status_code == 302
    cache.clear()
    page = _words(_text(own, f"{_at('body_check', body)}?number=21700123"))
    assert "On the list of 1 Feb 2026" in page
    assert "Valid until 1 Jan 2030" in page
