"""Letters."""

import smtplib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem

from ledger import registry, tries, words
from ledger.delivery import message_id, send
from ledger.models import Delivery, DeliveryState, Entry
from ledger.registry import Recipient, notice
from ledger.relay import relay
from organisations.models import Person
from tests.ledger.conftest import NOON, World
from tests.ledger.roles import working_as
from tests.ledger.test_relay import happen

Tell = Callable[..., None]

pytestmark = pytest.mark.usefixtures("quick_letters")


@pytest.fixture
def job(world: World) -> Iterator[World]:
    """Work as the role that sends."""
    with working_as("job"):
        yield world


@pytest.fixture
def letter(job: World, tell: Tell) -> Delivery:
    """Have one letter to Lin wait."""
    tell(job.lin, organisation=job.supplier)
    happen(job, note="<b>bold</b> & brave")
    relay(NOON)
    return Delivery.objects.to_send().get()


def the_mail() -> Message:
    (sent,) = mail.outbox
    return sent.message()


def bodies(message: Message) -> list[str]:
    """Return the decoded bodies of a message, text first."""
    found = (part.get_payload(decode=True) for part in message.walk())
    return [body.decode() for body in found if isinstance(body, bytes)]


def test_send_hands_over_what_waits_and_says_so(letter: Delivery) -> None:
    assert send(NOON) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.sent_at, letter.attempts, letter.error) == (DeliveryState.SENT, NOON, 1, "")
    assert (send(NOON), len(mail.outbox)) == (0, 1)


def test_send_carries_the_delivery_s_code_as_message_id(letter: Delivery) -> None:
    send(NOON)
    assert the_mail()["Message-ID"] == message_id(letter) == f"<{letter.code}@127.0.0.1>"
    assert the_mail()["Auto-Submitted"] == "auto-generated"


def test_send_writes_text_and_html_in_the_reader_s_time_zone(letter: Delivery, job: World) -> None:
    send(NOON)
    text, html = bodies(the_mail())
    assert text.splitlines()[:5] == [
        "Dear Lin,",
        "",
        "Willow Yarn Works has news: <b>bold</b> & brave",
        "",
        "It happened on 4 May 2026, 18:00.",
    ]
    assert "member of Willow Yarn Works on Common Thread" in text
    assert "<p>Willow Yarn Works has news: &lt;b&gt;bold&lt;/b&gt; &amp; brave</p>" in html
    assert (the_mail()["Subject"], the_mail()["To"]) == ("News of Willow Yarn Works", job.lin.email)


def test_letter_is_written_in_the_reader_s_language(letter: Delivery, settings: Any) -> None:
    settings.LANGUAGES = [("en-gb", "English"), ("ar", "Arabic")]
    with words.reading_as(Person(language="ar", timezone="Asia/Amman")):
        found = words.letter_of(_notice(), letter)
    assert '<html lang="ar" dir="rtl">' in found.html
    with words.reading_as(Person(language="xx", timezone="Nowhere/Land")):
        found = words.letter_of(_notice(), letter)
    assert '<html lang="en-gb" dir="ltr">' in found.html


def _notice() -> Any:
    from ledger.registry import notice_for

    return notice_for("trial.told")


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("Hello\r\nBcc: everyone@trial.example", "Hello Bcc: everyone@trial.example"),
        ("A\x00B\x1bC\u202eD\u2028E", "A B C D E"),
        ("x" * 500, "x" * 200),
    ],
)
def test_one_line_leaves_nothing_that_could_forge_a_header(raw: str, line: str) -> None:
    assert words.one_line(raw) == line


def test_subject_stays_one_header_when_a_name_holds_line_breaks(job: World, tell: Tell) -> None:
    tell(job.lin)
    job.supplier.name = "Willow\r\nBcc: everyone@trial.example"
    happen(job)
    relay(NOON)
    send(NOON)
    assert the_mail()["Subject"] == "News of Willow Bcc: everyone@trial.example"
    assert the_mail()["Bcc"] is None


class _Stumbling(locmem.EmailBackend):
    """A post office that refuses every letter."""

    def send_messages(self, _messages: Any) -> int:
        raise smtplib.SMTPDataError(554, b"refused")


