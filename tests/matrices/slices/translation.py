"""Translations: those of the supplier and the firm for whoever sees the original, a customer's for itself alone."""

from typing import Any

from django.utils import timezone

from findings.models import Translation
from tests.matrices.cases import OTHERS, api, done, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, _audit
from tests.matrices.principals import EDITORS, READERS
from tests.matrices.world import World

WRITERS: dict[str, Any] = {"ok": EDITORS | {"customer", "rival", "firm"}, "forbidden": {"onlooker"}}
WORDS = {"language": "fr", "audience": "own", "text-description": "Une issue est bloquée."}
OTHERS["translation"] = (
    "translation_of_firm",
    "translation_own",
    "translation_of_customer",
    "far_translation",
)


def build(world: World) -> None:
    """Everyone who may writes one: the supplier a shared and an own one, the firm, a customer, and one far away."""
    things = world.things
    supplier, firm = world["north"].organisation, world.organisations["firm"]
    things["translation"] = _translation(world["nc"], world["nc"], supplier, is_shared=True)
    things["translation_own"] = _translation(world["nc"], world["nc"], supplier)
    things["translation_of_firm"] = _translation(world["car"], world["car"], firm, is_shared=True)
    plan = world["car"].plan.versions.latest("number")
    things["translation_of_customer"] = _translation(
        world["car"], plan, world.organisations["customer"], words={"root_causes.0": "x"}
    )
    far = world["far_nc"]
    things["far_translation"] = _translation(far, far, world["far_site"].organisation, is_shared=True)


def _translation(finding: Any, subject: Any, by: Any, **fields: Any) -> Translation:
    given: dict[str, Any] = {
        "words": {"description": "x"},
        "language": "bn",
        "original": "x" * 64,
        "number": 0,
    }
    made = Translation.objects.create(
        finding=finding,
        audit=finding.audit,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        organisation=by,
        made_at=timezone.now(),
        **(given | fields),
    )
    made.refresh_from_db()
    return made


def _sees(known: Facts, reader: Reader, row: Row) -> bool:
    """As its audit; one that is not shared only its own organisation."""
    audit = known["findings.Audit"][row["audit_id"]]
    is_ours = row["is_shared"] or row["organisation_id"] == reader.organisation
    return bool(is_ours and _audit(known, reader, audit))


RULES = {"findings.Translation": _sees}
KEPT = {"findings.Translation.original": "a hash"}
SHAPES = {
    "findings.Translation.words": lambda word, old: dict.fromkeys(old, word),
}
PAGES = {
    "findings:translate": {
        "get": page(**WRITERS, of=("nc", "finding")),
        "post": done(**WRITERS, of=("nc", "finding"), body=says(**WORDS)),
    },
    "findings:translation": {"get": page(READERS, of="translation")},
    "api-translations": {
        "get": api(READERS, of="nc"),
        "post": sent(
            **WRITERS,
            of="nc",
            status=201,
            body=says(of="finding", language="fr", words={"description": "Une issue."}),
        ),
    },
}
