"""What the public can check: a certificate by its code, and the register of members who consent."""

import datetime as dt
import secrets
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import ALPHABET
from organisations.models import Organisation
from organisations.visibility import Viewer
from schemes.models.decision import Decision
from schemes.models.definition import Scheme
from schemes.models.membership import SchemeMembership
from schemes.visibility import of_either

LENGTH = 20


def new_certificate_code() -> str:
    """Return twenty random characters (100 bits): whoever holds the paper can check it, nobody can guess another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class CertificateStatus(models.TextChoices):
    """What a certificate is worth on a day; computed, never stored."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def status_on(
    day: dt.date, *, expires_on: dt.date, is_superseded: bool, is_withdrawn: bool
) -> CertificateStatus:
    """Return what a certificate is worth on a day."""
    if is_withdrawn:
        return CertificateStatus.WITHDRAWN
    if is_superseded:
        return CertificateStatus.SUPERSEDED
    return CertificateStatus.EXPIRED if day > expires_on else CertificateStatus.VALID


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own organisation, and those of its schemes; the public asks `app.certificate`."""
        return of_either(self, viewer)

    def in_force(self) -> Self:
        """Those that were neither followed by another nor withdrawn; they may have expired."""
        return self.filter(superseded_by=None, withdrawn_at=None)


class Certificate(models.Model):
    """A level on paper, until a day; what it says never changes, only whether it still counts."""

    code = models.CharField(
        _("code"), max_length=24, unique=True, default=new_certificate_code, editable=False
    )
    membership = models.ForeignKey(SchemeMembership, models.PROTECT, related_name="certificates")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="certificate")
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    member_name = models.CharField(_("member"), max_length=200, editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    body_name = models.CharField(_("scheme body"), max_length=200, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", editable=False)
    scheme_title = models.CharField(_("scheme"), max_length=120, editable=False)
    level = models.CharField(_("level"), max_length=40, editable=False)
    level_title = models.CharField(_("level"), max_length=80, editable=False)
    issued_on = models.DateField(_("issued on"), editable=False)
    expires_on = models.DateField(_("valid until"))
    superseded_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_on__gt=models.F("issued_on")),
                name="certificate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9A-Z]{16,}$"), name="certificate_code_is_long"
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by=None) | ~models.Q(superseded_by=models.F("pk")),
                name="certificate_follows_another",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(superseded_by=None, withdrawn_at=None),
                name="certificate_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the member."""
        return self.member_id

    def status_on(self, day: dt.date) -> CertificateStatus:
        """Return what it is worth on a day."""
        return status_on(
            day,
            expires_on=self.expires_on,
            is_superseded=self.superseded_by_id is not None,
            is_withdrawn=self.withdrawn_at is not None,
        )


class PublicRegisterQuerySet(models.QuerySet["RegisterEntry"]):
    """The public register."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Everybody reads it, also without an account."""
        return self.all()


class RegisterEntry(models.Model):
    """A member who consents, as the public sees it; kept by triggers alone.

    `history` is a list of `{"level", "title", "on"}`, oldest first. Nothing tells whether a member is on notice.
    """

    membership = models.OneToOneField(SchemeMembership, models.CASCADE, related_name="+", editable=False)
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="register", editable=False)
    name = models.CharField(_("member"), max_length=200, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True, editable=False)
    level = models.CharField(_("level"), max_length=40, editable=False)
    level_title = models.CharField(_("level"), max_length=80, editable=False)
    level_rank = models.PositiveSmallIntegerField(editable=False)
    since_on = models.DateField(_("at this level since"), editable=False)
    joined_on = models.DateField(_("member since"), editable=False)
    history = models.JSONField(_("history"), default=list, editable=False)

    objects = PublicRegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry in the register")
        verbose_name_plural = _("register")
        indexes = [models.Index(fields=["scheme", "name", "id"], name="scheme_register_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def dated_history(self) -> list[dict[str, Any]]:
        """The history with its days as dates, newest first, as people read it."""
        told = [{"title": one["title"], "on": dt.date.fromisoformat(one["on"])} for one in self.history]
        return told[::-1]
