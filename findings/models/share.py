"""The exceptional share: one published audit, or one CAR with its plan, shown to one outsider for a while."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from findings.models.audit import Audit
from findings.models.finding import Finding
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

LONGEST = timedelta(days=366)


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Shares that the viewer's organisation gave, within site limits, and those the viewer received."""
        if viewer is None:
            return self.none()
        return self.filter(self._given(viewer) | self._received(viewer))

    def given_by(self, viewer: Viewer) -> Self:
        """Shares that the viewer's organisation gave, in force or over, within the member's site limits."""
        return self.filter(self._given(viewer))

    def received_by(self, viewer: Viewer) -> Self:
        """Shares in force that name the viewer, or the organisation for which they look."""
        return self.filter(self._received(viewer))

    def in_force(self, at: datetime) -> Self:
        """Shares neither revoked nor past their end."""
        return self.filter(revoked_at=None, ends_at__gt=at)

    @staticmethod
    def _given(viewer: Viewer) -> models.Q:
        own = models.Q(owner_id=viewer.organisation_id)
        return own if viewer.site_ids is None else own & models.Q(audit__site_id__in=viewer.site_ids)

    @staticmethod
    def _received(viewer: Viewer) -> models.Q:
        grants = AuditGrant.objects.in_force(viewer).filter(share_id=models.OuterRef("pk"))
        return models.Q(models.Exists(grants))


class Share(models.Model):
    """What an owner decided: who may read what, why and until when. Only ending it early changes it.

    The owner, the names and the address in lower case are filled by the database. Those columns are all that a
    recipient of a CAR learns of its audit: the audit's own row stays closed to them.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="shares", verbose_name=_("audit"))
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="shares", verbose_name=_("only this CAR")
    )
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    organisation_name = models.CharField(_("its name"), max_length=200, blank=True, editable=False)
    owner_name = models.CharField(_("supplier"), max_length=200, editable=False)
    audit_firm_name = models.CharField(_("audit firm"), max_length=200, editable=False)
    site_name = models.CharField(_("site"), max_length=250, editable=False)
    site_country = models.CharField(_("country of the site"), max_length=2, blank=True, editable=False)
    audited_on = models.DateField(_("last day of the audit"), editable=False)
    reason = models.TextField(_("reason"), max_length=1000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    granted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(_("shared"))
    ends_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("ended early"), null=True, blank=True)
    revoked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email="", organisation__isnull=False)
                | ~models.Q(email="") & models.Q(organisation=None),
                name="share_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("granted_at"))
                & models.Q(ends_at__lte=models.F("granted_at") + LONGEST),
                name="share_ends_within_a_year",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="share_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["owner", "-granted_at", "-id"], name="share_by_owner"),
            models.Index(fields=["email"], name="share_by_email"),
        ]

    def __str__(self) -> str:
        return self.site_name

    @property
    def recipient(self) -> str:
        """Who may read it, as the owner named them."""
        return self.email or self.organisation_name

    def state_at(self, at: datetime) -> str:
        """Return what has become of it: "in_force", "revoked" or "over"."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if self.ends_at > at else "over"

    @property
    def state(self) -> str:
        """What has become of it by now."""
        return self.state_at(timezone.now())


class GrantManager(UserObjectPermissionManager):
    """Guardian's manager, with the question that `visible_to` asks."""

    def in_force(self, viewer: Viewer) -> "models.QuerySet[AuditGrant]":
        """The viewer's own grants that have not ended: as a person, or as a member of the organisation they act for."""
        to_me = models.Q(organisation=None) | models.Q(organisation_id=viewer.organisation_id)
        return self.filter(to_me, user_id=viewer.person_id, ends_at__gt=timezone.now())


class AuditGrant(UserObjectPermissionBase):
    """One person's sight of one audit or CAR: django-guardian's grant with a direct foreign key to the audit.

    Written by triggers only, from `findings_audit_grant_rule`; row policies ask it. Two permissions are told
    apart: `view_audit` for the whole audit, `view_shared_car` when `finding` narrows it.
    """

    content_object = models.ForeignKey(Audit, models.CASCADE, related_name="grants")
    share = models.ForeignKey(Share, models.CASCADE, related_name="grants")
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    ends_at = models.DateTimeField()

    objects: ClassVar[GrantManager] = GrantManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "user"], name="audit_grant_once_per_share")]
        indexes = [models.Index(fields=["content_object", "user"], name="audit_grant_by_audit")]

    def __str__(self) -> str:
        return f"person {self.user_id} sees audit {self.content_object_id}"
