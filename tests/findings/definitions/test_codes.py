"""Requirement codes are read exactly as the field prints them."""

import string

import pytest

from findings.definitions.codes import CodeError, CodeFault, RequirementCode, parse_code

SECTIONS = {
    code: "5.A" if code == "5A" else ""
    for code in ("0", "1", "1A", "2", "3", "4", "5", "5A", "6", "7", "8", "8A", "9", "10A", "10B", "10C")
}


@pytest.mark.parametrize("text", ["5A.B", "5.A.B", "5a.b", " 5A . B ", "5.a.b.", "5A.B."])
def test_all_ways_to_write_an_item_of_5a_are_one(text: str) -> None:
    assert parse_code(text, SECTIONS) == RequirementCode("5A", "B")


def test_item_of_a_section_differs_from_a_section_with_a_letter() -> None:
    assert parse_code("1.A", SECTIONS) == RequirementCode("1", "A")
    with pytest.raises(CodeError) as caught:
        parse_code("1A", SECTIONS)
    assert caught.value.fault == CodeFault.SECTION_ONLY
    assert parse_code("1A.A", SECTIONS) == RequirementCode("1A", "A")
    assert parse_code("1.A.A", SECTIONS) == RequirementCode("1A", "A")


@pytest.mark.parametrize("text", ["5.A", "5.a", " 5 . A ", "5.A."])
def test_bare_5_a_is_refused_as_ambiguous(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse_code(text, SECTIONS)
    assert caught.value.fault == CodeFault.AMBIGUOUS
    assert "5A" in caught.value.sentence


def test_5_a_is_an_item_where_no_section_is_printed_so() -> None:
    assert parse_code("5.A", {"5": ""}) == RequirementCode("5", "A")
    assert parse_code("5.A", {"5": "", "5A": ""}) == RequirementCode("5", "A")


@pytest.mark.parametrize("section", [code for code in SECTIONS if code != "5A"])
@pytest.mark.parametrize("item", string.ascii_uppercase)
def test_every_item_of_every_section_reads_back(section: str, item: str) -> None:
    if (section, item) == ("5", "A"):
        return
    assert parse_code(f"{section}.{item}", SECTIONS) == RequirementCode(section, item)
    assert str(parse_code(f"{section}.{item}", SECTIONS)) == f"{section}.{item}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CodeFault.UNREADABLE),
        (".", CodeFault.UNREADABLE),
        ("5A.", CodeFault.SECTION_ONLY),
        ("5A", CodeFault.SECTION_ONLY),
        ("10.A", CodeFault.SECTION_ONLY),
        ("5A..B", CodeFault.UNREADABLE),
        ("5.A.B.C", CodeFault.UNREADABLE),
        ("5A-B", CodeFault.UNREADABLE),
        ("5A.1", CodeFault.UNREADABLE),
        ("5.A.1", CodeFault.UNREADABLE),
        ("12.A", CodeFault.UNKNOWN_SECTION),
        ("99", CodeFault.UNKNOWN_SECTION),
        ("2.A.B", CodeFault.UNKNOWN_SECTION),
        ("<script>", CodeFault.UNREADABLE),
        ("5A.B" * 40, CodeFault.UNREADABLE),
        ("٥.A", CodeFault.UNREADABLE),
    ],
)
def test_code_that_cannot_be_read_says_why(text: str, fault: CodeFault) -> None:
    with pytest.raises(CodeError) as caught:
        parse_code(text, SECTIONS)
    assert caught.value.fault == fault
    assert caught.value.sentence
