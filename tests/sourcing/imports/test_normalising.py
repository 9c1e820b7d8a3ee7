"""Spellings made comparable: the same for what is the same, and stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcing.queries.countries import find_country
from sourcing.queries.lines import understand
from sourcing.queries.matching import Index, Likeness, fingerprint_of, listed
from sourcing.queries.normalising import address_tokens, normal_name, strays_in, tidy, unmangled

NAMES = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcXYZéøĐßıİſﬁ .,&'()-/_Ⅳ²１ａ株式会社हिंदीไทยкомпания\u0301\u200b□"), st.characters()
    )
) | st.lists(st.sampled_from(["Co.", "LTD", "S.A.", "P.T.", "de", "The", "Group", "X", "and", "&"])).map(
    " ".join
)


@given(NAMES)
def test_a_normal_name_stays_as_it_is(name: str) -> None:
    once = normal_name(name)
    assert normal_name(once) == once


@given(NAMES)
def test_a_tidy_text_stays_as_it_is_and_has_no_strays(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert not strays_in(once)


@given(NAMES, st.sampled_from(["", "CN", "BD", "KR"]))
def test_address_words_stay_as_they_are(text: str, country: str) -> None:
    once = address_tokens(text, country)
    assert address_tokens(" ".join(once), country) == once


@given(NAMES)
def test_tidying_does_not_change_what_a_name_means(name: str) -> None:
    assert normal_name(tidy(name)) == normal_name(name) or strays_in(name)


@given(NAMES, NAMES)
def test_a_fingerprint_is_one_for_the_spellings_of_one_line(name: str, address: str) -> None:
    plain = fingerprint_of("CN", name, address)
    assert fingerprint_of("CN", f" {name} ", f"{address} ; China,") == fingerprint_of(
        "CN", name, address + " "
    )
    assert len(plain) == 64


@pytest.mark.parametrize(
    ("spelling", "normal"),
    [
        ("QUANZHOU XINXING FOOTWEAR CO., LTD", "quanzhou xinxing footwear"),
        ("Nantong Solamoda Garments Co.Ltd", "nantong solamoda garments"),
        ("Confecciones del Valle S.A. de C.V.", "confecciones del valle"),
        ("PT. Glory Industrial Semarang-Demak Ltd.", "glory industrial semarang demak"),
        ("Headwear & Garment Co. Ltd.", "headwear garment"),
        ("Đồng Nai JSC", "dong nai"),
        ("Ålgård ØST", "algard ost"),
        ("Co., Ltd.", "co ltd"),
        ("恒达服装有限公司", "恒达服装有限公司"),
        ("हिंदी मिल्स", "हिंदी मिल्स"),
    ],
)
def test_a_normal_name_is(spelling: str, normal: str) -> None:
    assert normal_name(spelling) == normal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("China", "CN"), ("CHINA", "CN"), ("CN", "CN"), ("chn", "CN"), ("P.R. China", "CN"), ("中国", "CN"),
        ("Viet Nam", "VN"), ("VIETNAM", "VN"), ("Turkey", "TR"), ("Türkiye", "TR"), ("USA", "US"), ("U.S.A.", "US"),
        ("Korea", "KR"), ("Korea, Republic of", "KR"), ("Hong Kong", "HK"), ("Taiwan", "TW"), ("India.", "IN"),
        ("Deutschland", "DE"), ("Cote d’Ivoire", "CI"), ("the Netherlands", "NL"), ("England", "GB"),
    ],
)  # fmt: skip
def test_a_country_is_found_in_its_usual_spellings(text: str, code: str) -> None:
    assert find_country(text).code == code


def test_every_country_is_found_by_its_own_names() -> None:
    import pycountry

    for country in pycountry.countries:
        for name in (country.alpha_2, country.alpha_3, country.name, country.name.upper()):
            assert find_country(name).code == country.alpha_2, name


def test_a_misspelt_country_is_not_guessed_but_suggested() -> None:
    assert find_country("Bangladehs") == find_country("bangladehs")
    assert (find_country("Vietman").code, find_country("Vietman").suggestions[0]) == ("", "VN")
    assert find_country("xx").suggestions == ()


def test_mangled_text_is_seen_and_whole_text_is_left_alone() -> None:
    assert unmangled("SÃ£o Paulo") == "São Paulo"
    assert [unmangled(text) for text in ("São Paulo", "Ã", "plain", "Â ")] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("country,name,address", {"country": 0, "name": 1, "address": 2}),
        ("Factory Name;COUNTRY;Lat;Long", {"name": 0, "country": 1, "latitude": 2, "longitude": 3}),
        ("Supplier Name;Facility Name;Country / Region", {"name": 1, "country": 2}),
        ("País;Nombre;Dirección", {"country": 0, "name": 1, "address": 2}),
    ],
)
def test_columns_are_understood_by_many_names(header: str, fields: dict[str, int]) -> None:
    found = understand(header.replace(";", ",").split(","))
    assert (found.fields, found.missing) == (fields, ())


def test_city_and_postcode_complete_the_address() -> None:
    found = understand(["Name", "Country", "Address", "Postcode", "City", "Workers"])
    assert (found.further, found.unused) == ((4, 3), ("Workers",))


def alike(first: tuple[str, str], second: tuple[str, str]) -> Likeness | None:
    """Return how alike two places in China are found to be."""
    place = listed(1, country="CN", name=first[0], address=first[1])
    line = listed(2, country="CN", name=second[0], address=second[1])
    found = Index([place], [line]).candidates(line)
    return found[0].likeness if found else None


@pytest.mark.parametrize(
    ("first", "second", "likeness"),
    [
        (
            ("Alpha Ltd", "12 Rose Road, Wuxi"),
            ("ALPHA CO., LTD.", "12 ROSE RD WUXI CHINA"),
            Likeness.SAME_LINE,
        ),
        (("Alpha Ltd", "12 Rose Road, Wuxi"), ("Alpha", "12 Rose Road, Binhu, Wuxi"), Likeness.SAME_PLACE),
        (("Alpha Ltd", "12 Rose Road, Wuxi"), ("Alpha", "14 Rose Road, Wuxi"), Likeness.SAME_NAME),
        (("Alpha Ltd", "12 Rose Road, Wuxi"), ("Alpha", "Jiangning, Nanjing"), Likeness.SAME_NAME),
        (
            ("Alpha Beta Shoes", "Rose Road, Binhu, Wuxi"),
            ("Alpha Beta", "Rose Road, Binhu, Wuxi"),
            Likeness.SIMILAR_NAME,
        ),
        (("Alpha Shoes", "12 Rose Road, Wuxi"), ("Omega Shoes", "12 Rose Road, Wuxi"), None),
        (("Alpha Shoes", "12 Rose Road, Wuxi"), ("Gamma Textile", "9 Lake Road, Nanjing"), None),
    ],
)
def test_two_places_are_this_much_alike(
    first: tuple[str, str], second: tuple[str, str], likeness: Likeness | None
) -> None:
    assert alike(first, second) == likeness


def test_namesakes_in_another_country_are_strangers() -> None:
    place = listed(1, country="CN", name="Alpha", address="Rose Road 12")
    line = listed(2, country="VN", name="Alpha", address="Rose Road 12")
    assert Index([place], [line]).candidates(line) == []
