"""Fields of work that is tried, and tried again later when it fails."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tried(models.Model):
    """Work with a count of tries, the moment of the next one and the last error."""

    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        abstract = True
