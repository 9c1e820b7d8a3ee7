"""Evidence in an assessment: what one has already or adds, and the criteria that it proves."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.formats import ACCEPT
from documents.uploads import describe_limits
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from schemes.models import Criterion
from sourcing.models import Evidence
from sourcing.models.evidence_facts import EvidenceFacts
from sourcing.queries.evidence import kind_choices

MOST = 20


class PointForm(forms.Form):
    """The criteria that a piece proves."""

    criteria = forms.MultipleChoiceField(
        label=gettext_lazy("Which criteria does it prove?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick as many as it helps. You never need to add it a second time."),
        error_messages={"required": gettext_lazy("Tick at least one criterion.")},
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["criteria"]).choices = [
            (one.key, f"{one.position}. {one.title}") for one in criteria
        ]


class ShowForm(PointForm):
    """Choose what one has, or add a file or link; then point at criteria."""

    evidence = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Choose what you have"),
        queryset=Evidence.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(
        label=gettext_lazy("A new file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    url = forms.URLField(
        label=gettext_lazy("Or a link to a public page"),
        max_length=2000,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("For example your statement on modern slavery."),
    )
    title = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "So that you and the assessor find it again. Left empty, it has the file’s name."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What kind of evidence is it?"), required=False)
    shows_workers = forms.ChoiceField(
        label=gettext_lazy("Does it show names, faces, ID or bank numbers of workers?"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
        required=False,
        widget=forms.RadioSelect,
    )

    hides_optional = True
    field_order = ("evidence", "file", "url", "title", "kind", "shows_workers", "criteria")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[Evidence]", self.fields["evidence"])
        field.queryset = Evidence.objects.visible_to(viewer).in_force()
        self.fields["file"].help_text = describe_limits()
        cast("forms.ChoiceField", self.fields["kind"]).choices = [("", _("Choose")), *kind_choices()]

    @property
    def ticked(self) -> set[str]:
        """The codes of the pieces that are ticked."""
        sent = self.data if isinstance(self.data, QueryDict) else QueryDict()
        return set(sent.getlist("evidence"))

    def clean(self) -> dict[str, Any]:
        """Ask for something to show; of what is new, whether it shows workers."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        new = bool(said.get("file") or said.get("url"))
        if said.get("file") and said.get("url"):
            self.add_error("url", _("Add a file or a link, one at a time."))
        if len(said.get("evidence") or ()) > MOST:
            self.add_error("evidence", _("Choose at most %(n)s pieces.") % {"n": MOST})
        if not new and not said.get("evidence") and not self.errors.keys() & {"evidence", "file", "url"}:
            self.add_error("file", _("Choose something that you have, or add a file or a link."))
        if new:
            self._judge_new(said)
        return said

    def _judge_new(self, said: dict[str, Any]) -> None:
        if said.get("url") and not said.get("title"):
            self.add_error("title", _("Say what the link leads to."))
        if not said.get("shows_workers") and "shows_workers" not in self.errors:
            self.add_error("shows_workers", _("Answer this for what you add."))
        elif said.get("shows_workers") == "yes":
            self.add_error(
                "shows_workers",
                _(
                    "Others cannot see such a file. Cover names, faces and numbers in a copy, and add the copy."
                ),
            )

    def facts(self) -> EvidenceFacts:
        """Return what is said about the new piece, once the form is valid."""
        said = self.cleaned_data
        name = said["file"].name.rpartition(".")[0] if said.get("file") else ""
        title = said["title"].strip() or name or _("Evidence")
        return EvidenceFacts(kind=said["kind"] or "other", title=title[:200])

    def blame(self, refusal: Refusal) -> None:
        """Put a refusal beside the field that it is about."""
        field = next((name for name in refusal.fields if name in self.fields), None)
        is_of_file = refusal.code.startswith("file-")
        self.add_error(field or ("file" if is_of_file else None), refusal.sentence)
