"""Writing and publishing editions: by the scheme body, by nobody else, and never twice."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from ledger.acting import acting
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.models import Organisation
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.definition import discard_draft, load_edition, publish_edition, save_draft
from schemes.definitions.reading import Read, read_text
from schemes.models import Edition, Scheme
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes
from tests.schemes.definitions.test_reading import METALS

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)


@pytest.fixture
def body() -> Organisation:
    return people.organisation("Body", Capability.SCHEME_BODY)


def by(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def text(*changes: tuple[str, str]) -> Read:
    """Return the small edition with words replaced."""
    said = METALS
    for before, after in changes:
        assert before in said
        said = said.replace(before, after)
    return read_text("mine.yaml", said)


SECOND = ('edition: "3"', 'edition: "4"')


def verbs() -> list[str]:
    with owner_role():
        return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_body_writes_and_publishes_a_scheme_of_its_own(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        draft = save_draft(viewer=viewer, read=text(), at=NOW)
        assert (draft.state, draft.scheme.body_id, draft.scheme.is_public) == ("draft", body.pk, False)
        assert list(draft.levels.values_list("key", "rank")) == [("bronze", 1), ("silver", 2), ("gold", 3)]
        assert list(draft.criteria.values_list("key", "position"))[:2] == [("wages", 1), ("hours", 2)]
        publish_edition(viewer=viewer, edition=draft, expected=draft.sha256, at=NOW)
    with acting(person_id=None, organisation_id=None):
        found = Edition.objects.visible_to(None).get()
        assert (found.state, found.published_at, found.content) == ("published", NOW, text().edition)
    assert verbs() == ["schemes.edition_saved", "schemes.edition_published"]


def test_a_draft_is_written_anew_and_the_same_text_changes_nothing(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        first = save_draft(viewer=viewer, read=text(), at=NOW)
        again = save_draft(viewer=viewer, read=text(), at=NOW)
        shorter = text(
            ("  - {key: exits, title: Exits, summary: Doors open., group: home, evidence: [photo]}\n", "")
        )
        other = save_draft(viewer=viewer, read=shorter, at=NOW)
        assert first.pk == again.pk == other.pk
        assert other.criteria.count() == 4
    assert verbs() == ["schemes.edition_saved", "schemes.edition_saved"]


def test_a_new_edition_follows_the_one_in_force_which_stays_as_it_was(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        first = save_draft(viewer=viewer, read=text(), at=NOW)
        publish_edition(viewer=viewer, edition=first, expected=first.sha256, at=NOW)
        second = save_draft(
            viewer=viewer, read=text(SECOND, ("title: Fair floors\n", "title: Fairer floors\n")), at=NOW
        )
        later = NOW + dt.timedelta(days=1)
        publish_edition(viewer=viewer, edition=second, expected=second.sha256, at=later)
        first.refresh_from_db()
        assert (first.state, first.retired_at, first.data) == ("retired", later, text().data)
        assert Edition.objects.in_force().get() == second
        assert Scheme.objects.get().title == "Fairer floors"
    assert verbs()[-2:] == ["schemes.edition_followed", "schemes.edition_published"]


def test_a_published_version_is_never_written_over(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        first = save_draft(viewer=viewer, read=text(), at=NOW)
        publish_edition(viewer=viewer, edition=first, expected=first.sha256, at=NOW)
        with pytest.raises(Refusal) as caught:
            save_draft(viewer=viewer, read=text(("percent: 75", "percent: 70")), at=NOW)
        assert (caught.value.code, list(caught.value.fields)) == ("edition-published", ["text"])
        assert save_draft(viewer=viewer, read=text(), at=NOW).state == "published"
        with pytest.raises(Refusal, match="edition-published"):
            discard_draft(viewer=viewer, edition=first, at=NOW)
        with pytest.raises(Refusal, match="illegal-move"):
            publish_edition(viewer=viewer, edition=first, expected=first.sha256, at=NOW)
    assert verbs() == ["schemes.edition_saved", "schemes.edition_published"]


def test_what_was_read_is_what_is_published(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        draft = save_draft(viewer=viewer, read=text(), at=NOW)
        save_draft(viewer=viewer, read=text(("percent: 75", "percent: 70")), at=NOW)
        with pytest.raises(Refusal, match="changed-meanwhile"):
            publish_edition(viewer=viewer, edition=draft, expected=draft.sha256, at=NOW)
        draft.refresh_from_db()
        publish_edition(viewer=viewer, edition=draft, expected=draft.sha256, at=NOW)


def test_a_scheme_keeps_what_it_is_about(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        save_draft(viewer=viewer, read=text(), at=NOW)
        with pytest.raises(Refusal, match="subject-fixed"):
            save_draft(
                viewer=viewer, read=text(SECOND, ("subject: organisation", "subject: contract")), at=NOW
            )


def test_a_draft_goes_and_a_scheme_without_editions_with_it(body: Organisation) -> None:
    viewer = people.viewer(body)
    with by(viewer):
        draft = save_draft(viewer=viewer, read=text(), at=NOW)
        second = save_draft(viewer=viewer, read=text(SECOND), at=NOW)
        discard_draft(viewer=viewer, edition=draft, at=NOW)
        assert Edition.objects.get() == second
        discard_draft(viewer=viewer, edition=second, at=NOW)
        assert not Scheme.objects.exists()
    assert verbs()[-1] == "schemes.edition_discarded"


@pytest.mark.parametrize("capability", [Capability.SUPPLIER, Capability.OPERATOR, Capability.AUDIT_FIRM])
def test_only_a_scheme_body_writes(capability: Capability) -> None:
    viewer = people.viewer(people.organisation("", capability))
    with by(viewer), pytest.raises(Forbidden, match="not-a-scheme-body"):
        save_draft(viewer=viewer, read=text(), at=NOW)


def test_another_body_neither_writes_nor_takes_a_key(body: Organisation) -> None:
    other = people.viewer(people.organisation("", Capability.SCHEME_BODY))
    hidden = schemes.scheme(body, "fair-floors")
    with by(other), pytest.raises(Refusal, match="key-taken"):
        save_draft(viewer=other, read=text(), at=NOW)
    made = schemes.edition(hidden)
    with by(other):
        with pytest.raises(Forbidden, match="not-its-scheme-body"):
            save_draft(viewer=other, read=text(), at=NOW)
        with pytest.raises(Forbidden, match="not-its-scheme-body"):
            publish_edition(viewer=other, edition=made, expected=made.sha256, at=NOW)


def test_a_reader_writes_nothing_and_an_editor_publishes_nothing(body: Organisation) -> None:
    reader, editor = people.viewer(body, Role.VIEWER), people.viewer(body, Role.EDITOR)
    with by(reader), pytest.raises(Forbidden, match="read-only-role"):
        save_draft(viewer=reader, read=text(), at=NOW)
    with by(editor):
        draft = save_draft(viewer=editor, read=text(), at=NOW)
        with pytest.raises(Forbidden, match="not-an-admin"):
            publish_edition(viewer=editor, edition=draft, expected=draft.sha256, at=NOW)


def test_loading_twice_changes_nothing_and_another_text_is_refused(body: Organisation) -> None:
    with owner_role():
        assert load_edition(text(), body=body, at=timezone.now()) is not None
        assert load_edition(text(), body=None, at=timezone.now()) is None
        with pytest.raises(Refusal, match="edition-published"):
            load_edition(text(("percent: 75", "percent: 70")), body=None, at=timezone.now())
        assert Scheme.objects.get().body_id == body.pk
        second = load_edition(text(SECOND), body=None, at=timezone.now())
        assert Edition.objects.in_force().get() == second