class _Closed(locmem.EmailBackend):
    """A post office that does not answer."""

    def open(self) -> bool:
        raise ConnectionRefusedError


def test_send_tries_again_with_the_same_id_when_the_post_office_refuses(
    letter: Delivery, settings: Any
) -> None:
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}._Stumbling"
    assert send(NOON) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (DeliveryState.FAILED, 1)
    assert letter.error == "SMTPDataError: (554, b'refused')"
    assert NOON + timedelta(seconds=30) <= letter.next_try_at <= NOON + timedelta(seconds=36)
    settings.EMAIL_BACKEND = works
    assert (send(NOON + timedelta(seconds=29)), send(NOON + timedelta(seconds=37))) == (0, 1)
    assert the_mail()["Message-ID"] == message_id(letter)


def test_send_parks_a_letter_after_eight_tries_and_keeps_the_error(letter: Delivery, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}._Stumbling"
    for hours in range(0, 200, 13):
        send(NOON + timedelta(hours=hours))
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (DeliveryState.PARKED, tries.MOST_TRIES)
    assert letter.error == "SMTPDataError: (554, b'refused')"


def test_send_costs_no_try_when_the_post_office_does_not_answer(letter: Delivery, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}._Closed"
    assert send(NOON) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (DeliveryState.PENDING, 0)


def test_send_withholds_what_the_person_may_no_longer_be_told(
    letter: Delivery, tell: Tell, job: World
) -> None:
    tell(job.bo)
    assert send(NOON) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.error, mail.outbox) == (
        DeliveryState.WITHHELD,
        "The person is no longer to be told.",
        [],
    )


def test_send_withholds_letters_to_people_who_cannot_sign_in(letter: Delivery, job: World) -> None:
    with working_as("owner"):
        Person.objects.filter(pk=job.lin.pk).update(is_active=False)
    send(NOON)
    letter.refresh_from_db()
    assert (letter.state, mail.outbox) == (DeliveryState.WITHHELD, [])


def test_send_withholds_letters_older_than_thirty_days(letter: Delivery) -> None:
    send(NOON + timedelta(days=31))
    letter.refresh_from_db()
    assert (letter.state, mail.outbox) == (DeliveryState.WITHHELD, [])


def test_send_goes_on_when_one_letter_cannot_be_written(letter: Delivery, job: World) -> None:
    @notice("trial.wordless")
    def wordless(entry: Entry) -> list[Recipient]:
        return [Recipient(job.bo, None)]

    Delivery.objects.filter(pk=letter.pk).update(next_try_at=NOON + timedelta(seconds=1))
    broken = Delivery.objects.create(
        entry=letter.entry,
        person=job.bo,
        channel="email",
        verb="trial.wordless",
        title="Nothing",
        happened_at=NOON,
        next_try_at=NOON,
    )
    assert send(NOON + timedelta(seconds=1)) == 1
    broken.refresh_from_db()
    assert (broken.state, broken.error) == (
        DeliveryState.FAILED,
        "TemplateDoesNotExist: trial/mail/wordless.txt",
    )


def test_somebody_without_an_account_gets_a_letter_whose_secret_lies_nowhere(job: World, tell: Tell) -> None:
    tell()
    registry._notices.clear()
    paths = {"open": "/join/open-sesame/"}

    @notice("trial.told", secret_path=lambda _entry: paths.get("open", ""))
    def told(entry: Entry) -> list[Recipient]:
        return [Recipient(None, None, address="new@trial.example")]

    happen(job)
    happen(job)
    relay(NOON)
    first, second = Delivery.objects.order_by("entry_id")
    assert (first.channel, first.person_id, first.address, first.path) == (
        "email",
        None,
        "new@trial.example",
        "",
    )
    Delivery.objects.filter(pk=second.pk).update(next_try_at=NOON + timedelta(minutes=1))
    assert send(NOON) == 1
    assert the_mail()["To"] == "new@trial.example"
    assert all("http://127.0.0.1:8000/join/open-sesame/" in body for body in bodies(the_mail()))
    paths.clear()
    assert send(NOON + timedelta(minutes=1)) == 0
    second.refresh_from_db()
    assert (second.state, second.error) == (DeliveryState.WITHHELD, "The letter's link is no longer valid.")
