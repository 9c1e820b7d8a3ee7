"""What people without a name are called where others read of them: never by their address."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext as _


class NamesPeople(models.Model):
    """A model with copies of people's names. A name that is empty reads as "A participant from …".

    `called` says for each column with a name whose it is: the column of the person, and the one with the name of
    their organisation, or "" where the model has none.
    """

    called: ClassVar[dict[str, tuple[str, str]]] = {"person_name": ("person_id", "organisation_name")}

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any
    ) -> Self:
        """Read a row, with words where a name is missing."""
        made = super().from_db(db, field_names, values, **how)
        read = made.__dict__
        for column, (person, organisation) in cls.called.items():
            if read.get(column) == "" and read.get(person) is not None:
                setattr(made, column, without_a_name(read.get(organisation, "")))
        return made


def without_a_name(organisation: str) -> str:
    """Return what somebody is called who has not said their name."""
    if organisation:
        return _("A participant from %(organisation)s") % {"organisation": organisation}
    return _("A participant")
