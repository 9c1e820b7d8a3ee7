"""Questions about the site's right of reply: how long it has, what it said, and what waits for an answer."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from findings.lifecycle import AuditState, ReplyState
from findings.models import Audit, Finding, MethodologyVersion, ReviewPolicy, SiteReply
from findings.models.finding import FindingQuerySet
from findings.models.review import SiteReplyQuerySet
from findings.queries.glance import may_have
from ledger.dates import date_in, moment
from ledger.models import Entry
from organisations.visibility import Viewer
from sourcing.models import Site

SAYS_SOMETHING = (SiteReply.Kind.COMMENT, SiteReply.Kind.DISPUTE)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Review:
    """How the site's reading of a submitted audit stands."""

    last_day: dt.date | None
    is_over: bool
    is_finished: bool

    @property
    def may_publish(self) -> bool:
        """Whether the site has had its say, or said that it has nothing more to say."""
        return self.is_over or self.is_finished


@dataclass
class Said:
    """What the site said of one finding, or of the whole audit: newest last."""

    finding: Finding | None
    replies: list[SiteReply] = field(default_factory=list)

    @property
    def newest(self) -> SiteReply | None:
        """The last word, what was taken back left out."""
        rows = [one for one in self.replies if one.state != ReplyState.TAKEN_BACK]
        return rows[-1] if rows else None

    @property
    def open_dispute(self) -> SiteReply | None:
        """The dispute that waits for the firm."""
        return next((one for one in self.replies if one.state == ReplyState.OPEN), None)


def policy_of(version: MethodologyVersion) -> ReviewPolicy:
    """Return how long a site has by a methodology version; the shipped placeholder where nothing is loaded."""
    return ReviewPolicy.objects.filter(version_id=version.pk).first() or ReviewPolicy(version=version)


def zone_of(audit: Audit) -> zoneinfo.ZoneInfo:
    """Return the time zone of the audit's site, as far as that is known; elsewhere UTC."""
    known = Site.objects.filter(pk=audit.site_id).values_list("timezone", flat=True).first()
    return zoneinfo.ZoneInfo(known or "UTC")


def end_of_review(zone: zoneinfo.ZoneInfo, *, days: int, at: dt.datetime) -> dt.datetime:
    """Return the end of the last day on which a site can comment, where it is."""
    return moment(date_in(zone, at) + (days + 1) * DAY, zone)


def review_of(audit: Audit, *, at: dt.datetime) -> Review:
    """Return how the reading of an audit stands; one that promised the site no time is over."""
    ends_at = audit.review_ends_at
    last_day = date_in(zone_of(audit), ends_at - dt.timedelta(seconds=1)) if ends_at else None
    return Review(last_day, ends_at is None or at >= ends_at, is_finished(audit))


def is_finished(audit: Audit) -> bool:
    """Tell whether the site has said, since it was sent the audit, that it has no more comments."""
    said = SiteReply.objects.filter(audit=audit, kind=SiteReply.Kind.FINISHED)
    return audit.submitted_at is not None and said.filter(said_at__gte=audit.submitted_at).exists()


def review_obstacles(viewer: Viewer, audit: Audit, *, at: dt.datetime) -> list[tuple[str, str]]:
    """Return what the site's reading still puts between an audit and its publication, as code and sentence."""
    if audit.state != AuditState.SUBMITTED:
        return []
    found = []
    review = review_of(audit, at=at)
    if review.last_day and not review.may_publish:
        sentence = _(
            "The site can comment until %(day)s. You can publish after that day, "
            "or as soon as the site says that it has no more comments."
        )
        found.append(("site-can-comment", sentence % {"day": date_format(review.last_day, "j M Y")}))
    rows = SiteReply.objects.visible_to(viewer).filter(audit=audit)
    if waiting := rows.open().count():
        sentence = _("Answer each dispute of the site. Still to answer: %(count)s.") % {"count": waiting}
        found.append(("disputes-open", sentence))
    for reply in rows.filter(state=ReplyState.ACCEPTED, is_retired=False).select_related("finding"):
        if not _is_corrected(audit, reply):
            sentence = _(
                "You agreed with the site about “%(what)s”. Take the audit back to work and correct it there."
            )
            found.append(("agreed-not-corrected", sentence % {"what": reply}))
    return found


def _is_corrected(audit: Audit, reply: SiteReply) -> bool:
    """Whether the firm changed the finding since it agreed; for the whole audit, whether it was sent anew since."""
    if reply.finding is None:
        return audit.submitted_at is not None and audit.submitted_at >= (reply.answered_at or reply.said_at)
    changes = Entry.objects.about(reply.finding).filter(verb="findings.finding_changed")
    return changes.filter(at__gte=reply.answered_at).exists()


def replies_on(viewer: Viewer, audit: Audit) -> SiteReplyQuerySet:
    """Return what was said about an audit and its findings, in the order in which it was said."""
    return SiteReply.objects.visible_to(viewer).filter(audit=audit).order_by("said_at", "pk")


def said_by_finding(viewer: Viewer, audit: Audit, findings: Iterable[Finding]) -> tuple[list[Said], Said]:
    """Return the site's words on each finding, in the order given, and those on the audit as a whole."""
    whole, by_key = Said(None), {one.pk: Said(one) for one in findings}
    for reply in replies_on(viewer, audit).select_related("said_by", "answered_by"):
        if reply.kind == SiteReply.Kind.FINISHED:
            continue
        if reply.finding_id in by_key:
            by_key[reply.finding_id].replies.append(reply)
        elif reply.finding_id is None:
            whole.replies.append(reply)
    return list(by_key.values()), whole


def replies_to(viewer: Viewer, finding: Finding) -> list[SiteReply]:
    """Return the comments and disputes on a finding, oldest first, with who said and answered them."""
    if not may_have(finding, "replies"):
        return []
    rows = SiteReply.objects.visible_to(viewer).filter(finding=finding, kind__in=SAYS_SOMETHING)
    return list(rows.select_related("said_by", "answered_by").order_by("said_at", "pk"))


def replies_to_whole(viewer: Viewer, audit: Audit) -> list[SiteReply]:
    """Return the comments and disputes on an audit as a whole, and on findings that were taken out of it."""
    if not may_have(audit, "replies"):
        return []
    rows = replies_on(viewer, audit).filter(finding=None, kind__in=SAYS_SOMETHING)
    return list(rows.select_related("said_by", "answered_by"))


def with_disputes(rows: FindingQuerySet) -> FindingQuerySet:
    """Annotate findings with `is_disputed`: whether a dispute of the site waits for an answer.

    Whoever sees a finding sees what its site says of it, so this tells nobody more than they may know.
    """
    waiting = SiteReply.objects.filter(finding=OuterRef("pk"), state=ReplyState.OPEN)
    return rows.annotate(is_disputed=Exists(waiting))


def disputed_among(findings: Sequence[Finding]) -> set[int]:
    """Return the primary keys of those findings of which a dispute waits for an answer."""
    rows = SiteReply.objects.filter(finding__in=[one.pk for one in findings], state=ReplyState.OPEN)
    return {key for key in rows.values_list("finding_id", flat=True) if key is not None}


def disputes_waiting(viewer: Viewer) -> SiteReplyQuerySet:
    """Return the disputes that wait for an answer of the viewer's audit firm, oldest first."""
    rows = SiteReply.objects.visible_to(viewer).open().filter(audit_firm_id=viewer.organisation_id)
    return rows.select_related("audit", "finding").order_by("said_at", "pk")
