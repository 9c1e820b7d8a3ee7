"""Who is told of exceptional shares; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.models import Share
from findings.queries.share import people_named
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of


def _recipients_of(share: Share) -> Iterable[Recipient]:
    """Whom a share names: a person, an address without an account by letter, or an organisation’s people."""
    if share.organisation_id:
        yield from people_of([share.organisation_id])
        return
    known = list(people_named(share))
    yield from (Recipient(person, None) for person in known)
    if not known:
        yield Recipient(None, None, address=share.email)


@notice("findings.shared_outside", route="findings:shared")
def _reader_of_share(entry: Entry) -> Iterable[Recipient]:
    """Whoever may read it, while they may."""
    share = Share.objects.get(pk=entry.subject_id)
    return _recipients_of(share) if share.state == "in_force" else ()


@notice("findings.share_ended")
def _reader_no_more(entry: Entry) -> Iterable[Recipient]:
    """Whoever could read it."""
    return _recipients_of(Share.objects.get(pk=entry.subject_id))


@notice("findings.share_over")
def _both_sides_of_share(entry: Entry) -> Iterable[Recipient]:
    """Whoever could read it, and the owner's people of the site; each side is told alone."""
    share = Share.objects.select_related("audit").get(pk=entry.subject_id)
    yield from _recipients_of(share)
    yield from people_of([share.owner_id], site_id=share.audit.site_id)


phrase("findings.shared_outside", _("%(who)s shared what was found at %(what)s with %(recipient)s."))
phrase("findings.share_ended", _("%(who)s ended what %(recipient)s could read about %(what)s."))
phrase("findings.share_over", _("What %(recipient)s could read about %(what)s has ended by its date."))
