"""The child's side of `documents.pdf`: WeasyPrint, with nothing to fetch but our own assets.

Runs only inside `documents.confined`. The HTML holds what people typed, so every address in it is hostile:
the fetcher knows `data:` and the assets below by name, and no other way to anything.
"""

import logging
import math
import re
import unicodedata
from typing import Any, BinaryIO

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from documents.confined import ROOT, TooLarge, Unfit

MAX_HTML = 5 * 1024 * 1024
MAX_ELEMENTS = 40_000
MAX_NESTING = 120
STYLES = ROOT / "static" / "css"
FONTS = ROOT / "static" / "fonts" / "print"
WEIGHTS = (400, 600)
# Family, file and the start of the Unicode names of the letters it has. Every file is a family of its own:
# WeasyPrint takes two files of one family and weight for one font and mixes up their letters.
FACES = (
    ("Inter", "inter-latin", "LATIN"),
    ("Inter Extended", "inter-latin-ext", "LATIN"),
    ("Inter Vietnamese", "inter-vietnamese", "LATIN"),
    ("Inter Cyrillic", "inter-cyrillic", "CYRILLIC"),
    ("Inter Greek", "inter-greek", "GREEK"),
    ("Noto Sans Arabic", "noto-sans-arabic", "ARABIC"),
    ("Noto Sans Bengali", "noto-sans-bengali", "BENGALI"),
    ("Noto Sans Devanagari", "noto-sans-devanagari", "DEVANAGARI"),
    ("Noto Sans Ethiopic", "noto-sans-ethiopic", "ETHIOPIC"),
    ("Noto Sans Gujarati", "noto-sans-gujarati", "GUJARATI"),
    ("Noto Sans Gurmukhi", "noto-sans-gurmukhi", "GURMUKHI"),
    ("Noto Sans Hebrew", "noto-sans-hebrew", "HEBREW"),
    ("Noto Sans Kannada", "noto-sans-kannada", "KANNADA"),
    ("Noto Sans Khmer", "noto-sans-khmer", "KHMER"),
    ("Noto Sans Lao", "noto-sans-lao", "LAO"),
    ("Noto Sans Malayalam", "noto-sans-malayalam", "MALAYALAM"),
    ("Noto Sans Myanmar", "noto-sans-myanmar", "MYANMAR"),
    ("Noto Sans Sinhala", "noto-sans-sinhala", "SINHALA"),
    ("Noto Sans Tamil", "noto-sans-tamil", "TAMIL"),
    ("Noto Sans Telugu", "noto-sans-telugu", "TELUGU"),
    ("Noto Sans Thai", "noto-sans-thai", "THAI"),
    ("Noto Sans SC", "noto-sans-sc", "SIMPLIFIED"),
    ("Noto Sans TC", "noto-sans-tc", "TRADITIONAL"),
    ("Noto Sans JP", "noto-sans-jp", "JAPANESE"),
    ("Noto Sans KR", "noto-sans-kr", "HANGUL"),
    ("Noto Sans Han More", "noto-sans-han-more", "RARE"),
)
LIGHT_DARK = re.compile(r"light-dark\(((?:[^(),]|\([^()]*\))+),\s*(?:[^(),]|\([^()]*\))+\)")
OKLCH = re.compile(r"oklch\(([\d.]+)%\s+([\d.]+)\s+([\d.]+)(?:\s*/\s*([\d.]+))?\)")
EASTERN = {"SIMPLIFIED", "TRADITIONAL", "JAPANESE", "HANGUL", "RARE"}
# More than a megabyte a weight: regular only, bold is drawn from it; and not as WOFF2, which takes seconds to unpack.
HEAVY = frozenset(file for _family, file, script in FACES if script in EASTERN)
# Chinese characters are named alike in all languages. What an old national character set holds its font holds too,
# so that a page in one language need not load the fonts of three.
HAN = (("SIMPLIFIED", "gb2312"), ("TRADITIONAL", "big5"), ("JAPANESE", "shift_jis"))
LANGUAGE = re.compile(r"""\blang=["']?(zh-hans|zh-hant|ja)\b""", re.IGNORECASE)
IN_LANGUAGE = {"zh-hans": "SIMPLIFIED", "zh-hant": "TRADITIONAL", "ja": "JAPANESE"}


