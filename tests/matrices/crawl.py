"""Asking as somebody, and what every answer has to keep to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.test import Client

from organisations.models import Membership
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.matrices.canaries import Canaries, words_in
from tests.matrices.oracle import Facts, Reader
from tests.matrices.principals import Principal
from tests.matrices.world import World

LOGIN, NEW = "/accounts/login/", "/organisations/new/"
# What differs between two answers without telling anything: tokens against forgery and numbers of requests.
NOISE = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    headers: dict[str, str]
    body: bytes

    @property
    def outcome(self) -> str:
        """The status, with the two doors told apart: `login` and `new`."""
        if self.status == 302 and self.location.startswith(LOGIN):
            return "login"
        if self.status == 302 and self.location.startswith(NEW):
            return "new"
        return str(self.status)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_html(self) -> bool:
        """Whether a browser would draw it."""
        return self.headers.get("Content-Type", "").startswith("text/html")

    def words(self) -> set[str]:
        """Return the canaries anywhere in the answer."""
        return words_in(self.body, self.location, *self.headers.values())

    def without(self, *codes: str) -> tuple[int, str, str]:
        """Return all of the answer but what was asked for and what is new in every answer."""
        headers = "\n".join(f"{name}: {value}" for name, value in sorted(self.headers.items()))
        texts = [NOISE.sub("…", text) for text in (self.text, headers)]
        for code in codes:
            texts = [re.sub(re.escape(code), "…", text, flags=re.IGNORECASE) for text in texts]
        return (self.status, *texts)  # type: ignore[return-value]


class Crowd:
    """Everyone's browsers and programs, and what each of them may see."""

    def __init__(self, world: World, canaries: Canaries) -> None:
        self.world, self.canaries = world, canaries
        self._clients: dict[str, Client] = {}

    def enter(self, who: Principal) -> None:
        """Sign in, outside of what is taken back."""
        self._client(who)

    def speak(self, who: Principal, language: str) -> None:
        """Choose a language, as a browser does."""
        self._client(who).cookies[settings.LANGUAGE_COOKIE_NAME] = language

    def ask(
        self, who: Principal, method: str, url: str, body: Any = None, *, as_json: bool = False
    ) -> Answer:
        """Send one request as `who`."""
        extra: dict[str, Any] = {}
        if as_json and method != "get":
            extra = {"content_type": "application/json"}
            body = DjangoJSONEncoder().encode(body if body is not None else {})
        response = getattr(self._client(who), method)(url, body if body is not None else {}, **extra)
        self._client(who).cookies.pop("messages", None)  # said once, here: it must not colour the next answer
        streaming = getattr(response, "streaming", False)
        content = b"".join(response.streaming_content) if streaming else response.content
        return Answer(
            response.status_code,
            response.headers.get("Location", ""),
            {name: value for name, value in response.headers.items() if name != "Location"},
            content,
        )

    def reader(self, who: Principal, known: Facts) -> Reader:
        """Return whom the oracle is asked about."""
        if who.name in {"anonymous", "token_revoked"}:
            return Reader()
        person = self.world.people[who.person or "supplier"]
        with owner_role():
            mine = Membership.objects.filter(person=person, is_active=True).first()
        if mine is None:
            return Reader(person.pk)
        sites = None if mine.site_ids is None else frozenset(mine.site_ids)
        return Reader(person.pk, mine.organisation_id, sites, mine.role == Role.ADMIN)

    def _client(self, who: Principal) -> Client:
        if who.name not in self._clients:
            client = Client()
            if who.token:
                client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.world.tokens[who.token]}"
            if who.person:
                client.force_login(self.world.people[who.person])
                client.get("/settings/")  # notes the sign of life, so that later requests write nothing
            self._clients[who.name] = client
        return self._clients[who.name]


@contextmanager
def undone() -> Iterator[None]:
    """Let something happen and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# ---------------------------------------------------------------- what holds for every answer
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def header_problems(answer: Answer) -> list[str]:
    """Return what is missing among the headers that protect a reader."""
    wrong = [
        f"{n}: {answer.headers.get(n)}" for n, value in REQUIRED.items() if answer.headers.get(n) != value
    ]
    referrer = answer.headers.get("Referrer-Policy", "")
    if referrer not in {"same-origin", "no-referrer"}:
        wrong.append(f"Referrer-Policy: {referrer}")
    caching = answer.headers.get("Cache-Control", "")
    if "no-store" not in caching:
        wrong.append(f"Cache-Control: {caching}")
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        wrong.append(f"Content-Security-Policy: {policy}")
    return wrong


class Inline(HTMLParser):
    """Finds script, style and handlers written into a page, which the policy would refuse to run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = dict(attrs)
        is_data = (given.get("type") or "").endswith("json")
        if (tag == "script" and "src" not in given and not is_data) or tag == "style":
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            is_handler = name.startswith(("on", "hx-on")) or (value or "").strip().startswith("javascript:")
            if name == "style" or is_handler:
                self.found.append(f"<{tag} {name}=…>")


def inline_problems(answer: Answer) -> list[str]:
    """Return the inline script, style and handlers of a page."""
    if not answer.is_html:
        return []
    finder = Inline()
    finder.feed(answer.text)
    return finder.found


# ---------------------------------------------------------------- what a GET may leave behind
# Reads are logged and sessions note a sign of life; nothing else may change because somebody looked.
LEFT_BEHIND = {
    "ledger_readlog": "who looked, for the owner to see",
    "findings_incidentread": "who looked at a case, for the supplier's named people to see",
    "forum_threadreading": "how far somebody has read, for themselves",
    "django_session": "signs of life",
    "usersessions_usersession": "signs of life",
}
_COLUMNS_LEFT_OUT = {"organisations_apitoken": "last_used_at", "organisations_person": "last_login"}


HASHED = """SELECT '{name}', md5(coalesce(string_agg(j, ',' ORDER BY j), ''))
              FROM (SELECT (to_jsonb(t) - '{left_out}')::text AS j FROM "{name}" t) AS rows"""


def fingerprints() -> dict[str, str]:
    """Return a hash of the rows of every table."""
    with owner_role(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall() if name not in LEFT_BEHIND]
        parts = [HASHED.format(name=name, left_out=_COLUMNS_LEFT_OUT.get(name, "")) for name in tables]
        cursor.execute(" UNION ALL ".join(parts))  # names out of the catalogue, not from people
        return dict(cursor.fetchall())
