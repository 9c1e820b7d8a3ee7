"""Who is told of requests for evidence; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.lifecycle import RequestState
from findings.models import EvidenceRequest
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

REQUEST = "findings:evidence_request"


def _request_of(entry: Entry) -> EvidenceRequest:
    return EvidenceRequest.objects.select_related("audit").get(pk=entry.subject_id)


@notice("findings.evidence_asked", route=REQUEST)
def _site_asked(entry: Entry) -> Iterable[Recipient]:
    """The supplier's people of the site, while nobody has answered."""
    request = _request_of(entry)
    if request.state != RequestState.OPEN:
        return ()
    return people_of([request.supplier_id], site_id=request.audit.site_id)


def _asker(entry: Entry) -> Iterable[Recipient]:
    """Whoever asked."""
    return people_of([_request_of(entry).asker_id])


notice("findings.evidence_request_answered", route=REQUEST)(_asker)
notice("findings.evidence_request_declined", route=REQUEST)(_asker)

phrase(
    "findings.evidence_attached",
    _("%(who)s attached “%(what)s” to “%(to)s”."),
    route="findings:evidence_piece",
)
phrase("findings.evidence_asked", _("%(who)s asked for evidence: %(what)s"), route=REQUEST)
phrase("findings.evidence_request_answered", _("%(who)s showed evidence to %(asker)s."), route=REQUEST)
phrase(
    "findings.evidence_request_declined", _("%(who)s told %(asker)s why there is no evidence."), route=REQUEST
)
phrase("findings.evidence_request_withdrawn", _("%(who)s took back a request for evidence."), route=REQUEST)
