"""Evidence: its owner's alone, seen by others where it is attached; requests between the asker and the site."""

import hashlib
import io
from typing import Any

from django.utils import timezone
from PIL import Image

from documents.models import Document
from documents.storage import put
from findings.actions.evidence import answer_with_evidence, decline_request, take_back_request
from findings.lifecycle import EVIDENCE_REQUEST, RequestState
from findings.models import EvidenceRequest, PlanUpdate
from findings.visibility import Audience
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.models import Evidence
from tests.factories import evidence as made
from tests.matrices import oracle
from tests.matrices.cases import NO_ONE, OTHERS, Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _engaged_for, _shared_with, _shown_to, _within
from tests.matrices.principals import EDITORS, MEMBERS, NORTH, READERS
from tests.matrices.world import World

KEEPERS = MEMBERS  # each its own organisation’s
ADDERS = KEEPERS - {"onlooker"}
BOTH = NORTH | {"customer"}
OTHERS["piece"] = ("piece_south", "piece_inside", "piece_firm", "far_piece")
OTHERS["use"] = ("use_update", "use_rival", "use_customer", "use_inside", "use_firm", "far_use")
OTHERS["asked"] = ("asked_rival", "far_asked")


def build(world: World) -> None:
    """Make evidence of both sites, attached for all, for one customer and for nobody; and requests of two customers."""
    things, of = world.things, world.organisations
    supplier, car = of["supplier"], things["car"]
    picture = _picture(supplier, world.people["supplier"])
    said: dict[str, Any] = {"note": "x", "supplied_by": "x", "language": "en"}
    things["piece"] = made.evidence(supplier, things["north"], document=picture, pages=1, **said)
    things["piece_south"] = made.evidence(supplier, things["south"], **said)
    things["piece_inside"] = made.evidence(supplier, things["north"], shows_workers=True, **said)
    things["piece_all"] = made.evidence(supplier, **said)
    things["piece_firm"] = made.evidence(of["firm"], things["north"], **said)
    things["far_piece"] = made.evidence(of["far_supplier"], things["far_site"], **said)
    things["use"] = made.attached(things["piece"], car)
    update = PlanUpdate.objects.get(plan=things["plan"])
    things["use_update"] = made.attached(things["piece"], car, subject=update)
    things["use_inside"] = made.attached(things["piece_inside"], car, audience=Audience.OWNER)
    things["use_firm"] = made.attached(things["piece_firm"], car)
    things["far_use"] = made.attached(things["far_piece"], things["far_car"])
    for name, prefix in (("customer", ""), ("rival", "_rival")):
        asked = made.request(car, of[name], person=world.people[name])
        things[f"asked{prefix}"] = asked
        past = made.request(car, of[name], kind="photo")
        piece = made.evidence(supplier, things["north"], **said)
        things[f"use_{name}"] = made.attached(
            piece, car, subject=past, audience=Audience.PAIR, counterpart=of[name]
        )
        EvidenceRequest.objects.filter(pk=past.pk).update(
            state=RequestState.ANSWERED, answer="x", answered_at=timezone.now()
        )
    things["far_asked"] = made.request(things["far_car"], _far_customer(world))


def _far_customer(world: World) -> Organisation:
    """Return a customer of the far supplier, made for this."""
    from organisations.visibility import Capability
    from tests.factories import organisations as people
    from tests.factories import sourcing as places

    made_up = people.organisation("", Capability.BUYER)
    places.link(made_up, world.organisations["far_supplier"])
    return made_up


def _picture(of: Organisation, by: Person) -> Document:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "PNG")
    code, at = new_code(), timezone.now()
    key = f"organisations/{of.pk}/{at:%Y%m}/{code}.png"
    put(key, out)
    return Document.objects.create(
        code=code,
        organisation=of,
        uploaded_by=by,
        kind=Document.Kind.EVIDENCE,
        name="x.png",
        media_type="image/png",
        size=len(out.getvalue()),
        sha256=hashlib.sha256(out.getvalue()).hexdigest(),
        storage_key=key,
        created_at=at,
    )


def _fresh(world: World) -> dict[str, Any]:
    return {"evidence": [world["piece_all"].code]}


def _link(world: World) -> dict[str, Any]:
    return {"kind": "policy", "title": "Rules", "url": "https://example.org/rules", "shows_workers": False}


