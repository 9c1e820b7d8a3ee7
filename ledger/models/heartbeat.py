"""Signs of life of the things that run by themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a recurring job last did its work, and what it saw; holds nothing of any tenant."""

    name = models.CharField(_("name"), max_length=80, primary_key=True)
    at = models.DateTimeField(_("at"))
    data = models.JSONField(_("seen"), default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
