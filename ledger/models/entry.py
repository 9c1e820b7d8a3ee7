"""Something that happened."""

from typing import Protocol, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.subjects import LONGEST_LABEL, about


class Actor(Protocol):
    """Who acts: a viewer, or anything else that names a person and an organisation."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def organisation_id(self) -> int | None: ...


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries; row security narrows them to those an organisation wrote or owns."""

    def about(self, subject: models.Model) -> Self:
        """The history of one thing, newest first."""
        return self.filter(**about(subject)).order_by("-at", "-id")

    def of_organisation(self, organisation_id: int) -> Self:
        """What an organisation did and what was done to what it owns, newest first."""
        mine = models.Q(organisation_id=organisation_id) | models.Q(owner_id=organisation_id)
        return self.filter(mine).order_by("-at", "-id")


class Entry(models.Model):
    """One thing that happened, who did it, to what, and how it was before and after.

    Never changed and never removed: the database refuses UPDATE, DELETE and TRUNCATE, also to the table's
    owner. Each new entry puts a row in the outbox by trigger, so nobody can be forgotten.
    """

    at = models.DateTimeField(_("at"))
    verb = models.CharField(_("verb"), max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("acting organisation"),
    )
    owner = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    subject_kind = models.CharField(_("kind of subject"), max_length=80)
    subject_id = models.BigIntegerField(_("subject"))
    subject_code = models.CharField(_("code of subject"), max_length=40, blank=True)
    subject_label = models.CharField(_("name of subject"), max_length=LONGEST_LABEL, blank=True)
    data = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            models.Index(fields=["owner", "-at", "-id"], name="entry_of_owner"),
            models.Index(fields=["organisation", "-at", "-id"], name="entry_of_organisation"),
            models.Index(fields=["subject_kind", "subject_id", "-at", "-id"], name="entry_about"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_code}".strip()
