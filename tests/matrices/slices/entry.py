"""Entering findings: drafts that are their author's alone, and photos that follow their audit."""

from typing import Any

from django.db import connection
from django.utils import timezone

from documents.models import Document
from findings.models import FindingDraft, Photo
from tests.matrices.cases import OTHERS, api, done, nothing, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, sees
from tests.matrices.principals import READERS
from tests.matrices.world import World
from tests.matrices.world import _document as keep_document

TYPED = {"title": "Half writ", "description": "Seen."}
FINDING = {"title": "Exit blocked", "description": "Seen.", "severity": "minor", "verification": "desktop"}


def build(world: World) -> None:
    """Hang a photo on a published finding, on one at work and on one far away; keep drafts of two firms' people."""
    with connection.cursor() as cursor:  # photos hang there since before publication
        cursor.execute("ALTER TABLE findings_photo DISABLE TRIGGER fill")
    for name, finding, firm in (
        ("photo", "car", "firm"),
        ("draft_photo", "draft_nc", "firm"),
        ("far_photo", "far_car", "other_firm"),
    ):
        world.things[name] = _hang(world, finding, firm)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE findings_photo ENABLE TRIGGER fill")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for audit, finding in (("draft", ""), ("draft", "draft_nc"), ("far_draft", "")):
        of = world[audit]
        firm = next(key for key, one in world.organisations.items() if one.pk == of.audit_firm_id)
        FindingDraft.objects.create(
            person=world.people[firm],
            audit=of,
            finding=world[finding] if finding else None,
            content={"typed": {"title": ["x"]}},
            saved_at=timezone.now(),
        )


def _hang(world: World, name: str, firm: str) -> Photo:
    finding = world[name]
    of = finding.audit_firm
    by = next(world.people[key] for key, one in world.organisations.items() if one.pk == of.pk)
    picture, small = (
        keep_document(of, by, Document.Kind.PHOTO, audit=finding.audit) for _ in ("picture", "small")
    )
    Document.objects.filter(pk__in=[picture.pk, small.pk]).update(media_type="image/png")
    return Photo.objects.create(
        finding=finding,
        audit=finding.audit,
        audit_firm=of,
        document=picture,
        thumbnail=small,
        caption="x",
        position=1,
        person=by,
        created_at=timezone.now(),
    )


def _photo(known: Facts, reader: Reader, row: Row) -> bool:
    return sees(known, reader, "findings.Finding", row["finding_id"])


def _draft(_known: Facts, reader: Reader, row: Row) -> bool:
    mine = (row["person_id"], row["audit_firm_id"])
    return reader.person is not None and mine == (reader.person, reader.organisation)


RULES = {"findings.Photo": _photo, "findings.FindingDraft": _draft}
SHAPES = {"findings.FindingDraft.content": lambda word, _old: {"typed": {"title": [word]}}}
OTHERS |= {"photo": ("draft_photo", "far_photo")}


def _new(world: World) -> dict[str, Any]:
    return {**FINDING, "nature": "breach", "requirement": world["draft_nc"].requirement_id}


AT_WORK = ("draft_nc", "draft_photo")
PAGES = {
    "findings:enter": {"get": page({"firm"}, of="draft"), "post": done({"firm"}, of="draft", body=_new)},
    "findings:enter_draft": {"post": page({"firm"}, of="draft", status=204, body=says(**TYPED))},
    "findings:enter_discard": {"post": done({"firm"}, of="draft")},
    "findings:finding_draft": {"post": page({"firm"}, of="draft_nc", status=204, body=says(**TYPED))},
    "findings:finding_discard": {"post": done({"firm"}, of="draft_nc")},
    "findings:photos": {
        "get": page({"firm"}, of="draft_nc"),
        "post": page({"firm"}, of="draft_nc", status=422, body=nothing),
    },
    "findings:photo": {"get": page(READERS, of=("car", "photo"))},
    "findings:photo_small": {"get": page(READERS, of=("car", "photo"))},
    "findings:photo_edit": {
        "get": page({"firm"}, of=AT_WORK),
        "post": done({"firm"}, of=AT_WORK, body=says(caption="Boxes")),
    },
    "findings:photo_delete": {"get": page({"firm"}, of=AT_WORK), "post": done({"firm"}, of=AT_WORK)},
    "api-finding-duplicate": {
        "post": sent({"firm"}, of="draft_nc", status=201, body=says(requirement="3.B")),
    },
    "api-photos": {
        "get": api(READERS, of="car"),
        "post": sent({"firm"}, of="draft_nc", status=415),
    },
    "api-photo": {
        "get": api(READERS, of=("car", "photo")),
        "patch": sent({"firm"}, of=AT_WORK, body=says(caption="Boxes")),
        "delete": sent({"firm"}, of=AT_WORK, status=204),
    },
}
