"""How what happens to documents reads in a history; nobody is told of it by mail."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase

phrase("documents.stored", _("%(who)s stored the file “%(what)s”."))
