"""Who is told what happened in a view they follow; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.models import Subscription
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import viewer_for


@notice("findings.digest_told", route="findings:portfolio_view")
def _follower(entry: Entry) -> Iterable[Recipient]:
    """Whoever asked for it, as long as they still follow the view as a member."""
    asked = Subscription.objects.filter(saved_view_id=entry.subject_id, person_id=entry.data["person"])
    for one in asked:
        if viewer_for(person_id=one.person_id, organisation_id=one.organisation_id) is not None:
            yield Recipient(one.person_id, one.organisation_id)


phrase("findings.view_kept", _("%(who)s kept the view “%(what)s”."))
phrase("findings.view_removed", _("%(who)s removed the view “%(what)s”."))
phrase("findings.digest_told", _("News of the view “%(what)s” went to a colleague who follows it."))
phrase("findings.list_taken", _("%(who)s took a list away as a file."))
