"""What happens to methodologies and to what comes in from files, in words for the activity; nobody gets mail of it."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase

AUDIT = "findings:audit"
phrase("findings.methodology_loaded", _("%(who)s loaded the methodology %(what)s."))
phrase("findings.closure_policy_set", _("%(who)s set a closure period of %(what)s."))
phrase(
    "findings.management_rated", _("%(who)s rated the management systems of the audit %(what)s."), route=AUDIT
)
phrase("findings.import_uploaded", _("%(who)s brought “%(what)s” for an audit."))
phrase("findings.import_applied", _("%(who)s took “%(what)s” into an audit."))
phrase("findings.import_discarded", _("%(who)s put “%(what)s” away."))
