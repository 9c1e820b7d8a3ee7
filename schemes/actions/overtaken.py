"""Two people save one thing: the second is told what the first wrote."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.refusals import Refusal


class Overtaken(Refusal):
    """Somebody else saved this since it was opened; nothing was written.

    Args:
        theirs: what stands there now, by field, as `web.merging` compares it.
        version: its version; send it along with the merged words.
        person_id: who wrote it; None when their account is gone.
    """

    def __init__(self, *, theirs: Mapping[str, Any], version: int, person_id: int | None) -> None:
        super().__init__(
            "changed-meanwhile",
            _("Somebody else saved this meanwhile. Look at both versions and choose what stays."),
        )
        self.theirs, self.version, self.person_id = dict(theirs), version, person_id
