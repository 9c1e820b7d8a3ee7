"""Questions about schemes and their editions: the same answers for everyone, and drafts for the scheme body."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from ledger.refusals import NotVisible
from organisations.visibility import Viewer
from schemes.lifecycle import EditionState
from schemes.models import Edition, Scheme


def schemes_of(viewer: Viewer | None) -> QuerySet[Scheme]:
    """Return the schemes that somebody may know of, with the edition in force and how many drafts they can see."""
    in_force = Edition.objects.in_force().filter(scheme_id=OuterRef("pk"))
    return Scheme.objects.visible_to(viewer).annotate(
        version_in_force=Subquery(in_force.values("version")[:1]),
        shape_in_force=Subquery(in_force.values("shape")[:1]),
        published_at=Subquery(in_force.values("published_at")[:1]),
        draft_count=Count("editions", filter=Q(editions__state=EditionState.DRAFT)),
    )


def scheme_called(key: str, *, viewer: Viewer | None) -> Scheme:
    """Return a scheme by its key.

    Raises:
        NotVisible: there is none, or not for this viewer.
    """
    rows = Scheme.objects.visible_to(viewer)
    found = None if "\0" in key else rows.filter(key=key).select_related("body").first()
    if found is None:
        raise NotVisible
    return found


def editions_of(scheme: Scheme, *, viewer: Viewer | None) -> QuerySet[Edition]:
    """Return the editions of a scheme, newest first, without their texts; drafts stand before all others."""
    rows = Edition.objects.visible_to(viewer).filter(scheme=scheme)
    return rows.defer("source", "data").order_by("-created_at", "-id")


def edition_called(scheme: Scheme, version: str, *, viewer: Viewer | None) -> Edition:
    """Return one edition of a scheme by its version.

    Raises:
        NotVisible: there is none, or not for this viewer.
    """
    rows = Edition.objects.visible_to(viewer).filter(scheme=scheme)
    found = None if "\0" in version else rows.filter(version=version).first()
    if found is None:
        raise NotVisible
    found.scheme = scheme
    return found


def edition_in_force(scheme: Scheme) -> Edition | None:
    """Return the edition by which assessments begin now; None before the first is published."""
    return Edition.objects.in_force().filter(scheme=scheme).first()