WORKERS: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "customer", "rival", "firm"}, "of": "car"}
ASKERS: dict[str, Any] = {"ok": {"customer", "rival"}, "forbidden": NORTH | {"firm"}, "of": "car"}
OWNERS: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker"}, "of": "piece"}
SITE: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "customer"}, "of": "asked"}
ASKER: dict[str, Any] = {"ok": {"customer"}, "forbidden": NORTH, "of": "asked"}
ASKING = says(kind="certificate", message="Please")
PAGES: dict[str, dict[str, Case]] = {
    "findings:evidence": {"get": page(KEEPERS)},
    "findings:evidence_new": {
        "get": page(ADDERS),
        "post": page(NO_ONE, otherwise=dict.fromkeys(ADDERS, 422), body=says(title="Rules")),
    },
    "findings:evidence_guidance": {"get": page()},
    "findings:evidence_piece": {"get": page(NORTH, of="piece")},
    "findings:evidence_edit": {
        "get": page(**OWNERS),
        "post": done(**OWNERS, body=says(title="Rules", confidentiality="shared")),
    },
    "findings:evidence_retire": {"get": page(**OWNERS), "post": done(**OWNERS, body=says(because="Old"))},
    "findings:evidence_file": {"get": page(NORTH, of=("piece",))},
    "findings:evidence_page": {"get": page(NORTH, of=("piece", 1))},
    "findings:evidence_use": {"get": page(READERS, of="use")},
    "findings:evidence_use_file": {"get": page(READERS, of=("use_update",))},
    "findings:evidence_use_page": {"get": page(READERS, of=("use", 1))},
    "findings:evidence_attach": {"get": page(**WORKERS), "post": done(**WORKERS, body=_fresh)},
    "findings:evidence_ask": {"get": page(**ASKERS), "post": done(**ASKERS, body=ASKING)},
    "findings:evidence_requests": {"get": page()},
    "findings:evidence_request": {
        "get": page(BOTH, of="asked"),
        "post": done(**SITE, body=_fresh),
    },
    "findings:evidence_decline": {"get": page(**SITE), "post": done(**SITE, body=says(answer="None"))},
    "findings:evidence_take_back": {"post": done(**ASKER)},
    "findings:shared_evidence": {"get": page({"stakeholder"}, of=("share", "car", "use_update"))},
    "findings:shared_evidence_file": {"get": page({"stakeholder"}, of=("share", "car", "use_update"))},
    "findings:shared_evidence_page": {"get": page({"stakeholder"}, of=("share", "car", "use_update", 1))},
    "api-evidence-kinds": {"get": api()},
    "api-evidence": {
        "get": api(KEEPERS),
        "post": sent(ADDERS - {"limited"}, status=201, body=_link, otherwise={"limited": 422}),
    },
    "api-evidence-files": {
        "post": sent(NO_ONE, body=says(file="x"), otherwise=dict.fromkeys(ADDERS, 415)),
    },
    "api-evidence-piece": {
        "get": api(NORTH, of="piece"),
        "patch": sent(**OWNERS, body=says(title="Rules")),
    },
    "api-evidence-retire": {"post": sent(**OWNERS)},
    "api-evidence-file": {"get": api(NORTH, of=("piece",))},
    "api-finding-evidence": {
        "get": api(READERS, of="car"),
        "post": sent(**WORKERS, status=201, body=_fresh),
    },
    "api-attached": {"get": api(READERS, of="use")},
    "api-attached-file": {"get": api(READERS, of=("use",))},
    "api-evidence-ask": {"post": sent(**ASKERS, status=201, body=ASKING)},
    "api-evidence-requests": {"get": api()},
    "api-evidence-request": {"get": api(BOTH, of="asked")},
    "api-evidence-answer": {"post": sent(**SITE, body=_fresh)},
    "api-evidence-decline": {"post": sent(**SITE, body=says(answer="None"))},
    "api-evidence-take-back": {"post": sent(**ASKER)},
}


def _piece(known: Facts, reader: Reader, row: Row) -> bool:
    """Its owner's people; those limited to sites: what names one of theirs, or no site."""
    if reader.organisation is None or row["organisation_id"] != reader.organisation:
        return False
    named = known["sourcing.EvidenceSite"].values()
    sites = {one["site_id"] for one in named if one["evidence_id"] == row["id"]}
    return not sites or any(_within(reader, site) for site in sites)


