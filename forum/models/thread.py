"""Threads: what a group talks about, one thing at a time, and how far each person has read."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.models.group import Group, InsideQuerySet, SignedInside
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class Attention(models.TextChoices):
    """How closely somebody listens to a thread or a group; empty is the ordinary way."""

    FOLLOW = "follow", _("Follow: I am told of every post")
    ORDINARY = "", _("The ordinary way: threads in which I wrote")
    MUTE = "mute", _("Mute: only when somebody mentions me")


class ThreadQuerySet(InsideQuerySet["Thread"]):
    """Threads."""


class Thread(SignedInside):
    """One conversation in a group; `posts_count` and `last_at` are kept by the trigger of posts."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    started_at = models.DateTimeField(_("started"))
    last_at = models.DateTimeField(_("last post"))
    posts_count = models.PositiveIntegerField(_("posts"), default=0, editable=False)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    is_locked = models.BooleanField(_("locked"), default=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="thread_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["group", "-is_pinned", "-last_at", "-id"], name="thread_newest_of_group"),
        ]

    def __str__(self) -> str:
        return self.title


class OwnRows(models.QuerySet["ThreadReading"]):
    """A person's own rows."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own, for the organisation that one acts for."""
        if viewer is None:
            return self.none()
        return self.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class ThreadReading(models.Model):
    """How far a person has read a thread, and how closely they listen; nobody else reads it."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="+", editable=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="readings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    read_to = models.PositiveIntegerField(_("read up to post"), default=0)
    attention = models.CharField(
        _("attention"), max_length=6, choices=Attention.choices, blank=True, default=""
    )
    has_written = models.BooleanField(default=False)

    objects = OwnRows.as_manager()

    class Meta:
        verbose_name = _("reading of a thread")
        verbose_name_plural = _("readings of threads")
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "person", "organisation"], name="thread_read_once_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(attention__in=Attention.values), name="thread_attention_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "organisation", "group"], name="thread_readings_of_person"),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} has read thread {self.thread_id} up to {self.read_to}"


class OwnListening(models.QuerySet["GroupListening"]):
    """A person's own rows."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own, for the organisation that one acts for."""
        if viewer is None:
            return self.none()
        return self.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


class GroupListening(models.Model):
    """How closely a person listens to a whole group; nobody else reads it."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    attention = models.CharField(
        _("attention"), max_length=6, choices=Attention.choices, blank=True, default=""
    )

    objects = OwnListening.as_manager()

    class Meta:
        verbose_name = _("listening to a group")
        verbose_name_plural = _("listening to groups")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person", "organisation"], name="group_listened_to_once_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(attention__in=Attention.values), name="group_attention_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} listens to group {self.group_id}"
