"""Keeping workers' names out of figures about groups: what plainly points at one person is refused."""

from django.utils.translation import gettext as _

from findings.models.private_words import is_plainly_a_person
from ledger.refusals import Refusal


def refuse_people(**texts: str) -> None:
    """Refuse texts with an e-mail address, a phone number or the number of a document in them.

    Raises:
        Refusal: `names-a-person`, with the fields.
    """
    said = _("Please name no worker here: take out e-mail addresses, phone numbers and document numbers.")
    found = {name: [said] for name, text in texts.items() if is_plainly_a_person(text)}
    if found:
        raise Refusal("names-a-person", said, status=422, fields=found)
