"""What happens to schemes and editions, in words for the scheme body's activity."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase

phrase("schemes.edition_saved", _("%(who)s wrote a draft of “%(what)s”."))
phrase("schemes.edition_discarded", _("%(who)s threw the draft of “%(what)s” away."))
phrase("schemes.edition_published", _("%(who)s published “%(what)s”."))
phrase("schemes.edition_followed", _("“%(what)s” was followed by a new edition."))
phrase("schemes.scheme_entrusted", _("Your organisation runs the scheme “%(what)s” from now on."))
