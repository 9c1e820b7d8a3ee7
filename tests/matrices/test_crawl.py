"""Everyone asks for everything: every GET of every route, and every POST with a body that works for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse

from tests.matrices.canaries import names, words_in
from tests.matrices.cases import Case
from tests.matrices.crawl import (
    Answer,
    Crowd,
    fingerprints,
    header_problems,
    inline_problems,
    undone,
)
from tests.matrices.oracle import Facts, may_read, sees
from tests.matrices.policy import POLICY, THIRD_PARTY
from tests.matrices.principals import AT_THE_DOOR, PRINCIPALS, PROBERS, Principal

# What pages of others are meant to show: the badge of a certificate, kept for two minutes, and its data.
FOR_OTHERS = {
    "schemes:verify_json": frozenset({"Cross-Origin-Resource-Policy: cross-origin"}),
    "schemes:verify_badge": frozenset(
        {
            "Cross-Origin-Resource-Policy: cross-origin",
            "Cache-Control: public, max-age=120, must-revalidate",
        }
    ),
}


@dataclass
class Visit:
    """One question and its answer."""

    name: str
    method: str
    url: str
    answer: Answer
    expected: str = ""
    said: object = None

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.name} {self.url}"


@pytest.mark.parametrize("who", PRINCIPALS, ids=str)
def test_looking_around(crowd: Crowd, known: Facts, who: Principal) -> None:
    """Every GET: the policy's answer, no foreign word, no trace of a foreign code, safe headers, nothing changed."""
    allowed = may_read(known, crowd.reader(who, known))
    with undone():
        crowd.enter(who)
        before = fingerprints()
        visits = [*_looks(crowd, who, known), *_looks_at_doors(crowd, who)]
        after = fingerprints()
    problems = [problem for visit in visits for problem in _problems(visit, crowd, allowed)]
    problems += [f"looking changed {table}" for table in before if before[table] != after[table]]
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("who", PRINCIPALS, ids=str)
def test_doing(crowd: Crowd, known: Facts, who: Principal) -> None:
    """Every POST and PATCH, each taken back: the policy's answer, no foreign word, no trace of a foreign code."""
    allowed = may_read(known, crowd.reader(who, known))
    crowd.enter(who)
    problems = [problem for visit in _deeds(crowd, who) for problem in _problems(visit, crowd, allowed)]
    assert not problems, "\n" + "\n".join(problems)


def _asks_here(who: Principal, case: Case) -> bool:
    """Tell whether this principal is worth asking as: to a page a token is nobody, and one of them shows it."""
    return case.is_json or who.name == "token_bare" or not who.token


def _looks(crowd: Crowd, who: Principal, known: Facts) -> Iterator[Visit]:
    reader = crowd.reader(who, known)
    for name, cases in POLICY.items():
        case = cases.get("get")
        if case is None or not _asks_here(who, case):
            continue
        main = _visit(crowd, who, name, "get", case, case.arguments(crowd.world))
        main.expected = case.outcomes[who.name]
        yield main
        if main.answer.status == 404 and case.of and who.name in PROBERS:
            yield from _same_as_random(crowd, who, main, case)
        for thing in case.others if main.answer.outcome not in {"login", "new", "401"} else ():
            visit = _visit(crowd, who, name, "get", case, case.arguments(crowd.world, first=thing))
            if visit.answer.status < 300:
                row = crowd.world[thing]
                is_known = sees(known, reader, row._meta.label, row.pk)
                visit.expected = "" if is_known else "404, for the oracle says that it is not visible"
            yield visit


def _looks_at_doors(crowd: Crowd, who: Principal) -> Iterator[Visit]:
    """The pages of django-allauth; some sign people out or send mail by POST only, so looking is harmless."""
    for name, arguments in THIRD_PARTY.items() if who.name in AT_THE_DOOR else ():
        url = reverse(
            name, args=[crowd.world[one].code if one in crowd.world.things else one for one in arguments]
        )
        yield Visit(name, "get", url, crowd.ask(who, "get", url))


def _deeds(crowd: Crowd, who: Principal) -> Iterator[Visit]:
    for name, cases in POLICY.items():
        for method, case in cases.items():
            if method == "get" or not _asks_here(who, case):
                continue
            with undone():
                visit = _visit(crowd, who, name, method, case, case.arguments(crowd.world))
            visit.expected = case.outcomes[who.name]
            yield visit
            if visit.answer.status == 404 and case.of and who.name in PROBERS:
                with undone():
                    yield from _same_as_random(crowd, who, visit, case)


def _visit(
    crowd: Crowd, who: Principal, name: str, method: str, case: Case, arguments: list[object]
) -> Visit:
    url = reverse(name, args=arguments)
    body = case.body(crowd.world) if case.body else None
    return Visit(name, method, url, crowd.ask(who, method, url, body, as_json=case.is_json), said=body)


def _same_as_random(crowd: Crowd, who: Principal, foreign: Visit, case: Case) -> Iterator[Visit]:
    """Ask with a code that nobody has: the answer has to be the same byte for byte."""
    given = case.arguments(crowd.world)
    if case.of[0] == "@secret":
        return
    code = "Z" * len(
        str(given[0])
    )  # no object has it; as long as the foreign one, since lengths are compared, too
    random = _visit(crowd, who, foreign.name, foreign.method, case, [code, *given[1:]])
    if foreign.answer.without(str(given[0])) != random.answer.without(code):
        random.expected = "the same answer as for a foreign code"
        yield random


def _problems(visit: Visit, crowd: Crowd, allowed: set[str]) -> list[str]:
    answer, found = visit.answer, []
    if visit.expected and visit.expected != answer.outcome:
        found.append(f"{visit} answered {answer.outcome}, the policy says {visit.expected}")
    if answer.status >= 500 and visit.expected != str(answer.status):
        found.append(f"{visit} failed with {answer.status}")
    asked_with = words_in(visit.url, visit.said) | _shown_by_secret(visit, crowd) | _learned(visit, crowd)
    if foreign := answer.words() - allowed - asked_with:
        found.append(f"{visit} shows {names(crowd.canaries, foreign)}")
    allowed_here = FOR_OTHERS.get(visit.name, frozenset())
    found += [f"{visit} lacks {one}" for one in header_problems(answer) if one not in allowed_here]
    found += [f"{visit} has inline {problem}" for problem in inline_problems(answer)]
    return found


def _shown_by_secret(visit: Visit, crowd: Crowd) -> set[str]:
    """Whoever holds an invitation's link may read who invites whom where."""
    if visit.name != "organisations:accept":
        return set()
    people, organisations = crowd.world.people, crowd.world.organisations
    sender = people["supplier"]
    return words_in(
        crowd.world["invitation"].email, organisations["supplier"].name, sender.name, sender.email
    )


def _learned(visit: Visit, crowd: Crowd) -> set[str]:
    """Whoever proposes a trade link by somebody's code learns the name from then on."""
    proposes = visit.name in {"api-links", "sourcing:link_propose"} and visit.method == "post"
    return words_in(crowd.world.organisations["far_supplier"].name) if proposes else set()
