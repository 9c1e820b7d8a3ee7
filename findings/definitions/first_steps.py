"""What comes first in a serious incident: safety of people, then everything else. Data, in the order of doing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FEES, CHILD, ABUSE = "fees", "child", "abuse"
EVERY = frozenset({FEES, CHILD, ABUSE})


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One line of the list: what to do, why, and for which kinds of cases."""

    key: str
    what: str | Promise
    why: str | Promise
    kinds: frozenset[str] = EVERY


FIRST_STEPS = (
    FirstStep(
        "safe_now",
        _("Make sure that everybody affected is safe now"),
        _("Is anyone in danger today? Then call for help first: police, a doctor, or child protection."),
    ),
    FirstStep(
        "child_kept",
        _("Keep the child safe and do not send it away"),
        _("Take it out of dangerous work. Go on paying its family while school and care are arranged."),
        frozenset({CHILD}),
    ),
    FirstStep(
        "no_punishment",
        _("Make sure that nobody is punished for speaking"),
        _("No one loses work, pay, a room or papers because of this. Tell supervisors so."),
    ),
    FirstStep(
        "ask_them",
        _("Ask the people affected what they want"),
        _("Use somebody they trust and their own language: a union, a worker representative, an NGO."),
    ),
    FirstStep(
        "fees_stopped",
        _("Stop all fees today, and give papers and money back that were kept"),
        _("Tell each agent in writing. Nobody pays to start, to stay or to leave."),
        frozenset({FEES}),
    ),
    FirstStep(
        "harm_stopped",
        _("Keep whoever did harm away from those who were harmed"),
        _("Do it without a verdict: on leave, or in another place, until it is clear."),
        frozenset({ABUSE}),
    ),
    FirstStep(
        "help_called",
        _("Call a helper who knows such cases"),
        _(
            "For a child: an organisation that works along the guidance of the ILO. For debt: a remediation expert."
        ),
    ),
    FirstStep(
        "papers_kept",
        _("Keep papers and records as they are"),
        _("Contracts, pay and time records, messages with agents. Do not question people again and again."),
    ),
)


def first_steps_for(kind: str) -> Iterator[FirstStep]:
    """Give the first steps for one kind of case, in order."""
    return (one for one in FIRST_STEPS if kind in one.kinds)


def first_step(kind: str, key: str) -> FirstStep | None:
    """Return one first step of a kind of case, or None."""
    return next((one for one in first_steps_for(kind) if one.key == key), None)
