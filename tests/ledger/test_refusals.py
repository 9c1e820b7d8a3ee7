"""How the house says no."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from ledger.refusals import ALLOWED, Forbidden, NotVisible, Refusal, denied


def test_refusal_carries_code_sentence_status_and_fields() -> None:
    refusal = Refusal("too-late", "It is too late.", status=422, fields={"on": ["Choose a later date."]})
    assert (refusal.code, refusal.sentence, refusal.status, refusal.fields) == (
        "too-late",
        "It is too late.",
        422,
        {"on": ["Choose a later date."]},
    )


def test_refusal_speaks_the_language_in_force_when_it_is_read() -> None:
    refusal = Refusal("monday", gettext_lazy("Monday"))
    with translation.override("de"):
        assert refusal.sentence == "Montag"


def test_not_visible_says_the_same_each_time() -> None:
    assert (NotVisible().code, NotVisible().status, str(NotVisible())) == (
        "not-found",
        404,
        "not-found: There is nothing here, or you cannot see it.",
    )


def test_decision_raises_forbidden_when_denied() -> None:
    decision = denied("not-yours", "Only the owner may do this.")
    assert not decision
    with pytest.raises(Forbidden, match="Only the owner") as caught:
        decision.require()
    assert (caught.value.code, caught.value.status) == ("not-yours", 403)


def test_decision_lets_pass_when_allowed() -> None:
    assert ALLOWED
    ALLOWED.require()
