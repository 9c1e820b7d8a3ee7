"""The competition-law notice: what everybody accepts, version by version, before they enter a group."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.visibility import for_members
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class CompetitionNoticeQuerySet(models.QuerySet["CompetitionNotice"]):
    """Notices."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member reads them."""
        return for_members(self, viewer)

    def in_force(self, operator_id: int) -> "CompetitionNotice | None":
        """Return the operator's newest notice; None while there is none, and then nobody enters its groups."""
        return self.filter(operator_id=operator_id).order_by("-number").first()


class CompetitionNotice(models.Model):
    """One version of an operator's notice; append-only. A new one closes every group's door until it is accepted."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("operator"))
    number = models.PositiveSmallIntegerField(_("version"))
    body = models.TextField(_("words of the notice"), max_length=8000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    published_at = models.DateTimeField(_("published"))

    objects = CompetitionNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("competition-law notice")
        verbose_name_plural = _("competition-law notices")
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "number"], name="competition_notice_once_per_version"
            ),
            models.CheckConstraint(condition=~models.Q(body=""), name="competition_notice_says_something"),
        ]

    def __str__(self) -> str:
        return _("Competition-law notice, version %(number)s") % {"number": self.number}

    @property
    def owner_id(self) -> int:
        """The operator."""
        return self.operator_id


class NoticeAcceptanceQuerySet(models.QuerySet["NoticeAcceptance"]):
    """Acceptances."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own."""
        return self.none() if viewer is None else self.filter(person_id=viewer.person_id)


class NoticeAcceptance(models.Model):
    """That a person has accepted a version; append-only."""

    notice = models.ForeignKey(CompetitionNotice, models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("accepted"))

    objects = NoticeAcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance of a notice")
        verbose_name_plural = _("acceptances of notices")
        constraints = [
            models.UniqueConstraint(fields=["notice", "person"], name="notice_accepted_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} accepts notice {self.notice_id}"
