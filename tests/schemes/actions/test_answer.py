"""Saving answers: as one types, never over a colleague's words."""

from typing import Any

import pytest

from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from schemes.actions.answer import said_in, save_answer
from schemes.actions.overtaken import Overtaken
from schemes.models import Answer, Criterion
from schemes.models.facts import AnswerSaid
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play
from web.merging import merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply()
    return found


def saved(story: Play, version: int = 0, criterion: Criterion | None = None, **said: Any) -> Answer:
    """Let the member save the answer on the first criterion."""
    who = said.pop("who", story.member)
    with as_viewer(who) as viewer:
        return save_answer(
            viewer=viewer,
            assessment=story.assessment(),
            criterion=criterion or story.criteria()[0],
            said=AnswerSaid(**said),
            version=version,
            at=story.now(),
        )


def test_an_answer_is_saved_half_written_and_counted(story: Play) -> None:
    first = saved(story, text="We have", language="en")
    second = saved(story, 1, text="We have a policy.", language="en", claimed="silver")
    assert (first.version, second.version, second.pk) == (1, 2, first.pk)
    assert (second.text, second.claimed, second.person_id) == (
        "We have a policy.",
        "silver",
        story.member.person_id,
    )
    assert (second.member_id, second.body_id) == (story.organisation.pk, story.body.pk)


def test_saying_the_same_again_saves_nothing_and_tells_nothing(story: Play) -> None:
    saved(story, text="x")
    assert saved(story, 0, text="x").version == 1
    saved(story, 1, text="y")
    with as_viewer(story.member):
        assert Entry.objects.filter(verb="schemes.answered").count() == 1


def test_who_saves_over_a_colleague_is_shown_their_words(story: Play) -> None:
    base = said_in(saved(story, text="one", claimed="bronze"))
    colleague = people.viewer(story.organisation, Role.EDITOR)
    theirs = saved(story, 1, text="two", claimed="bronze", who=colleague)
    with pytest.raises(Overtaken) as overtaken:
        saved(story, 1, text="one", claimed="silver")
    told = overtaken.value
    assert (told.code, told.status, told.version, told.person_id) == (
        "changed-meanwhile",
        409,
        2,
        colleague.person_id,
    )
    mine = {"text": "one", "claimed": "silver"}
    met = merge({"text": base.text, "claimed": base.claimed}, mine, told.theirs)
    assert (met.values["text"], met.values["claimed"], met.is_clean) == ("two", "silver", True)
    with owner_role():
        theirs.refresh_from_db()
    assert theirs.text == "two"


def test_two_first_savings_are_two_versions(story: Play) -> None:
    saved(story, text="one")
    with pytest.raises(Overtaken):
        saved(story, 0, text="two")


def test_what_is_not_relevant_claims_nothing_and_what_is_has_no_excuse(story: Play) -> None:
    away = saved(story, text="x", claimed="gold", is_relevant=False, reason="We hire nobody.")
    assert (away.claimed, away.reason, away.is_whole) == ("", "We hire nobody.", True)
    back = saved(story, 1, text="x", is_relevant=True, reason="We hire nobody.")
    assert back.reason == ""


@pytest.mark.parametrize(
    ("said", "is_whole"),
    [
        ({"text": "x"}, True),
        ({"text": " "}, False),
        ({"is_relevant": False, "reason": ""}, False),
        ({"is_relevant": False, "reason": "x"}, True),
    ],
)
def test_an_answer_is_whole_with_words_or_a_reason(said: dict[str, Any], is_whole: bool) -> None:
    assert Answer(**said).is_whole is is_whole


def test_only_levels_and_criteria_of_the_edition_are_taken(story: Play) -> None:
    with pytest.raises(Refusal) as refusal:
        saved(story, text="x", claimed="platinum")
    assert (refusal.value.code, set(refusal.value.fields)) == ("unknown-level", {"claimed"})
    strange = definitions.edition(definitions.scheme(story.body))
    with pytest.raises(Refusal) as refusal:
        saved(story, text="x", criterion=strange.criteria.get(key="c1"))
    assert refusal.value.code == "not-asked"


def test_the_member_alone_answers_until_it_has_sent(story: Play) -> None:
    for who, code in (
        (story.assessor, "not-your-organisation"),
        (people.viewer(story.organisation, Role.VIEWER), "read-only-role"),
        (people.viewer(story.organisation, Role.EDITOR, site_ids=[]), "limited-to-sites"),
    ):
        with pytest.raises(Forbidden) as refusal:
            saved(story, text="x", who=who)
        assert refusal.value.code == code
    story.submit()
    with pytest.raises(Forbidden) as refusal:
        saved(story, 1, text="y")
    assert refusal.value.code == "submitted-already"


def test_the_body_reads_answers_once_they_are_sent(story: Play) -> None:
    saved(story, text="x")
    with as_viewer(story.boss) as viewer:
        assert not Answer.objects.exists()
        assert not Answer.objects.visible_to(viewer).exists()
    story.submit()
    with as_viewer(story.boss) as viewer:
        assert Answer.objects.visible_to(viewer).count() == 3
