"""Outside bodies, their updates and lists, made as the owner of the tables."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from forum.models import (
    AuditorEntry,
    AuditorList,
    Body,
    BodyFigure,
    BodyFollower,
    BodyUpdate,
    BodyUpdateVersion,
)
from forum.queries.auditor import marks_for
from forum.queries.update import sealed
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import organisations as people

_numbers = itertools.count(1)
DAY = dt.date(2026, 1, 15)
HEADER = "Number,Name,Grade,Status,Valid until"


def body(of: Organisation | None = None, **fields: Any) -> Body:
    """Make an outside body: an association, unless an organisation is given."""
    with owner_role():
        made = Body.objects.create(
            organisation=of or people.organisation("", Capability.STAKEHOLDER),
            summary="An association",
            opened_at=timezone.now(),
            **fields,
        )
        made.refresh_from_db()
        return made


def update(of: Body | None = None, *, is_public: bool = True, title: str = "") -> BodyUpdate:
    """Make an update with a figure, published unless told otherwise."""
    with owner_role():
        made = BodyUpdate.objects.create(body=of or body(), begun_at=timezone.now())
        version(made, title=title or f"Update {next(_numbers)}")
    if is_public:
        publish(made)
    with owner_role():
        return BodyUpdate.objects.select_related("body").get(pk=made.pk)


def version(of: BodyUpdate, **fields: Any) -> BodyUpdateVersion:
    """Make the draft of the next version, with one figure."""
    given: dict[str, Any] = {
        "title": "Title",
        "text": "What we saw.",
        "dated_on": DAY,
        "saved_at": timezone.now(),
    }
    with owner_role():
        number = BodyUpdateVersion.objects.filter(update=of).count() + 1
        made = BodyUpdateVersion.objects.create(update=of, number=number, **(given | fields))
        BodyFigure.objects.create(
            version=made, position=1, name="Auditors", value=Decimal(7), unit="people", period="2025"
        )
    return made


def publish(of: BodyUpdate) -> None:
    """Publish the draft of an update."""
    with owner_role():
        draft = BodyUpdateVersion.objects.get(update=of, published_at=None)
        draft.published_at = timezone.now()
        draft.save(update_fields=["published_at"])
        BodyUpdate.objects.filter(pk=of.pk, state="draft").update(
            state="published", published_at=draft.published_at
        )


def follower(of: Body, membership: Membership) -> BodyFollower:
    """Let a member follow a body."""
    with owner_role():
        row = BodyFollower(
            body=of,
            person_id=membership.person_id,
            organisation_id=membership.organisation_id,
            followed_at=timezone.now(),
        )
        sealed(row).save()
        return row


def auditors(
    of: Body, *rows: tuple[str, str], until: dt.date = dt.date(2030, 1, 1), status: str = "active"
) -> AuditorList:
    """Load a list of (number, name)."""
    marks = marks_for(of)
    assert marks is not None
    with owner_role():
        newest = AuditorList.objects.filter(body=of).order_by("-number").first()
        made = AuditorList.objects.create(
            body=of,
            number=newest.number + 1 if newest else 1,
            dated_on=DAY,
            loaded_at=timezone.now(),
            total=len(rows),
            key_mark=marks.of_key(),
        )
        AuditorEntry.objects.filter(list=newest).delete()
        for number, name in rows:
            AuditorEntry.objects.create(
                list=made,
                number_mark=marks.number(number),
                name_mark=marks.name(number, name),
                grade="CSCA",
                status=status,
                valid_until=until,
            )
        made.refresh_from_db()
    return made


def file(*lines: str, header: str = HEADER, name: str = "auditors.csv") -> SimpleUploadedFile:
    """Return a list as a CSV file."""
    return SimpleUploadedFile(name, "\n".join((header, *lines)).encode(), content_type="text/csv")
