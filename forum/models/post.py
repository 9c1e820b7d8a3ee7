"""Posts: what people say in a thread, and what hangs on it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from forum.lifecycle import PostState
from forum.models.group import Group, GroupAccess, InsideQuerySet, SignedInside
from forum.models.naming import NamesPeople
from forum.models.thread import Thread
from ledger.codes import new_code
from organisations.models import Person
from organisations.visibility import Viewer

LONGEST_POST = 20_000
MOST_FILES = 5  # of one post


class PostQuerySet(InsideQuerySet["Post"]):
    """Posts."""

    def shown(self) -> Self:
        """Those with words to read."""
        return self.filter(state=PostState.SHOWN)


class Post(SignedInside):
    """One post. Its words leave it when it is hidden or deleted (`PostVersion` keeps them), so no search finds them.

    `number` counts from one within the thread, by trigger; the first post opens the thread.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts")
    number = models.PositiveIntegerField(_("number"), default=0, editable=False)
    body = models.TextField(_("post"), max_length=LONGEST_POST, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    posted_at = models.DateTimeField(_("posted"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        default=PostState.SHOWN,
        choices=[
            (PostState.SHOWN.value, _("Shown")),
            (PostState.HIDDEN.value, _("Hidden")),
            (PostState.DELETED.value, _("Deleted")),
        ],
    )
    changed_at = models.DateTimeField(_("hidden or deleted"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_once_per_thread"),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in PostState]), name="post_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="shown") & ~models.Q(body="")
                | ~models.Q(state="shown") & models.Q(body=""),
                name="post_shown_has_words",
            ),
        ]
        indexes = [models.Index(fields=["group", "posted_at"], name="post_of_group_by_time")]

    def __str__(self) -> str:
        return f"post {self.code}"

    @property
    def is_shown(self) -> bool:
        """Whether there are words to read."""
        return self.state == PostState.SHOWN


class PostVersionQuerySet(models.QuerySet["PostVersion"]):
    """Earlier words."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The author's own, and those of groups that the viewer leads."""
        if viewer is None:
            return self.none()
        entered = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
        own = models.Q(person_id=viewer.person_id, organisation_id=viewer.organisation_id)
        return self.filter(models.Exists(entered.filter(is_co_lead=True)) | own & models.Exists(entered))


class PostVersion(SignedInside):
    """Words that a post had before it was edited, hidden or deleted; written by its trigger alone."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="versions")
    body = models.TextField(_("post"))
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    until_at = models.DateTimeField(_("stood until"))

    objects = PostVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier version of a post")
        verbose_name_plural = _("earlier versions of posts")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"version {self.pk} of post {self.post_id}"


class Mention(NamesPeople):
    """That a post names somebody inside the group, who is told."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="mentions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    person_name = models.CharField(_("name"), max_length=254, default="", editable=False)

    objects = InsideQuerySet["Mention"].as_manager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["post", "person"], name="person_mentioned_once_per_post"),
        ]

    def __str__(self) -> str:
        return f"post {self.post_id} mentions person {self.person_id}"


class PostFile(models.Model):
    """A file that hangs on a post."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="files")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    objects = InsideQuerySet["PostFile"].as_manager()

    class Meta:
        verbose_name = _("file of a post")
        verbose_name_plural = _("files of posts")

    def __str__(self) -> str:
        return f"file of post {self.post_id}"


class ReactionKind(models.TextChoices):
    """What one can say without words; each has its words for whoever hears the page."""

    AGREE = "agree", _("I agree")
    THANKS = "thanks", _("Thank you")
    HELPFUL = "helpful", _("This helps me")
    UNSURE = "unsure", _("I am not sure")


class Reaction(SignedInside):
    """What somebody says to a post without words; taken back by deleting it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="reactions")
    kind = models.CharField(_("kind"), max_length=8, choices=ReactionKind.choices)

    objects = InsideQuerySet["Reaction"].as_manager()

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["post", "person", "kind"], name="reaction_once_per_person"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReactionKind.values), name="reaction_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to post {self.post_id}"
