"""What people type into a discussion."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from documents.uploads import describe_limits
from forum.models import Attention, NewsChoice, Participant, Rhythm
from forum.models.post import LONGEST_POST, MOST_FILES
from web.fields import SearchField, WritingLanguageField


class SeveralFiles(forms.ClearableFileInput):
    """A file picker that takes several at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; empty where none was chosen."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise ValidationError(_("Attach at most five files to a post."), code="too-many-files")
        check = super().clean
        return [check(one, initial) for one in given if one]


class PostForm(forms.Form):
    """A post, who is mentioned in it, and files."""

    body = forms.CharField(
        label=_("Your post"),
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "An empty line begins a paragraph. **bold**, *slanted*, - a list, > a quotation, "
            "[words](https://…) a link. Pictures go with the post as files."
        ),
    )
    language = WritingLanguageField()
    mentions = forms.MultipleChoiceField(
        label=_("Mention"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever you tick is told at once. Only people in this group can be mentioned."),
    )
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, people: Sequence[Participant] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = people
        mentions = self.fields["mentions"]
        assert isinstance(mentions, forms.MultipleChoiceField)  # noqa: S101 - for the types
        mentions.choices = [(str(one.pk), f"{one.person_name}, {one.organisation_name}") for one in people]
        if not people:
            del self.fields["mentions"]
        self.fields["files"].help_text = describe_limits()

    def clean_body(self) -> str:
        """Keep no control characters but line ends."""
        text = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        return "".join(
            letter for letter in text if letter in "\n\t" or letter.isprintable() or ord(letter) > 0x9F
        )

    def told(self) -> list[int]:
        """Return the persons who are mentioned."""
        ticked = set(self.cleaned_data.get("mentions", ()))
        return [one.person_id for one in self.people if str(one.pk) in ticked and one.person_id is not None]


class ThreadForm(PostForm):
    """A thread with its first post."""

    title = forms.CharField(label=_("Title"), max_length=160)
    field_order = ("title", "body", "language", "mentions", "files")


class EditForm(forms.Form):
    """Other words for a post."""

    body = PostForm.base_fields["body"]
    language = WritingLanguageField()
    clean_body = PostForm.clean_body


class TitleForm(forms.Form):
    """Another title for a thread."""

    title = forms.CharField(label=_("Title"), max_length=160)
    language = WritingLanguageField()


class ReasonForm(forms.Form):
    """A reason, for co-leads and their log."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    language = WritingLanguageField()

    def __init__(self, *args: Any, label: Any = None, required: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = required
        if label:
            self.fields["reason"].label = label


class AttentionForm(forms.Form):
    """Follow, mute or neither."""

    attention = forms.ChoiceField(choices=Attention.choices, required=False)


class SearchForm(forms.Form):
    """Words to look for in what one may read."""

    q = SearchField(label=_("Words in posts and titles"))


class NewsForm(forms.ModelForm[NewsChoice]):
    """How often a person wants news."""

    rhythm = forms.ChoiceField(
        label=_("News from my groups by mail"),
        choices=Rhythm.choices,
        widget=forms.RadioSelect,
        help_text=_("A letter says how many posts are new in which group; it repeats no words of anybody."),
    )

    class Meta:
        model = NewsChoice
        fields = ("rhythm", "mails_mentions")
