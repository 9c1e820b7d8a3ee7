"""Schemes and editions: what is published is the same for everyone, drafts are the scheme body's alone."""

from typing import Any

from django.utils import timezone

from organisations.visibility import Capability, Viewer
from schemes.actions.definition import publish_edition
from schemes.lifecycle import EDITION, EditionState
from schemes.models import Edition
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.matrices.cases import Case, api, done, everyone, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import EVERYONE, SCHEME_BODY
from tests.schemes.definitions.test_reading import METALS

BOSS = frozenset({"body"})
STAFF = SCHEME_BODY - BOSS
FORCE, DRAFT = ("fair-work", "1"), ("fair-work", "2")


def build(world: Any) -> None:
    """Add a draft to the scheme that is in force, and a scheme of which there is only a draft."""
    world.things["edition_draft"] = definitions.edition(
        world["scheme"], version="2", state=EditionState.DRAFT
    )
    hidden = definitions.scheme(world.organisations["body"], "hidden-work")
    world.things["hidden_edition"] = definitions.edition(hidden, state=EditionState.DRAFT)


def _read(world: Any) -> dict[str, Any]:
    return {"sha256": world["edition_draft"].sha256}


def _drafted(of: tuple[str, str]) -> Case:
    """Return what a page shows that everybody may ask for, and only the scheme body gets."""
    return Case(dict.fromkeys(EVERYONE, "404") | dict.fromkeys(SCHEME_BODY, "200"), of)


PAGES: dict[str, dict[str, Case]] = {
    "schemes:schemes": {"get": everyone()},
    "schemes:scheme": {"get": everyone(of=FORCE[:1])},
    "schemes:edition": {"get": _drafted(DRAFT)},
    "schemes:edition_file": {"get": _drafted(DRAFT)},
    "schemes:edition_load": {
        "get": page(SCHEME_BODY),
        "post": done(SCHEME_BODY, body=says(text=METALS, save="1")),
    },
    "schemes:edition_publish": {
        "get": page(BOSS, forbidden=STAFF, of=DRAFT),
        "post": done(BOSS, forbidden=STAFF, of=DRAFT, body=_read),
    },
    "schemes:edition_discard": {
        "get": page(SCHEME_BODY, of=DRAFT),
        "post": done(SCHEME_BODY, of=DRAFT),
    },
    "api-schemes": {"get": api()},
    "api-scheme": {"get": api(of=FORCE[:1])},
    "api-editions": {"get": api(of=FORCE[:1])},
    "api-edition": {
        "get": api(SCHEME_BODY, of=DRAFT),
        "delete": sent(SCHEME_BODY, status=204, of=DRAFT),
    },
    "api-criteria": {"get": api(SCHEME_BODY, of=DRAFT)},
    "api-edition-write": {"post": sent(SCHEME_BODY, body=says(text=METALS, apply=True))},
    "api-edition-publish": {"post": sent(BOSS, forbidden=STAFF, of=DRAFT, body=_read)},
}


def _published(known: Facts, reader: Reader, row: Row) -> bool:
    """Everybody what was published; the body of its scheme a draft."""
    its = known["schemes.Scheme"][row["scheme_id"]]["body_id"]
    is_body = reader.organisation is not None and its == reader.organisation
    return row["state"] != "draft" or is_body


def _scheme(known: Facts, reader: Reader, row: Row) -> bool:
    its = [one for one in known["schemes.Edition"].values() if one["scheme_id"] == row["id"]]
    is_body = reader.organisation is not None and row["body_id"] == reader.organisation
    return is_body or any(_published(known, reader, one) for one in its)


def _part(known: Facts, reader: Reader, row: Row) -> bool:
    return _published(known, reader, known["schemes.Edition"][row["edition_id"]])


RULES = {
    "schemes.Scheme": _scheme,
    "schemes.Edition": _published,
    "schemes.Criterion": _part,
    "schemes.Level": _part,
}
KEPT = {
    "schemes.Scheme.key": "stands in addresses",
    "schemes.Edition.version": "stands in addresses",
    "schemes.Edition.source": "a trigger compares it with its checksum",
    "schemes.Criterion.key": "a key",
    "schemes.Criterion.group": "a key",
    "schemes.Level.key": "a key",
}
SHAPES = {"schemes.Edition.data": lambda word, old: {**old, "notice": word}}


def _dates(state: str) -> dict[str, Any]:
    is_draft, is_over = state == EditionState.DRAFT, state == EditionState.RETIRED
    at = timezone.now()
    return {"published_at": None if is_draft else at, "retired_at": at if is_over else None}


def _follow(viewer: Viewer, row: Edition) -> None:
    """Put the draft in force that comes after an edition."""
    after = Edition.objects.get(scheme_id=row.scheme_id, version="2")
    publish_edition(viewer=viewer, edition=after, expected=after.sha256, at=timezone.now())


LIVES = [
    Life(
        Edition,
        "hidden_edition",
        EDITION,
        {
            "publish": (
                lambda viewer, row: now(publish_edition, "edition", expected=row.sha256)(viewer, row),
                {EditionState.DRAFT: EditionState.PUBLISHED},
                BOSS,
            ),
        },
        frozenset({"assessor", "decider", "supplier", "operator"}),
        ("scheme",),
        _dates,
    ),
    Life(
        Edition,
        "edition",
        EDITION,
        {"be followed": (_follow, {EditionState.PUBLISHED: EditionState.RETIRED}, BOSS)},
        frozenset({"assessor", "decider", "supplier", "operator"}),
        ("scheme",),
        _dates,
    ),
]
LISTS = {"schemes:schemes": "supplier", "api-schemes": "supplier"}
NO_LISTS = {"schemes:edition_load": "a form"}


def grow(_small: Any) -> None:
    """Publish one more scheme."""
    body = people.organisation("", Capability.SCHEME_BODY)
    definitions.edition(definitions.scheme(body), criteria=1)
