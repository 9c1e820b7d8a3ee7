"""Which languages the interface and its mails speak: those with a compiled catalogue in the folder of catalogues."""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language


def languages_in(folder: Path) -> list[tuple[str, str]]:
    """Return code and own name of each language with a compiled catalogue, `bn/LC_MESSAGES/django.mo`, by name.

    A language that Django does not know is left out: it would not know its direction and plurals either.
    """
    found = {to_language(path.parts[-3]) for path in folder.glob("*/LC_MESSAGES/django.mo")}
    names = {code: str(LANG_INFO[code].get("name_local", code)) for code in found if code in LANG_INFO}
    return sorted(
        ((code, name[:1].upper() + name[1:]) for code, name in names.items()), key=lambda one: one[1]
    )
