"""Organisations, people and who is a member of what, with which role and which sites."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from config.demo.content import words
from config.demo.stage import Stage, chance
from ledger.acting import acting
from ledger.codes import ALPHABET, LENGTH
from ledger.entries import record
from organisations.actions.invitation import invite
from organisations.actions.membership import change_role, limit_sites
from organisations.actions.token import make_token
from organisations.models import ApiToken, Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Role

PASSWORD = "common thread demo 2026"  # noqa: S105 - printed by bin/run for all; production refuses the demo
DOMAIN = "demo.example"
FOUNDED = 1500
PROGRAMS = (
    ("northfield", "tom", "Supplier dashboard", "findings:read", 88),
    ("jolrekha", "arif", "Pay roll comparison", "plans:read", 11),
    ("fairlathe", "joseph", "Visit planner", "engagements:read", 10),
    ("tideglass", "bram", "Figures for the yearly report", "organisations:read", 3),
    ("morningshift", "shafiq", "Member directory", "organisations:read", 9),
    ("operations", "yara", "Health watch", "organisations:read", 4),
)


def code_of(organisation: str) -> str:
    """Return the public code that an organisation has in every demo world."""
    dice = chance("code", organisation)
    return "".join(dice.choice(ALPHABET) for _ in range(LENGTH))


def gather_cast(stage: Stage) -> None:
    """Found the organisations, and have their people join one after the other."""
    hashed, nobody = make_password(PASSWORD), make_password(None)
    for place, said in enumerate(words("cast")):
        made = Organisation.objects.create(
            code=code_of(said["key"]),
            name=said["name"],
            country=said["country"],
            capabilities=sorted(said["capabilities"]),
            is_listed=said.get("listed", False),
        )
        stage.organisations[said["key"]] = made
        Organisation.objects.filter(pk=made.pk).update(created_at=stage.moment(FOUNDED - place))
        for one in said["people"]:
            if one["key"] not in stage.people:
                _make_person(stage, said, one, hashed if "demo" in one else nobody)
            _have_join(stage, said["key"], one, joined=one.get("joined", FOUNDED - place))
    _later_changes(stage)


def _make_person(stage: Stage, said: dict[str, Any], one: dict[str, Any], password: str) -> None:
    plain = one["key"] + "." + said["key"]
    email = f"{one['demo']}@{DOMAIN}" if "demo" in one else f"{plain}@people.example"
    person = Person.objects.create(
        email=email,
        name=one["name"],
        password=password,
        timezone=said["timezone"],
        language=settings.LANGUAGE_CODE,
    )
    Person.objects.filter(pk=person.pk).update(joined_at=stage.moment(one.get("joined", FOUNDED)))
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    stage.people[one["key"]] = person


def _have_join(stage: Stage, key: str, one: dict[str, Any], *, joined: int) -> None:
    def join(at: datetime) -> None:
        organisation, person = stage.organisations[key], stage.people[one["key"]]
        with acting(person_id=person.pk, organisation_id=organisation.pk):
            member = Membership.objects.create(organisation=organisation, person=person, role=one["role"])
            Membership.objects.filter(pk=member.pk).update(joined_at=at)
            is_first = not any(of == key for of, _who in stage.members)
            record(
                verb="organisations.founded" if is_first else "organisations.member_joined",
                by=viewer_from(member),
                subject=organisation if is_first else member,
                owner_id=organisation.pk,
                at=at,
                data={"role": one["role"], "person": person.pk, "name": organisation.name},
            )
        stage.members[key, one["key"]] = member
        if "sites" in one:
            _limit(stage, key, one, at)

    stage.on(joined, join, hour=8)


def _limit(stage: Stage, key: str, one: dict[str, Any], at: datetime) -> None:
    admin = next(who for of, who in stage.members if of == key)
    wanted = [stage.sites[site].pk for site in one["sites"]]
    with stage.acting(key, admin) as viewer:
        member = limit_sites(viewer=viewer, membership=stage.members[key, one["key"]], site_ids=wanted, at=at)
    stage.members[key, one["key"]] = member


def _later_changes(stage: Stage) -> None:
    """A role that changed, people who are invited at the moment, and a program that reads along."""

    def promote(at: datetime) -> None:
        with stage.acting("northfield", "tom") as viewer:
            member = stage.members["northfield", "hannah"]
            change_role(viewer=viewer, membership=member, role=Role.ADMIN, at=at)
            stage.members["northfield", "hannah"] = Membership.objects.select_related(
                "organisation", "person"
            ).get(pk=member.pk)

    stage.on(33, promote)
    for key, admin, who in (
        ("jolrekha", "nasrin", "quality.lead"),
        ("northfield", "tom", "sourcing.trainee"),
        ("fairlathe", "ana", "new.auditor"),
        ("morningshift", "grace", "volunteer"),
    ):

        def ask(at: datetime, key: str = key, admin: str = admin, who: str = who) -> None:
            with stage.acting(key, admin) as viewer:
                invite(viewer=viewer, email=f"{who}@people.example", role=Role.EDITOR, at=at)

        stage.on(1, ask, hour=9)

    for key, who, name, scope, day in PROGRAMS:

        def let_in(
            at: datetime, key: str = key, who: str = who, name: str = name, scope: str = scope
        ) -> None:
            with stage.acting(key, who) as viewer:
                token, _secret = make_token(viewer=viewer, name=name, scopes=[scope], days=365, at=at)
                ApiToken.objects.filter(pk=token.pk).update(created_at=at)

        stage.on(day, let_in)
