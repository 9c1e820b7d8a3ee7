"""Keeping order in a discussion: reports of posts, and the log of what co-leads did."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import ReportState
from forum.models.group import GroupAccess, SignedInside
from forum.models.post import Post
from forum.models.thread import Thread
from ledger.codes import new_code
from organisations.visibility import Viewer


def _led(viewer: Viewer) -> models.Q:
    entered = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
    return models.Q(models.Exists(entered.filter(is_co_lead=True)))


class PostReportQuerySet(models.QuerySet["PostReport"]):
    """Reports."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of groups that the viewer leads, and one's own."""
        if viewer is None:
            return self.none()
        entered = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
        own = models.Q(person_id=viewer.person_id, organisation_id=viewer.organisation_id)
        return self.filter(_led(viewer) | own & models.Exists(entered))


class PostReport(SignedInside):
    """That somebody finds a post out of place. Only co-leads learn who says so."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="reports")
    reason = models.TextField(_("what is wrong with it"), max_length=1000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=ReportState.OPEN,
        choices=[
            (ReportState.OPEN.value, _("Waits for a co-lead")),
            (ReportState.UPHELD.value, _("The post was hidden")),
            (ReportState.DISMISSED.value, _("The post stays")),
        ],
    )
    reported_at = models.DateTimeField(_("reported"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = PostReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a post")
        verbose_name_plural = _("reports of posts")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "person"],
                condition=models.Q(state="open"),
                name="post_reported_once_per_person",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="post_report_says_why"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None)
                | models.Q(state__in=["upheld", "dismissed"], closed_at__isnull=False),
                name="post_report_closed_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.code}"


class ModerationStepQuerySet(models.QuerySet["ModerationStep"]):
    """The log."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """That of groups that the viewer leads."""
        return self.none() if viewer is None else self.filter(_led(viewer))


class ModerationStep(SignedInside):
    """What a co-lead did in a discussion, and why; append-only, read by co-leads."""

    class Kind(models.TextChoices):
        HIDE = "hide", _("hid a post")
        SHOW = "show", _("showed a post again")
        DISMISS = "dismiss", _("left a reported post as it is")
        LOCK = "lock", _("locked a thread")
        UNLOCK = "unlock", _("opened a thread again")
        PIN = "pin", _("pinned a thread")
        UNPIN = "unpin", _("unpinned a thread")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("what was done"), max_length=8, choices=Kind.choices)
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    at = models.DateTimeField(_("when"))

    objects = ModerationStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of moderation")
        verbose_name_plural = _("steps of moderation")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="hide") | ~models.Q(reason=""), name="moderation_hides_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in thread {self.thread_id}"