class Case(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Fetch `data:` addresses and the few assets of ours; refuse every other address without looking."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the bytes behind `url`; an unknown asset is our own mistake and stops the press."""
        scheme, _, name = url.partition(":")
        if scheme.lower() == "asset":
            body, media_type = asset(name)
            return URLFetcherResponse(url, body, {"Content-Type": media_type})
        return super().fetch(url, headers)


def asset(name: str) -> tuple[bytes, str]:
    """Return one of our assets by name, and its media type."""
    if name == "tokens.css":
        return tokens((STYLES / "tokens.css").read_text()).encode(), "text/css"
    if name == "pdf.css":
        return (STYLES / "pdf.css").read_bytes(), "text/css"
    if name.endswith((".woff2", ".woff")) and name in {path.name for path in FONTS.iterdir()}:
        return (FONTS / name).read_bytes(), f"font/{name.rpartition('.')[2]}"
    raise FatalURLFetchingError(f"There is no asset {name!r}.")


def tokens(style: str) -> str:
    """Return the screen's design tokens for paper: its custom properties, light, in plain sRGB.

    Screens choose by `light-dark(a, b)`, which WeasyPrint does not know, in oklch, which it writes as Lab
    colours and cannot shade; paper is light.
    """
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    first: dict[str, str] = {}
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", bare):
        first.setdefault(name, OKLCH.sub(_srgb, LIGHT_DARK.sub(r"\1", value.strip())))
    return ":root {" + " ".join(f"{name}: {value};" for name, value in first.items()) + "}"


def _srgb(match: re.Match[str]) -> str:
    """Return an oklch colour as `rgb()`, cut to the gamut (CSS Color 4, 10.2 and its sample code)."""
    lightness, chroma, hue = float(match[1]) / 100, float(match[2]), math.radians(float(match[3]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    figures = " ".join(str(_gamma(each)) for each in (red, green, blue))
    return f"rgb({figures} / {match[4]})" if match[4] else f"rgb({figures})"


def _gamma(linear: float) -> int:
    clipped = min(max(linear, 0.0), 1.0)
    curved = 12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055
    return round(255 * curved)


def render(source: BinaryIO, target: BinaryIO) -> None:
    """Write the HTML in `source` as a tagged PDF (PDF/UA-1) to `target`.

    Raises:
        Unfit: "too-large" or "too-deep".
    """
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    raw = source.read(MAX_HTML + 1)
    if len(raw) > MAX_HTML:
        raise TooLarge
    text = raw.decode()
    fonts, fetcher = FontConfiguration(), Case()
    page = HTML(string=text, base_url=None, url_fetcher=fetcher)
    _tidy(page.etree_element)
    faces = CSS(string=font_faces(text), font_config=fonts, url_fetcher=fetcher)
    try:
        page.write_pdf(target, stylesheets=[faces], font_config=fonts, pdf_variant="pdf/ua-1")
    except (ZeroDivisionError, OverflowError):
        raise TooLarge from None  # a length beyond all paper


def font_faces(text: str) -> str:
    """Return the @font-face rules for the scripts that occur in `text`; each costs time to load."""
    scripts = _scripts(text)
    is_extended = any(0xFF < ord(letter) < 0x2000 or 0x20A0 <= ord(letter) < 0x2200 for letter in set(text))
    rules = []
    for family, file, script in FACES:
        if script not in scripts or (script == "LATIN" and family != "Inter" and not is_extended):
            continue
        rules += [
            f'@font-face {{ font-family: "{family}"; font-weight: {weight};'
            f" src: url(asset:{file}-{weight}-normal.{'woff' if file in HEAVY else 'woff2'}); }}"
            for weight in (WEIGHTS[:1] if file in HEAVY else WEIGHTS)
        ]
    return "\n".join(rules)


def _scripts(text: str) -> set[str]:
    """Return the scripts of a page as `FACES` names them; those of Chinese characters also by the languages said."""
    scripts, han = {"LATIN"}, set()
    for letter in {one for one in text if ord(one) > 0x24F}:
        name = unicodedata.name(letter, "").partition(" ")[0]
        if name in {"CJK", "IDEOGRAPHIC", "FULLWIDTH", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}:
            han.add(letter)
        else:
            scripts.add(name)
    said = {IN_LANGUAGE[found.lower()] for found in LANGUAGE.findall(text)} if han else set()
    known = [one for one in HAN if one[0] in said]
    for letter in sorted(han):
        if not any(_is_in(encoding, letter) for _script, encoding in known):
            known.append(next((one for one in HAN if _is_in(one[1], letter)), HAN[0]))
    scripts |= {script for script, _encoding in known}
    return scripts | {"RARE"} if scripts & EASTERN else scripts


def _is_in(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _tidy(root: Any) -> None:
    """Refuse trees that would choke the layout and take out every request to attach a file."""
    count = 0
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > MAX_NESTING:
            raise Unfit("too-deep")
        if count > MAX_ELEMENTS:
            raise TooLarge
        if "attachment" in (element.get("rel") or "").lower().split():
            del element.attrib["rel"]
        waiting += [(child, depth + 1) for child in element]
