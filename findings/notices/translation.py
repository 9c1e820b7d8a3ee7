"""What the history says of translations."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase

phrase("findings.translated", _("%(who)s wrote a translation beside %(what)s."), route="findings:finding")
