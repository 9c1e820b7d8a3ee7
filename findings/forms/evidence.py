"""Choosing evidence: what is there already, or a new file; and asking for it and answering."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.formats import ACCEPT
from documents.uploads import describe_limits
from findings.models import Finding
from findings.queries.evidence import Offer, reusable_for
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from sourcing.models import Evidence
from sourcing.queries.evidence import kind_choices
from web.fields import WritingLanguageField

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
SHOWS_WORKERS = gettext_lazy("Does it show names, faces, ID or bank numbers of workers?")
MOST = 20


class EvidenceField(forms.ModelMultipleChoiceField[Any]):
    """Own pieces of evidence, ticked one by one and sent by their codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "queryset": Evidence.objects.none(),
            "to_field_name": "code",
            "required": False,
        }
        super().__init__(**(given | kwargs))


class EvidenceForm(forms.Form):
    """Fields that any form can take in: "choose what you have, or add a file".

    Inherit from it and call `super().__init__(*args, viewer=viewer, finding=finding)`. The page needs
    `enctype="multipart/form-data"` and `{% include "findings/_evidence_picker.html" %}`; the view gives
    `**form.wanted_evidence()` to `findings.actions.evidence.gather` and what that returns to `attach`.
    """

    evidence = EvidenceField(label=gettext_lazy("Choose what you have"))
    file = forms.FileField(
        label=gettext_lazy("Or add a new file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    file_kind = forms.ChoiceField(label=gettext_lazy("What is the new file?"), required=False)
    file_shows_workers = forms.ChoiceField(
        label=SHOWS_WORKERS, choices=YES_NO, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, viewer: Viewer, finding: Finding, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._viewer, self._finding, self._kind = viewer, finding, kind
        field = cast("EvidenceField", self.fields["evidence"])
        field.queryset = Evidence.objects.visible_to(viewer).in_force()
        self.fields["file"].help_text = describe_limits()
        cast("forms.ChoiceField", self.fields["file_kind"]).choices = [
            ("", _("Choose")),
            *kind_choices(),
        ]
        if kind:
            self.fields["file_kind"].initial = kind

    @property
    def offers(self) -> list[tuple[Offer, bool]]:
        """What the reader has already, what fits best first, and whether it is ticked."""
        ticked = (
            set(self.data.getlist("evidence")) if self.is_bound and hasattr(self.data, "getlist") else set()
        )
        found = reusable_for(self._viewer, self._finding, on=timezone.localdate(), kind=self._kind)
        return [(offer, offer.evidence.code in ticked) for offer in found]

    def clean(self) -> dict[str, Any]:
        """Ask about workers when there is a file; refuse what shows them, since others would see it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if len(said.get("evidence") or ()) > MOST:
            self.add_error("evidence", _("Choose at most %(n)s pieces.") % {"n": MOST})
        if said.get("file"):
            self._judge_file(said)
        return said

    def _judge_file(self, said: dict[str, Any]) -> None:
        answer = said.get("file_shows_workers")
        if not answer and "file_shows_workers" not in self.errors:
            self.add_error("file_shows_workers", _("Answer this for the new file."))
        if answer == "yes":
            self.add_error(
                "file_shows_workers",
                _(
                    "Others cannot see such a file. Cover names, faces and numbers in a copy, and add the copy."
                ),
            )

    def blame(self, refusal: Refusal) -> None:
        """Put a refusal beside the field that it is about; nothing typed is lost."""
        names = {"shows_workers": "file_shows_workers", "kind": "file_kind"}
        found = (names.get(name, name) for name in refusal.fields)
        field = next((name for name in found if name in self.fields), None)
        is_of_file = refusal.code.startswith("file-")
        self.add_error(field or ("file" if is_of_file else "evidence"), refusal.sentence)

    def wanted_evidence(self) -> dict[str, Any]:
        """Return what `gather` is called with, once the form is valid."""
        said = self.cleaned_data
        return {
            "chosen": list(said.get("evidence") or ()),
            "file": said.get("file") or None,
            "kind": said.get("file_kind") or self._kind,
            "shows_workers": {"yes": True, "no": False}.get(said.get("file_shows_workers") or ""),
        }


class AskForm(forms.Form):
    """What somebody asks the site to show."""

    kind = forms.ChoiceField(label=gettext_lazy("What kind of evidence do you need?"))
    message = forms.CharField(
        label=gettext_lazy("What should it show?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Name the time and the people it should cover. Do not ask for workers’ names."
        ),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["kind"]).choices = [("", _("Choose")), *kind_choices()]


class AttachForm(EvidenceForm):
    """Evidence that has to be there."""

    def clean(self) -> dict[str, Any]:
        """Ask for at least one piece."""
        said = super().clean()
        if not said.get("evidence") and not said.get("file") and not self.errors:
            self.add_error("evidence" if self.offers else "file", _("Choose what you have, or add a file."))
        return said


class AnswerForm(AttachForm):
    """Evidence for whoever asks, with a word about it if needed."""

    answer = forms.CharField(
        label=gettext_lazy("A word about it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = WritingLanguageField()


class DeclineForm(forms.Form):
    """Why there is nothing to show."""

    answer = forms.CharField(
        label=gettext_lazy("Why not?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only the one who asked reads this."),
    )
    language = WritingLanguageField()
