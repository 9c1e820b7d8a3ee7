"""Issues that stand from meeting to meeting until they are closed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import IssueState
from forum.models.group import InsideQuerySet, SignedInside
from ledger.codes import new_code


# Not IssueQuerySet: the type checker knows managers by the bare name of their queryset, and schemes has that one.
class GroupIssueQuerySet(InsideQuerySet["Issue"]):
    """Issues."""

    def still_open(self) -> "GroupIssueQuerySet":
        """Those that stand."""
        return self.filter(state=IssueState.OPEN)


class Issue(SignedInside):
    """A matter that the group keeps in sight; agendas point to it, notes say what came of each time."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("issue"), max_length=200)
    body = models.TextField(_("what it is about"), max_length=4000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=IssueState.OPEN,
        choices=[(IssueState.OPEN.value, _("Open")), (IssueState.CLOSED.value, _("Closed"))],
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = GroupIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="group_issue_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None)
                | models.Q(state="closed", closed_at__isnull=False),
                name="group_issue_closed_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["group", "-opened_at", "-id"], name="issue_of_group")]

    def __str__(self) -> str:
        return self.title


class IssueNoteQuerySet(InsideQuerySet["IssueNote"]):
    """Notes."""


class IssueNote(SignedInside):
    """What was said about an issue at some time; it stays."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="notes")
    body = models.TextField(_("note"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    at = models.DateTimeField(_("written"))

    objects = IssueNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on an issue")
        verbose_name_plural = _("notes on issues")
        constraints = [models.CheckConstraint(condition=~models.Q(body=""), name="issue_note_says_something")]

    def __str__(self) -> str:
        return f"note on issue {self.issue_id}"
