"""A key with which a program acts for one organisation."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models.organisation import Organisation
from organisations.models.person import Person
from organisations.visibility import Viewer


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """API tokens, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Tokens of the viewer's own organisation."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id)


class ApiToken(models.Model):
    """Shown once, kept as a hash; it acts as the membership of the person who made it, within `scopes`."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="api_tokens")
    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name
