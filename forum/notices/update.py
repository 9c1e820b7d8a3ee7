"""Who hears of outside bodies: whoever follows one, as long as they are members and the update stands."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from forum.models import Body, BodyFollower, BodyUpdate
from forum.queries.update import stop_path
from ledger.models import Delivery, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.models import Membership
from organisations.queries import people_of


def _followers(update: BodyUpdate) -> Iterable[Recipient]:
    active = Membership.objects.active().filter(
        person_id=OuterRef("person_id"), organisation_id=OuterRef("organisation_id")
    )
    rows = BodyFollower.objects.filter(Exists(active), body_id=update.body_id).order_by("pk")
    return [Recipient(row.person_id, row.organisation_id) for row in rows]


def _stop(delivery: Delivery) -> str:
    """The link that ends letters about this body."""
    row = BodyFollower.objects.filter(
        body__in=BodyUpdate.objects.filter(pk=delivery.entry.subject_id).values("body"),
        person_id=delivery.person_id or 0,
        organisation_id=delivery.organisation_id or 0,
    ).first()
    return stop_path(row) if row else ""


@notice("forum.update_published", route="forum:update", stop_path=_stop)
def update_published(entry: Entry) -> Iterable[Recipient]:
    """Whoever follows the body, as long as the update was not withdrawn again."""
    update = BodyUpdate.objects.get(pk=entry.subject_id)
    return _followers(update) if update.state == "published" else []


@notice("forum.update_corrected", route="forum:update", stop_path=_stop)
def update_corrected(entry: Entry) -> Iterable[Recipient]:
    """Whoever follows the body, as long as this version is the one that counts."""
    update = BodyUpdate.objects.get(pk=entry.subject_id)
    is_newest = update.state == "published" and update.number == entry.data["number"]
    return _followers(update) if is_newest else []


@notice("forum.update_withdrawn", route="forum:update", stop_path=_stop)
def update_withdrawn(entry: Entry) -> Iterable[Recipient]:
    """Whoever follows the body; nobody of a draft that was never published."""
    update = BodyUpdate.objects.get(pk=entry.subject_id)
    return _followers(update) if update.published_at else []


@notice("forum.body_opened", route="forum:body")
def body_opened(entry: Entry) -> Iterable[Recipient]:
    """The body itself, when the operator named it."""
    body = Body.objects.get(pk=entry.subject_id)
    return people_of([body.organisation_id]) if entry.organisation_id != body.organisation_id else []


BODY, UPDATE = "forum:body", "forum:update"
phrase("forum.body_opened", _("%(who)s opened a place for updates of %(what)s."), route=BODY)
phrase("forum.body_described", _("%(who)s said anew what %(what)s is."), route=BODY)
phrase(
    "forum.body_answers_for_audits",
    _("%(who)s said whether the list of %(what)s is asked for audits: %(after)s."),
    route=BODY,
    labels={"yes": _("yes"), "no": _("no")},
)
phrase(
    "forum.auditors_loaded",
    _("%(who)s loaded a list of %(total)s auditors: %(added)s new, %(removed)s gone."),
    route=BODY,
)
phrase("forum.update_written", _("%(who)s began the update “%(what)s”."), route=UPDATE)
phrase("forum.update_published", _("%(who)s published the update “%(what)s”."), route=UPDATE)
phrase("forum.update_corrected", _("%(who)s put the update “%(what)s” right."), route=UPDATE)
phrase("forum.update_withdrawn", _("%(who)s withdrew the update “%(what)s”."), route=UPDATE)
