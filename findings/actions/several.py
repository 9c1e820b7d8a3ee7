"""One thing done to several non-compliances: every row is judged and done by itself, and each says how it went."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.corrective import submit_action, verify
from findings.actions.extension import answer_extension, ask_extension
from findings.models import Extension, Finding, Verification
from findings.models.facts import Correction
from findings.permissions.corrective import (
    can_answer_extension,
    can_ask_extension,
    can_submit_action,
    can_verify,
)
from ledger.refusals import Decision, Refusal, denied
from organisations.visibility import Viewer

MOST = 200
SUBMIT, EXTEND, VERIFY, ANSWER = "submit", "extend", "verify", "answer"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: done, or skipped and why. Without a title it is none that the viewer sees."""

    code: str
    title: str = ""
    is_done: bool = False
    sentence: str = ""
    reason: str = ""


def foreseen(viewer: Viewer, verb: str, codes: Iterable[str]) -> list[Outcome]:
    """Return which rows could be done now, and why the others could not; changes nothing.

    Raises:
        Refusal: `too-many`, `nothing-chosen`.
    """
    return [_foreseen(viewer, verb, code) for code in _listed(codes)]


def submit_several(
    *, viewer: Viewer, codes: Iterable[str], said: Correction, at: dt.datetime
) -> list[Outcome]:
    """Send the same corrective action for several non-compliances. Raises: as `foreseen`."""

    def one(finding: Finding) -> None:
        submit_action(viewer=viewer, finding=finding, said=said, at=at)

    return _each(viewer, SUBMIT, codes, one)


def ask_several(*, viewer: Viewer, codes: Iterable[str], at: dt.datetime, **asked: Any) -> list[Outcome]:
    """Ask for more time for several; `asked` as for `ask_extension`. Raises: as `foreseen`."""

    def one(finding: Finding) -> None:
        ask_extension(viewer=viewer, finding=finding, at=at, **asked)

    return _each(viewer, EXTEND, codes, one)


def verify_several(*, viewer: Viewer, codes: Iterable[str], at: dt.datetime, **said: Any) -> list[Outcome]:
    """Verify several from documents; `said` as for `verify`. Raises: as `foreseen`."""

    def one(finding: Finding) -> None:
        verify(viewer=viewer, finding=finding, method=Verification.Method.DESKTOP, at=at, **said)

    return _each(viewer, VERIFY, codes, one)


def answer_several(*, viewer: Viewer, codes: Iterable[str], at: dt.datetime, **given: Any) -> list[Outcome]:
    """Answer the requests for more time of several; `given` as for `answer_extension`. Raises: as `foreseen`."""

    def one(finding: Finding) -> None:
        extension = _waiting(viewer, finding)
        if extension is None:
            raise Refusal("nothing-asked", _("No request for more time waits here."))
        answer_extension(viewer=viewer, extension=extension, at=at, **given)

    return _each(viewer, ANSWER, codes, one)


def _each(viewer: Viewer, verb: str, codes: Iterable[str], do: Callable[[Finding], object]) -> list[Outcome]:
    """Do it row by row, each in a savepoint of its own: one that is refused leaves the others done."""
    return [_done(viewer, verb, code, do) for code in _listed(codes)]


def _done(viewer: Viewer, verb: str, code: str, do: Callable[[Finding], object]) -> Outcome:
    expected = _foreseen(viewer, verb, code)
    finding = _seen(viewer, code)
    if not expected.is_done or finding is None:
        return expected
    try:
        with transaction.atomic():
            do(finding)
    except Refusal as refusal:
        return Outcome(finding.code, finding.title, sentence=str(refusal.sentence), reason=refusal.code)
    return expected


def _foreseen(viewer: Viewer, verb: str, code: str) -> Outcome:
    finding = _seen(viewer, code)
    if finding is None:
        return Outcome(code, sentence=_("There is nothing here that you can see."), reason="not-found")
    decision = _judged(viewer, verb, finding)
    if decision:
        return Outcome(finding.code, finding.title, is_done=True)
    return Outcome(finding.code, finding.title, sentence=str(decision.reason), reason=decision.code)


def _judged(viewer: Viewer, verb: str, finding: Finding) -> Decision:
    if verb == SUBMIT:
        return can_submit_action(viewer, finding)
    if verb == VERIFY:
        return can_verify(viewer, finding)
    extension = _waiting(viewer, finding)
    if verb == EXTEND:
        decision = can_ask_extension(viewer, finding)
        asked = denied("asked-already", _("You have asked already. The audit firm has not answered yet."))
        return asked if decision and extension is not None else decision
    if extension is None:
        return denied("nothing-asked", _("No request for more time waits here."))
    return can_answer_extension(viewer, extension)


def _seen(viewer: Viewer, code: str) -> Finding | None:
    rows = Finding.objects.visible_to(viewer).select_related("audit")
    return rows.filter(code=code).first()


def _waiting(viewer: Viewer, finding: Finding) -> Extension | None:
    rows = Extension.objects.visible_to(viewer).unanswered().filter(finding=finding)
    return rows.select_related("finding__audit").first()


def _listed(codes: Iterable[str]) -> Sequence[str]:
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes if code.strip() and "\0" not in code))
    if not wanted:
        raise Refusal("nothing-chosen", _("Tick at least one row first."), status=422)
    if len(wanted) > MOST:
        sentence = _("Choose at most %(most)s at once. You chose %(count)s; nothing was done.")
        raise Refusal("too-many", sentence % {"most": MOST, "count": len(wanted)}, status=422)
    return wanted
