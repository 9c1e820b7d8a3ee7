"""The languages that people write in: their own names and their direction."""

import unicodedata

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

# Languages of workplaces and growers that Django's own table leaves out.
MORE = {
    "am": "አማርኛ",
    "fil": "Filipino",
    "gu": "ગુજરાતી",
    "lo": "ລາວ",
    "pa": "ਪੰਜਾਬੀ",
    "si": "සිංහල",
    "so": "Soomaali",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def name_of(code: str) -> str:
    """Return a language's name in that language ("Tiếng Việt"), or the code itself when nobody knows it.

    Args:
        code: a BCP 47 tag in lower case, such as "vi" or "zh-hans".
    """
    known = LANG_INFO.get(code, {})
    return unicodedata.normalize("NFC", str(known.get("name_local") or MORE.get(code) or code).strip())


def is_right_to_left(code: str) -> bool:
    """Tell whether a language is written from right to left."""
    return code.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT


def direction_of(text: str, language: str) -> str:
    """Return how to set a text: as its language is written, or as its own letters say where they are of another kind.

    A text may be marked with the wrong language, or with none.
    """
    if not language:
        return "auto"
    kinds = [unicodedata.bidirectional(letter) for letter in text[:2000]]
    right, left = sum(kind in {"R", "AL"} for kind in kinds), kinds.count("L")
    if is_right_to_left(language):
        return "rtl" if right or not left else "auto"
    return "auto" if right > left else "ltr"


def writing_choices() -> list[tuple[str, object]]:
    """Return what a person may choose from: each language by its own name, none chosen first."""
    return [("", _("Not said")), *((code, name_of(code)) for code in settings.WRITING_LANGUAGES)]
