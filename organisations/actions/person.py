"""A person's own settings."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.entries import record
from organisations.models import Person


@dataclass(frozen=True, slots=True)
class _Self:
    """A person acting for nobody but themselves."""

    person_id: int
    organisation_id: None = None


def change_settings(*, person: Person, name: str, language: str, timezone: str, at: datetime) -> None:
    """Keep how a person is called and in which language and time zone they read.

    Promises: one ledger entry that only the person can see; none when nothing changed.
    """
    wanted = {"name": name, "language": language, "timezone": timezone}
    with transaction.atomic():
        locked = Person.objects.select_for_update().get(pk=person.pk)
        changed = [field for field, value in wanted.items() if getattr(locked, field) != value]
        if not changed:
            return
        for field in changed:
            setattr(locked, field, wanted[field])
        locked.save(update_fields=changed)
        record(
            verb="organisations.settings_changed",
            by=_Self(person.pk),
            subject=locked,
            owner_id=None,
            at=at,
            data={"fields": changed},
        )