def _use(known: Facts, reader: Reader, row: Row) -> bool:
    """Its owner; all who see the audit, or the one it is for; through a share what hangs on plans and reports."""
    audit = known["findings.Audit"][row["audit_id"]]
    if row["audience"] == "audit" and row["subject_kind"] in {"findings.planversion", "findings.planupdate"}:
        opened = _shared_with(known, reader)
        if (row["audit_id"], None) in opened or (row["audit_id"], row["finding_id"]) in opened:
            return True
    if reader.organisation is None:
        return False
    if audit["supplier_id"] == reader.organisation and not _within(reader, audit["site_id"]):
        return False
    if row["owner_id"] == reader.organisation:
        return True
    for_us = row["audience"] == "audit" or row["counterpart_id"] == reader.organisation
    return for_us and _sees(known, reader, audit)


def _sees(known: Facts, reader: Reader, audit: Row) -> bool:
    """As a relation, not through a share."""
    if reader.organisation == audit["audit_firm_id"]:
        return True
    if reader.organisation == audit["supplier_id"]:
        return audit["state"] in {"submitted", "published", "superseded"}
    is_met = audit["site_id"] in _shown_to(known, reader) | _engaged_for(known, reader)
    return audit["state"] in {"published", "superseded"} and is_met


def _request(known: Facts, reader: Reader, row: Row) -> bool:
    """Whoever asks, for ever, and the site's people; never another customer, never the firm."""
    if reader.organisation is None:
        return False
    if row["asker_id"] == reader.organisation:
        return True
    site = known["findings.Audit"][row["audit_id"]]["site_id"]
    return row["supplier_id"] == reader.organisation and _within(reader, site)


def _file(known: Facts, reader: Reader, row: Row) -> bool:
    """As any file; and whoever sees a place where it is attached."""
    uses = [one for one in known["findings.EvidenceUse"].values() if one["document_id"] == row["id"]]
    return any(_use(known, reader, one) for one in uses) or oracle.RULES["documents.Document"](
        known, reader, row
    )


RULES = {
    "sourcing.Evidence": _piece,
    "sourcing.EvidenceSite": lambda _known, _reader, _row: False,
    "findings.EvidenceUse": _use,
    "findings.EvidenceRequest": _request,
    "documents.Document": _file,
}
KEPT = {
    "answer_language": "a language's code",
    "sourcing.Evidence.url": "empty where there is a file, by a constraint",
    "findings.EvidenceUse.url": "as that of the evidence",
    "sourcing.Evidence.retired_because": "empty while it is in use",
}
SHAPES = {"sourcing.Evidence.checklist": lambda _word, _old: {"version": "1", "answers": {"approved": "yes"}}}


def _with_state(state: str) -> dict[str, Any]:
    if state == RequestState.OPEN:
        return {"answered_at": None}
    return {"answered_at": timezone.now(), "answer": "x"}


def _answer(viewer: Viewer, row: EvidenceRequest) -> Any:
    pieces = list(Evidence.objects.visible_to(viewer).filter(shows_workers=False)[:1])
    return answer_with_evidence(viewer=viewer, request=row, evidence=pieces, at=timezone.now())


LIVES = [
    Life(
        EvidenceRequest,
        "asked",
        EVIDENCE_REQUEST,
        {
            "answer": (_answer, {RequestState.OPEN: RequestState.ANSWERED}, frozenset(EDITORS)),
            "decline": (
                now(decline_request, "request", answer="None"),
                {RequestState.OPEN: RequestState.DECLINED},
                frozenset(EDITORS),
            ),
            "take back": (
                now(take_back_request, "request"),
                {RequestState.OPEN: RequestState.WITHDRAWN},
                frozenset({"customer"}),
            ),
        },
        frozenset({"onlooker", "limited", "rival", "firm"}),
        with_state=_with_state,
    )
]
STORY = (
    ("customer", "findings:evidence_ask"),
    ("editor", "findings:evidence_request"),
    ("editor", "findings:evidence_attach"),
    ("editor", "findings:evidence_edit"),
)
LISTS = {
    "findings:evidence": "supplier",
    "findings:evidence_requests": "supplier",
    "api-evidence": "supplier",
    "api-evidence-requests": "supplier",
}
NO_LISTS = {
    "findings:evidence_new": "a form",
    "findings:evidence_guidance": "no rows",
    "api-evidence-kinds": "data files",
}


def grow(small: Any) -> None:
    """Add a piece about a site, and a request on the newest finding of the supplier."""
    from findings.models import Finding

    supplier = small.supplier.organisation
    newest = Finding.objects.filter(supplier=supplier, kind="car").latest("pk")
    made.evidence(supplier, newest.site, title="A rule that is written on the wall")
    made.request(newest, small.buyer.organisation)
