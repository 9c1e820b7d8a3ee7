"""Non-compliances, buyers' variances, disputes and revisions: who is refused what, and why."""

import pytest

from findings.permissions import corrective, variance
from findings.permissions.corrective import (
    can_answer_extension,
    can_ask_extension,
    can_submit_action,
    can_verify,
)
from findings.permissions.review import (
    can_answer_dispute,
    can_dispute,
    can_reply,
    can_review,
    can_revise,
    can_take_back_dispute,
)
from findings.permissions.translation import can_share_translation, can_translate
from findings.permissions.variance import (
    can_answer_variance,
    can_close_variance,
    can_question_variance,
    can_raise_variance,
    can_raise_variances,
)
from organisations.visibility import Capability
from tests.findings.permissions.asking import (
    OTHERS,
    SITE,
    THEM,
    US,
    Line,
    answer,
    audit,
    named,
    nc,
    reader,
    thing,
    viewer,
)
from tests.findings.permissions.asking import car as a_car

BUYER = viewer(US, Capability.BUYER)
FIRM = viewer(THEM)
COLLEAGUE_OF_BOTH = viewer(THEM, person_id=99)
ENDS = ("verified_closed", "superseded", "withdrawn")


def desk(who: object, finding: object) -> object:
    """Ask whether somebody verifies from their desk."""
    return can_verify(who, finding, method="desktop")  # type: ignore[arg-type]


def visit(who: object, finding: object) -> object:
    """Ask whether somebody verifies on a visit."""
    return can_verify(who, finding, method="follow_up")  # type: ignore[arg-type]


def extension(*, answered: bool = False, **facts: object) -> object:
    """Return a wish for more time."""
    return thing(finding=nc(**facts), **({"answer": "yes"} if answered else {}))


def raised(**facts: object) -> object:
    """Return a variance that we raised."""
    return thing(**({"supplier_id": THEM, "buyer_id": US, "state": "answered"} | facts))


def dispute(**facts: object) -> object:
    """Return our dispute of what their firm found."""
    return thing(**({"supplier_id": US, "audit_firm_id": THEM, "state": "open"} | facts))


