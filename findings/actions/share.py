"""Showing one audit or CAR to somebody outside, for a while, and ending that."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from findings.models import Audit, Finding, Share
from findings.permissions import can_end_share, can_share_outside
from findings.queries.share import same_share
from ledger.dates import date_in, moment, nth_date
from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal
from organisations.models import Membership
from organisations.visibility import Viewer
from sourcing.queries.organisation import Named, organisation_with_code

SHARE_OVER = "findings.share_over"


def share_outside(
    *,
    viewer: Viewer,
    audit: Audit,
    finding: Finding | None = None,
    email: str = "",
    organisation_code: str = "",
    ends_on: date,
    reason: str,
    language: str = "",
    at: datetime,
) -> Share:
    """Let one person, or the editors and admins of one organisation, read a published audit or one CAR of it.

    Promises: they read it until the end of `ends_on` where the site is, and nothing else; an address without an
    account waits for whoever shows to read mail there, and the answer is the same with an account and without;
    one ledger entry; the recipient is told; both sides are told when it is over.

    Args:
        finding: a CAR of the audit; then only it, its plan and reports are shown.
        email, organisation_code: one of the two. at: now.

    Raises:
        Forbidden: see `can_share_outside`.
        Refusal: `one-recipient`, `unknown-code`, `already-inside`, `not-within-a-year`, `already-shared`.
    """
    can_share_outside(viewer, audit).require()
    email = email.strip().lower()
    if bool(email) == bool(organisation_code.strip()):
        raise _refused(
            "one-recipient", _("Write an e-mail address, or the code of an organisation."), "email"
        )
    _require_outsider(viewer, email)
    named = _organisation(viewer, organisation_code) if organisation_code.strip() else None
    ends_at = _end_of(audit, ends_on, at)
    with transaction.atomic():
        organisation_id = named.id if named else None
        if same_share(viewer, audit, finding, email=email, organisation_id=organisation_id, at=at):
            sentence = _("You share this with them already. End that first to share it for another time.")
            raise _refused("already-shared", sentence, "email" if email else "organisation_code")
        share = Share.objects.create(
            audit=audit,
            finding=finding,
            email=email,
            organisation_id=organisation_id,
            reason=reason.strip(),
            language=language,
            granted_by_id=viewer.person_id,
            granted_at=at,
            ends_at=ends_at,
        )
        share.refresh_from_db()
        schedule(SHARE_OVER, share, ends_at, share.owner_id)
        _record("findings.shared_outside", share, by=viewer, at=at)
    return share


def end_share(*, viewer: Viewer, share: Share, at: datetime) -> Share:
    """End a share now: with this transaction the database shows its recipient nothing more.

    Promises: one ledger entry; the recipient is told. What has been read stays in the read log.
    Raises: Forbidden; Refusal `share-over` when it has ended already.
    """
    can_end_share(viewer, share).require()
    with transaction.atomic():
        locked = Share.objects.given_by(viewer).select_for_update(of=("self",)).get(pk=share.pk)
        if locked.state_at(at) != "in_force":
            raise Refusal("share-over", _("This has ended already."))
        locked.revoked_at, locked.revoked_by_id = at, viewer.person_id
        locked.save(update_fields=["revoked_at", "revoked_by"])
        cancel(SHARE_OVER, locked, at=at)
        _record("findings.share_ended", locked, by=viewer, at=at)
    return locked


def tell_of_end(*, share_id: int, at: datetime) -> bool:
    """Record that a share is over by its date, so that both sides are told; tell whether it was.

    Acts for nobody: a date came.
    """
    share = Share.objects.get(pk=share_id)
    if share.state_at(at) != "over":
        return False
    _record(SHARE_OVER, share, by=None, at=at)
    return True


def last_day(on: date) -> date:
    """Return the last day on which a share given on a day may end."""
    return min(nth_date(on, 1, 12), on + timedelta(days=365))


def _end_of(audit: Audit, ends_on: date, at: datetime) -> datetime:
    zone = ZoneInfo(audit.site.timezone)
    today = date_in(zone, at)
    if not today <= ends_on <= last_day(today):
        raise _refused(
            "not-within-a-year", _("Choose a day from today on, within the next twelve months."), "ends_on"
        )
    return moment(ends_on + timedelta(days=1), zone)


def _require_outsider(viewer: Viewer, email: str) -> None:
    """Colleagues are known to the viewer anyway, so this answer tells nothing new."""
    if email and Membership.objects.visible_to(viewer).active().filter(person__email__iexact=email).exists():
        raise _refused(
            "already-inside", _("This person is in your organisation and sees your audits."), "email"
        )


def _organisation(viewer: Viewer, code: str) -> Named:
    found = organisation_with_code(code)
    if found is None or found.id == viewer.organisation_id:
        sentence = _("No other organisation here has this code. It stands on their “Organisation” page.")
        raise _refused("unknown-code", sentence, "organisation_code")
    return found


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})


def _record(verb: str, share: Share, *, by: Viewer | None, at: datetime) -> None:
    data = {
        "supplier": share.owner_name,
        "site": share.site_name,
        "recipient": share.recipient,
        "ends_at": share.ends_at.isoformat(),
        "reason": share.reason,
        "is_car": share.finding_id is not None,
    }
    record(verb=verb, by=by, subject=share, owner_id=share.owner_id, at=at, data=data)
