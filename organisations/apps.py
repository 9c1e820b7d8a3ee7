"""The organisations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    """People, organisations and memberships."""

    name = "organisations"
    verbose_name = _("organisations")
