"""How the house says no: a stable code for programs and one sentence for people.

Actions raise a `Refusal`; pages show its sentence, the API answers with its code. Permissions answer with a
`Decision`, which says why not and can be asked without raising.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something that a person asked for and that will not be done.

    Args:
        code: stable, lower case with hyphens; programs may rely on it.
        sentence: a translated sentence that says what to do instead, where there is something.
        status: the HTTP status with which pages and API answer.
        fields: messages per input field, when the fault lies in the input.
    """

    default_status: ClassVar[int] = 409

    def __init__(
        self,
        code: str,
        sentence: str | Promise,
        *,
        status: int | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self._sentence = sentence
        self.status = self.default_status if status is None else status
        self.fields: dict[str, list[str]] = {name: list(texts) for name, texts in (fields or {}).items()}

    @property
    def sentence(self) -> str:
        """The sentence in the language in force now."""
        return str(self._sentence)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class NotVisible(Refusal):
    """The same answer, to the letter, for what does not exist and for what someone may not see."""

    default_status = 404

    def __init__(self) -> None:
        super().__init__("not-found", _("There is nothing here, or you cannot see it."))


class Forbidden(Refusal):
    """Seen, but not allowed; the sentence says why."""

    default_status = 403


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may they?": allowed, or not with a code and a reason for people."""

    allowed: bool
    code: str = ""
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise `Forbidden` with the reason unless allowed."""
        if not self.allowed:
            raise Forbidden(self.code, self.reason)


ALLOWED = Decision(allowed=True)


def denied(code: str, reason: str | Promise) -> Decision:
    """Return the decision that says no, and why."""
    return Decision(allowed=False, code=code, reason=reason)
