"""The eleven ILO indicators of forced labour, and how strongly a breach points to one. Never a verdict."""

from django.utils.translation import gettext_lazy as _

INDICATORS = {
    "vulnerability": _("Abuse of vulnerability"),
    "deception": _("Deception"),
    "movement": _("Restriction of movement"),
    "isolation": _("Isolation"),
    "violence": _("Physical and sexual violence"),
    "threats": _("Intimidation and threats"),
    "documents": _("Retention of identity documents"),
    "wages_withheld": _("Withholding of wages"),
    "debt_bondage": _("Debt bondage"),
    "abusive_conditions": _("Abusive working and living conditions"),
    "excessive_overtime": _("Excessive overtime"),
}
STRENGTHS = {"definite": _("definite"), "strong": _("strong"), "possible": _("possible")}


def words(stored: str) -> str:
    """Return `"debt_bondage:strong"` as people read it: "Debt bondage (strong)"."""
    key, _sep, strength = stored.partition(":")
    return f"{INDICATORS.get(key, key)} ({STRENGTHS.get(strength, strength)})"