OF_PUBLISHED = [
    (a_car(), "not-a-non-compliance"),
    (nc(audit_state="submitted"), "audit-not-published"),
]
LINES: list[Line] = [
    (can_submit_action, (viewer(), nc()), ""),
    (can_submit_action, (viewer(), nc(state="action_submitted")), ""),
    *((can_submit_action, (viewer(), nc(state=one)), "nc-ended") for one in ENDS),
    *((can_submit_action, (viewer(), one), code) for one, code in OF_PUBLISHED),
    (can_submit_action, (FIRM, nc()), "not-your-site"),
    (can_submit_action, (reader(), nc()), "read-only-role"),
    (can_ask_extension, (viewer(), nc()), ""),
    *((can_ask_extension, (viewer(), one), code) for one, code in OF_PUBLISHED),
    (can_ask_extension, (FIRM, nc()), "not-your-site"),
    (can_ask_extension, (viewer(), nc(state="action_submitted")), "no-time-needed"),
    (can_ask_extension, (reader(), nc()), "read-only-role"),
    (desk, (FIRM, nc(state="action_submitted")), ""),
    (can_verify, (FIRM, nc(state="action_submitted")), ""),
    (can_verify, (FIRM, nc(state="action_submitted", verification="follow_up")), "needs-a-visit"),
    (visit, (FIRM, nc(state="action_submitted", verification="follow_up")), ""),
    (visit, (FIRM, nc(state="action_submitted")), ""),
    (visit, (FIRM, nc()), ""),
    (desk, (FIRM, nc()), "nothing-to-verify"),
    *((check, (FIRM, nc(state=one)), "nothing-to-verify") for check in (desk, visit) for one in ENDS),
    *((check, (FIRM, one), code) for check in (desk, visit) for one, code in OF_PUBLISHED),
    (desk, (viewer(), nc(state="action_submitted")), "own-action"),
    (desk, (viewer(OTHERS), nc(state="action_submitted")), "not-your-audit"),
    (desk, (COLLEAGUE_OF_BOTH, nc(state="action_submitted")), "own-action"),
    (desk, (viewer(THEM, role=reader().role), nc(state="action_submitted")), "read-only-role"),
    (can_answer_extension, (FIRM, extension()), ""),
    (can_answer_extension, (FIRM, extension(answered=True)), "extension-answered"),
    (can_answer_extension, (FIRM, extension(state="action_submitted")), "no-time-needed"),
    (can_answer_extension, (FIRM, extension(kind="car")), "not-a-non-compliance"),
    (can_answer_extension, (viewer(), extension()), "own-action"),
    (can_answer_extension, (viewer(OTHERS), extension()), "not-your-audit"),
    (can_answer_extension, (viewer(THEM, role=reader().role), extension()), "read-only-role"),
    (can_raise_variances, (BUYER,), ""),
    (can_raise_variances, (viewer(US, Capability.SUPPLIER),), "not-a-buyer"),
    (can_raise_variances, (reader(Capability.BUYER),), "read-only-role"),
    (can_raise_variance, (BUYER, thing(pk=SITE)), ""),
    (can_raise_variance, (BUYER, thing(pk=0)), "not-a-customer"),
    (can_raise_variance, (viewer(), thing(pk=SITE)), "not-a-buyer"),
    *((can_answer_variance, (viewer(THEM), raised(state=one)), "") for one in ("open", "answered")),
    (can_answer_variance, (viewer(THEM), raised(state="closed")), "variance-closed"),
    (can_answer_variance, (viewer(), raised()), "not-your-site"),
    (can_answer_variance, (reader(), raised(supplier_id=US)), "read-only-role"),
    (can_question_variance, (viewer(), raised()), ""),
    (can_question_variance, (viewer(), raised(state="open")), "not-answered"),
    (can_question_variance, (viewer(), raised(state="closed")), "variance-closed"),
    (can_question_variance, (viewer(THEM), raised(state="open")), "not-yours"),
    (can_question_variance, (reader(), raised()), "read-only-role"),
    *((can_close_variance, (viewer(), raised(state=one)), "") for one in ("open", "answered")),
    (can_close_variance, (viewer(), raised(state="closed")), "variance-closed"),
    (can_close_variance, (viewer(THEM), raised()), "not-yours"),
    (can_close_variance, (reader(), raised()), "read-only-role"),
    *((can_reply, (viewer(), audit(state=one)), "") for one in ("submitted", "published", "superseded")),
    *((can_reply, (viewer(), audit(state=one)), "not-sent-yet") for one in ("scheduled", "in_progress")),
    (can_reply, (FIRM, audit()), "not-your-site"),
    (can_reply, (reader(), audit()), "read-only-role"),
    (can_review, (viewer(), audit(state="submitted")), ""),
    *((can_review, (viewer(), audit(state=one)), "review-over") for one in ("published", "superseded")),
    (can_review, (viewer(), audit(state="scheduled")), "not-sent-yet"),
    (can_review, (FIRM, audit(state="submitted")), "not-your-site"),
    *((can_dispute, (viewer(), audit(), nc(state=one)), "") for one in ("open", "action_submitted")),
    (can_dispute, (viewer(), audit(state="superseded"), nc()), ""),
    (can_dispute, (viewer(), audit(), None), ""),
    (can_dispute, (viewer(), audit(state="superseded"), None), "nothing-to-dispute"),
    *((can_dispute, (viewer(), audit(), nc(state=one)), "nothing-to-dispute") for one in (*ENDS, "closed")),
    (can_dispute, (FIRM, audit(), nc()), "not-your-site"),
    (can_take_back_dispute, (viewer(), dispute()), ""),
    (can_take_back_dispute, (FIRM, dispute()), "not-your-site"),
    (can_take_back_dispute, (reader(), dispute()), "read-only-role"),
    (can_answer_dispute, (FIRM, dispute()), ""),
    (can_answer_dispute, (viewer(), dispute()), "not-your-audit"),
    (can_answer_dispute, (reader(), dispute(audit_firm_id=US)), "read-only-role"),
    *(
        (check, (who, dispute(state=one)), "dispute-over")
        for check, who in ((can_take_back_dispute, viewer()), (can_answer_dispute, FIRM))
        for one in ("accepted", "kept", "taken_back")
    ),
    (can_translate, (BUYER, nc()), ""),
    (can_translate, (reader(), nc()), "read-only-role"),
    *((can_share_translation, (who, nc()), "") for who in (viewer(), FIRM)),
    (can_share_translation, (viewer(OTHERS), nc()), "translation-is-your-own"),
    (can_share_translation, (reader(), nc()), "read-only-role"),
    (can_revise, (FIRM, audit()), ""),
    (can_revise, (FIRM, audit(state="submitted")), "not-published"),
    (can_revise, (viewer(), audit()), "not-your-audit"),
    (can_revise, (reader(), audit(audit_firm_id=US)), "read-only-role"),
]


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their firm verifies; one of its people belongs to the site as well; we are a customer of one site."""
    monkeypatch.setattr(corrective, "is_verifier", lambda viewer, _finding: viewer.organisation_id == THEM)
    monkeypatch.setattr(corrective, "is_of_the_site", lambda viewer, _finding: viewer.person_id == 99)
    monkeypatch.setattr(
        variance, "is_customer_of", lambda viewer, site: (viewer.organisation_id, site) == (US, SITE)
    )


@pytest.mark.parametrize("line", LINES, ids=named)
def test_corrections_are_for_the_right_side_at_the_right_time(line: Line) -> None:
    assert answer(line) == line[2]
