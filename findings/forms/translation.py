"""The form of a translation: one field beside each text of the original."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from findings.queries.translation import Piece
from web.fields import WritingLanguageField

LONGEST = 10_000
PREFIX = "text-"


class TranslationForm(forms.Form):
    """A language, who may read it, and words beside each text; what stays empty is not translated."""

    language = WritingLanguageField(
        label=_("Language of your translation"),
        required=True,
        error_messages={"required": _("Choose the language of your translation.")},
    )
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=[
            ("shared", _("Everyone who sees the original")),
            ("own", _("Only my organisation")),
        ],
        widget=forms.RadioSelect,
        initial="own",
    )

    def __init__(
        self, *args: Any, pieces: Sequence[Piece], may_share: bool, language: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.pieces = pieces
        for piece in pieces:
            self.fields[f"{PREFIX}{piece.name}"] = forms.CharField(
                label=piece.label,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 1 if len(piece.text) < 90 else 4, "dir": "auto"}),
            )
        if not may_share:
            del self.fields["audience"]

    def side_by_side(self) -> list[tuple[Piece, forms.BoundField]]:
        """Return each text with the field beside it."""
        return [(piece, self[f"{PREFIX}{piece.name}"]) for piece in self.pieces]

    @property
    def is_shared(self) -> bool:
        """Whether everyone who sees the original may read it."""
        return self.cleaned_data.get("audience") == "shared"

    def words(self) -> dict[str, str]:
        """Return what was written, by the names of the texts."""
        return {piece.name: self.cleaned_data[f"{PREFIX}{piece.name}"] for piece in self.pieces}
