"""The eight public lists, one after the other into one register."""

from organisations.visibility import Viewer
from sourcing.lifecycle import ImportState
from sourcing.models import ImportRow
from tests.sourcing.imports.conftest import LISTS, NAMES, acting_as, apply, read, register

# New, match, possible, repeat, error; every possible match is then said to be the same place.
COUNTS = {
    "list-2": (77, 0, 0, 5, 0),
    "list-4": (81, 0, 0, 0, 0),
    "list-5": (63, 1, 0, 0, 0),
    "list-7": (28, 0, 1, 0, 0),
    "list-8": (55, 2, 4, 0, 0),
    "list-9": (32, 1, 1, 0, 0),
    "list-11": (54, 0, 1, 0, 0),
    "list-14": (46, 0, 0, 0, 0),
}
# Which lines of which list are perhaps, or certainly, a place of an earlier list, and what decides it.
FOUND_AGAIN = {
    ("list-5", "Taizhou Baolite Shoes Co. Ltd"): ("match", "same-place"),
    ("list-7", "PT Glory Industrial Semarang - Demak"): ("possible", "same-name"),
    ("list-8", "Jung Myung Textile (Shaowu) Co. Ltd"): ("possible", "similar-name"),
    ("list-8", "Huai An Yuan Tong Headwear Mfg. Co. Ltd"): ("possible", "same-name"),
    ("list-8", "Nantong Jackbeanie Headwear & Garment Co. Ltd"): ("match", "same-place"),
    ("list-8", "Confecciones del Valle S.A. de C.V"): ("match", "same-place"),
    ("list-8", "Classic Fashion Apparel Industry Ltd. Co"): ("possible", "same-address"),
    ("list-8", "Centro Textil S.A"): ("possible", "similar-name"),
    ("list-9", "Nantong Solamoda Garments Co"): ("match", "same-place"),
    ("list-9", "Shanghai Jinlin Textile Co. Ltd"): ("possible", "same-name"),
    ("list-11", "Eclat Textile Co. Ltd. (Vietnam)"): ("possible", "similar-name"),
}


def counts(summary: dict[str, int]) -> tuple[int, ...]:
    """Return the lines of each verdict."""
    return tuple(summary[verdict] for verdict in ("new", "match", "possible", "repeat", "error"))


def content(name: str) -> bytes:
    """Return one of the lists as it was published."""
    return (LISTS / f"{name}.csv").read_bytes()


def test_all_lists_go_in_with_these_verdicts_and_find_each_other(viewer: Viewer) -> None:
    found: dict[str, tuple[int, ...]] = {}
    again: dict[tuple[str, str], tuple[str, str]] = {}
    for name in NAMES:
        site_import = read(viewer, content(name), f"{name}.csv")
        assert site_import.encoding == "UTF-8"
        found[name] = counts(site_import.summary)
        with acting_as(viewer):
            rows = site_import.rows.filter(verdict__in=["match", "possible"]).order_by("line")
            again |= {(name, row.values["name"].rstrip(".")): (row.verdict, row.reason) for row in rows}
        assert apply(viewer, site_import).state == ImportState.APPLIED
    assert found == COUNTS
    assert again == FOUND_AGAIN
    assert len(register(viewer)) == sum(new for new, *_rest in COUNTS.values())


def test_a_second_import_of_every_list_changes_nothing(viewer: Viewer) -> None:
    for name in NAMES:
        apply(viewer, read(viewer, content(name), f"{name}.csv"))
    before = register(viewer)
    for name in NAMES:
        site_import = read(viewer, content(name), f"{name}.csv")
        new, match, possible, repeat, error = counts(site_import.summary)
        lines, (_new, _match, _possible, repeats, _error) = site_import.rows_total, COUNTS[name]
        assert (new, match, possible, repeat, error) == (0, lines - repeats, 0, repeats, 0)
        done = apply(viewer, site_import)
        assert (done.summary["created"], done.summary["completed"]) == (0, 0)
    assert register(viewer) == before


def test_places_said_to_be_different_are_added_and_never_asked_about_again(viewer: Viewer) -> None:
    for name in NAMES:
        apply(viewer, read(viewer, content(name), f"{name}.csv"), is_same=False)
    before = register(viewer)
    assert len(before) == sum(new + possible for new, _match, possible, *_rest in COUNTS.values())
    for name in NAMES:
        site_import = read(viewer, content(name), f"{name}.csv")
        assert counts(site_import.summary)[:3] == (0, site_import.rows_total - COUNTS[name][3], 0)
        apply(viewer, site_import)
    assert register(viewer) == before


def test_lines_are_cleaned_for_keeping_but_the_original_stays(viewer: Viewer) -> None:
    site_import = apply(viewer, read(viewer, content("list-2"), "list-2.csv"))
    with acting_as(viewer):
        row = site_import.rows.get(line=24)
        entry = row.entry
        assert entry is not None
        assert row.raw[2].endswith("ZHEJIANG PROVINCE□")
        assert (
            entry.address == "XINGLI INDUSTRIAL ZONE ,XIANJIANG TOWAN,RUI AN WENZHOU CITY ZHEJIANG PROVINCE"
        )
        assert (entry.country, entry.sector, entry.match_key) == ("CN", "Apparel", "ruian xibu shoes fty")
        repeat = site_import.rows.get(line=52)
        assert (repeat.verdict, repeat.values["repeats"]) == (ImportRow.Verdict.REPEAT, 36)
        assert repeat.entry_id == site_import.rows.get(line=36).entry_id
