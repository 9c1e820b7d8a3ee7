"""What the fields of a plan are called in a file that is filled away from the screen, and how their answers read."""

from typing import Any

from django.utils.translation import gettext as _

from findings.definitions.plan_file import SINGLES
from findings.forms.plan_typed import LABELS
from findings.models import ActionPlan
from web.languages import name_of


def labels() -> dict[str, str]:
    """Return the names of the fields for people, in the language in force."""
    return {name: str(LABELS[name]) for name in SINGLES if name in LABELS} | {
        "dates": _("Dates of reports"),
        "cause": _("Cause"),
        "what": _("What will be done?"),
        "who": _("Who does it?"),
        "by_when": _("By when?"),
        "support": _("What help is needed, and from whom?"),
        "measure": _("How will you see that it worked?"),
    }


def hints() -> dict[str, str]:
    """Return what helps to fill a field in."""
    return {
        "completed_by": _("Your role is enough, for example “HR manager”."),
        "language": _("Two letters, for example en, bn, vi or zh-hans."),
        "stakeholders": _("One per line: customers, agencies, trade unions, NGOs, trade associations."),
        "initiatives": _("One per line; a link if there is one."),
        "dates": _("Only for reports on dates that you name. One per line, such as 2027-03-31."),
        "cause": _("Ask “why?” again for each answer, and write each cause in a row of its own."),
        "actions": _("One action in each row. Write the month as year and month, for example 2027-03."),
    }


def rhythm_word(value: Any) -> str:
    """Return how often is reported, in words."""
    words = {str(key): str(word) for key, word in ActionPlan.Rhythm.choices}
    return words.get(str(value or ""), words["3"] if value in (None, "") else "")


def language_word(code: Any) -> str:
    """Return a language by its code and its own name."""
    return f"{code} – {name_of(str(code))}" if code else ""
