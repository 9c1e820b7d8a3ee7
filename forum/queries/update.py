"""Which bodies tell something, what they tell, and what changed between versions."""

from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Exists, OuterRef
from django.urls import reverse

from forum.models import Body, BodyFollower, BodyUpdate, BodyUpdateVersion
from forum.models.update import BodyUpdateQuerySet
from ledger.acting import present_secret
from ledger.refusals import NotVisible
from organisations.models.secrets import hash_secret, link_secret, link_secret_kept_as
from organisations.visibility import Viewer

MOST_BODIES = 50
PURPOSE = "forum.body_stop"


@dataclass(frozen=True, slots=True)
class Told:
    """An update with its versions, as far as the viewer reads them.

    Args:
        current: the version that counts; the draft while nothing is published.
        draft: the version that its body works on, None for everybody else.
        earlier: published versions before, the newest first, each with the one that came after it.
    """

    current: BodyUpdateVersion
    draft: BodyUpdateVersion | None
    earlier: list[tuple[BodyUpdateVersion, BodyUpdateVersion]]


def bodies_for(viewer: Viewer) -> list[Body]:
    """Return the bodies by name, each with `is_followed`."""
    own = BodyFollower.objects.visible_to(viewer).filter(body=OuterRef("pk"))
    rows = Body.objects.visible_to(viewer).annotate(is_followed=Exists(own))
    return list(rows.order_by("name", "pk")[:MOST_BODIES])


def own_body(viewer: Viewer) -> Body | None:
    """Return the body that the viewer's organisation is."""
    return Body.objects.visible_to(viewer).filter(organisation_id=viewer.organisation_id).first()


def follows(viewer: Viewer, body: Body) -> bool:
    """Tell whether the viewer follows a body."""
    return BodyFollower.objects.visible_to(viewer).filter(body=body).exists()


def updates_told(viewer: Viewer, *, body: Body | None = None) -> BodyUpdateQuerySet:
    """Return what is published and stands; of one body withdrawn ones as well."""
    rows = BodyUpdate.objects.visible_to(viewer).published()
    return rows.filter(body=body) if body else rows.filter(state="published")


def drafts_of(viewer: Viewer, body: Body) -> list[BodyUpdate]:
    """Return the updates that a body works on: begun ones, and corrections not published yet."""
    if viewer.organisation_id != body.organisation_id:
        return []
    open_ones = BodyUpdateVersion.objects.filter(update=OuterRef("pk"), published_at=None)
    rows = BodyUpdate.objects.visible_to(viewer).filter(body=body).exclude(state="withdrawn")
    return list(rows.filter(Exists(open_ones)).order_by("-begun_at", "-pk")[:MOST_BODIES])


def told(viewer: Viewer, update: BodyUpdate) -> Told:
    """Return the versions of an update with their figures, by two questions."""
    rows = BodyUpdateVersion.objects.visible_to(viewer).filter(update=update)
    versions = list(rows.order_by("number").prefetch_related("figures"))
    published = [one for one in versions if one.published_at]
    draft = next((one for one in versions if one.published_at is None), None)
    pairs = list(pairwise(published))
    return Told(published[-1] if published else versions[-1], draft, pairs[::-1])


def sealed(row: BodyFollower) -> BodyFollower:
    """Give a row of a follower the hash of the link that ends it."""
    row.stop_hash = hash_secret(link_secret(PURPOSE, _seed(row)))
    return row


def stop_path(row: BodyFollower) -> str:
    """Return the address that ends the letters without signing in; empty where there is none."""
    secret = link_secret_kept_as(PURPOSE, _seed(row), row.stop_hash or "")
    return reverse("forum:body_stop", args=[secret]) if secret else ""


def follower_with(secret: str) -> BodyFollower:
    """Return the row whose letters hold this link.

    Raises: NotVisible: no letter has it, or it has done its work.
    """
    digest = hash_secret(secret)
    present_secret(digest)
    found = BodyFollower.objects.filter(stop_hash=digest).first()
    if found is None:
        raise NotVisible
    return found


def _seed(row: BodyFollower) -> str:
    return f"{row.body_id}:{row.person_id}:{row.organisation_id}:{row.followed_at.timestamp():.6f}"
