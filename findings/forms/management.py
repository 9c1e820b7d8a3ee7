"""HTML input for the management systems grid: a grade and a note per cell."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from findings.models.facts import Rated
from findings.queries.management import Cell, Grid, Line
from web.fields import WritingLanguageField

MOST_WORDS = 2000


class GridForm(forms.Form):
    """One group of grades and one note per cell; only cells that were sent are taken.

    A whole page also sends what each cell was when it was drawn (`was-`): a cell that its sender did not touch stays
    as a colleague has made it meanwhile.
    """

    language = WritingLanguageField(
        help_text=_("For the notes that you write or change from now on."),
    )

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        choices = [(step.grade.key, step.grade.title) for step in grid.steps]
        for cell in grid.cells:
            said = cell.rating
            self.fields[f"grade-{cell.name}"] = forms.ChoiceField(
                label=cell.element.title,
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial=said.grade.key if said else "",
            )
            self.fields[f"note-{cell.name}"] = forms.CharField(
                label=_("Note on: %(element)s") % {"element": cell.element.title},
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=MOST_WORDS,
                required=False,
                initial=said.note if said else "",
            )

    def rows(self) -> Iterator[tuple[Line, list[dict[str, Any]]]]:
        """Give each section with its cells and their two fields."""
        for line in self.grid.lines:
            yield line, [self._cell(cell) for cell in line.cells]

    def _cell(self, cell: Cell) -> dict[str, Any]:
        rank = {step.grade.key: step.rank for step in self.grid.steps}
        grade = self[f"grade-{cell.name}"]
        return {
            "cell": cell,
            "grade": grade,
            "options": [(radio, rank[radio.data["value"]], len(rank)) for radio in grade],
            "note": self[f"note-{cell.name}"],
            "was": f"{cell.rating.grade.key if cell.rating else ''}|{cell.rating.note if cell.rating else ''}",
            "sent": f"grade-{cell.name},note-{cell.name},language",
        }

    def clean(self) -> dict[str, Any]:
        """Check that no note stands without a grade."""
        cleaned = super().clean() or self.cleaned_data
        for cell in self.grid.cells:
            grade, note = f"grade-{cell.name}", f"note-{cell.name}"
            if cleaned.get(note) and not cleaned.get(grade) and grade not in self.errors:
                self.add_error(note, _("Choose a grade as well, so that the note can be kept."))
        return cleaned

    def rated(self) -> list[Rated]:
        """Return what was said of each cell that was sent and touched."""
        found = []
        for cell in self.grid.cells:
            grade, note = f"grade-{cell.name}", f"note-{cell.name}"
            if grade not in self.data or not self.cleaned_data.get(grade):
                continue
            said, words = self.cleaned_data[grade], self.cleaned_data[note].strip()
            was = self.data.get(f"was-{cell.name}")
            if was is not None and was.replace("\r\n", "\n") == f"{said}|{words}".replace("\r\n", "\n"):
                continue
            language = self.cleaned_data["language"]
            if cell.rating and cell.rating.note == words:
                language = cell.rating.language
            found.append(Rated(cell.name, said, words, language))
        return found
