"""What people decide about possible matches, and what it leads to."""

import pytest
from django.utils import timezone

from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.models import Organisation
from organisations.visibility import Capability, Role, Viewer
from sourcing.actions.imports import begin_applying, decide, discard, upload_list
from sourcing.actions.register import edit_entry
from sourcing.models import ImportRow, MatchDecision, RegisterEntry, SiteImport
from tests.factories import organisations
from tests.sourcing.imports.conftest import acting_as, apply, fresh, lines, read, register, verdicts

HERE = "China,Alpha Shoes,Rose Road 12 Wuxi,,,"
THERE = "China,Alpha Shoes,Lake Road 9 Nanjing,,,"
ELSEWHERE = "China,Alpha Shoes,Hill Road 3 Fuzhou,,,"


def row_of(viewer: Viewer, site_import: SiteImport, line: int = 2) -> ImportRow:
    """Return one line as it is now."""
    with acting_as(viewer):
        return site_import.rows.select_related("candidate").get(line=line)


def say(viewer: Viewer, site_import: SiteImport, answers: dict[int, bool]) -> int:
    """Decide as the viewer."""
    with acting_as(viewer):
        return decide(viewer=viewer, site_import=site_import, answers=answers, at=timezone.now())


def test_nothing_is_applied_while_a_possible_match_waits(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    site_import = read(viewer, lines(THERE))
    assert verdicts(viewer, site_import) == {2: "possible"}
    with acting_as(viewer), pytest.raises(Refusal) as refused:
        begin_applying(viewer=viewer, site_import=site_import, at=timezone.now())
    assert refused.value.code == "undecided"
    assert refused.value.sentence == "1 possible match waits for your decision."
    assert say(viewer, site_import, {2: False}) == 1
    assert apply(viewer, site_import).summary["decided_different"] == 1
    assert len(register(viewer)) == 2


def test_same_place_adds_nothing_and_is_remembered_in_the_next_list(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    site_import = read(viewer, lines(THERE))
    say(viewer, site_import, {2: True})
    assert apply(viewer, site_import).summary["decided_same"] == 1
    again = read(viewer, lines("CN,ALPHA SHOES LTD,lake road 9 nanjing,,,"))
    assert verdicts(viewer, again) == {2: "match"}
    assert row_of(viewer, again).reason == "decided"
    assert len(register(viewer)) == 1


def test_a_decision_is_remembered_though_the_list_is_put_away(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    site_import = read(viewer, lines(THERE))
    say(viewer, site_import, {2: False})
    with acting_as(viewer):
        discard(viewer=viewer, site_import=site_import, at=timezone.now())
    assert verdicts(viewer, read(viewer, lines(THERE))) == {2: "new"}


def test_a_line_that_is_not_the_first_place_is_asked_about_the_next(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE, ELSEWHERE)), is_same=False)
    site_import = read(viewer, lines(THERE))
    first = row_of(viewer, site_import).candidate
    say(viewer, site_import, {2: False})
    row = row_of(viewer, site_import)
    assert first is not None
    assert row.candidate is not None
    assert row.candidate.pk != first.pk
    assert row.decision == ImportRow.Decision.NONE
    say(viewer, site_import, {2: True})
    assert row_of(viewer, site_import).decision == ImportRow.Decision.SAME
    with acting_as(viewer):
        kept = set(MatchDecision.objects.values_list("entry_id", "is_same"))
    assert kept == {(first.pk, False), (row.candidate.pk, True)}


def test_a_second_word_replaces_the_first(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    site_import = read(viewer, lines(THERE))
    for is_same in (True, False, True):
        say(viewer, site_import, {2: is_same})
    with acting_as(viewer):
        assert [one.is_same for one in MatchDecision.objects.all()] == [True]


def test_an_answer_about_a_line_that_is_no_possible_match_is_passed_over(viewer: Viewer) -> None:
    site_import = read(viewer, lines(HERE))
    assert say(viewer, site_import, {2: True, 99: True}) == 0
    assert row_of(viewer, site_import).decision == ImportRow.Decision.NONE


def test_a_list_comes_back_when_the_register_changed_meanwhile(viewer: Viewer) -> None:
    waiting = read(viewer, lines(THERE, "China,Omega,Rose Road 1 Wuxi,,,"))
    assert set(verdicts(viewer, waiting).values()) == {"new"}
    apply(viewer, read(viewer, lines(HERE)))
    back = apply(viewer, waiting)
    assert (back.state, back.refusal) == ("previewed", "register-changed")
    assert verdicts(viewer, back) == {2: "possible", 3: "new"}
    assert len(register(viewer)) == 1
    assert apply(viewer, back, is_same=False).state == "applied"
    assert len(register(viewer)) == 3


def test_a_place_renamed_by_hand_is_still_found_by_its_list(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines(HERE)))
    with acting_as(viewer):
        entry = RegisterEntry.objects.get()
        edit_entry(viewer=viewer, entry=entry, values={"name": "Wuxi Works"}, at=timezone.now())
        assert Entry.objects.filter(verb="sourcing.register_entry_changed").count() == 1
    before = register(viewer)
    site_import = read(viewer, lines(HERE))
    assert verdicts(viewer, site_import) == {2: "match"}
    apply(viewer, site_import)
    assert register(viewer) == before


def test_what_an_entry_lacks_is_filled_in_and_what_it_has_stays(viewer: Viewer) -> None:
    apply(viewer, read(viewer, lines("China,Alpha Shoes,Rose Road 12 Wuxi,Footwear,,")))
    done = apply(viewer, read(viewer, lines("China,Alpha Shoes,Rose Road 12 Wuxi,Apparel,31.5,120.25")))
    assert (done.summary["match"], done.summary["completed"]) == (1, 1)
    with acting_as(viewer):
        entry = RegisterEntry.objects.get()
    assert (entry.sector, entry.latitude, entry.longitude) == ("Footwear", 31.5, 120.25)


def test_an_applied_list_stands_in_the_ledger_with_its_counts(viewer: Viewer) -> None:
    site_import = apply(viewer, read(viewer, lines(HERE, HERE, "Narnia,X,,,,")))
    with acting_as(viewer):
        entry = Entry.objects.get(verb="sourcing.import_applied")
    told = {name: entry.data[name] for name in ("created", "match", "repeat", "error", "lines", "is_long")}
    assert told == {"created": 1, "match": 0, "repeat": 1, "error": 1, "lines": 3, "is_long": False}
    assert (entry.actor_id, entry.subject_code) == (viewer.person_id, site_import.code)


@pytest.mark.parametrize(("role", "may"), [(Role.ADMIN, True), (Role.EDITOR, True), (Role.VIEWER, False)])
def test_editors_import_and_readers_do_not(buyer: Organisation, role: Role, may: bool) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    viewer = organisations.viewer(buyer, role)
    with acting_as(viewer):
        file = SimpleUploadedFile("list.csv", lines(HERE))
        if may:
            assert upload_list(viewer=viewer, file=file, at=timezone.now()).state == "uploaded"
            return
        with pytest.raises(Forbidden) as refused:
            upload_list(viewer=viewer, file=file, at=timezone.now())
    assert refused.value.code == "read-only-role"


def test_a_supplier_keeps_no_register(db: object) -> None:
    supplier = organisations.viewer(organisations.organisation("Works", Capability.SUPPLIER))
    with pytest.raises(Forbidden) as refused:
        read(supplier, lines(HERE))
    assert refused.value.code == "not-a-buyer"


def test_two_buyers_with_the_same_list_know_nothing_of_each_other(viewer: Viewer) -> None:
    other = organisations.viewer(organisations.organisation("Other Shops", Capability.BUYER))
    mine = apply(viewer, read(viewer, lines(HERE)))
    theirs = apply(other, read(other, lines(HERE, THERE)))
    assert (mine.summary["new"], theirs.summary["new"]) == (1, 2)
    with acting_as(other):
        assert RegisterEntry.objects.count() == 2
        assert SiteImport.objects.count() == 1
        assert ImportRow.objects.count() == 2
        assert MatchDecision.objects.count() == 0
        assert not SiteImport.objects.filter(pk=mine.pk).exists()
    assert fresh(viewer, mine).rows_total == 1
