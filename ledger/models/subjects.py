"""How a row names the thing it is about, without pointing at a table of an upper app."""

from typing import Any

from django.db import models

LONGEST_LABEL = 200


def kind_of(subject: models.Model | type[models.Model]) -> str:
    """Return the subject's kind, `"findings.finding"`."""
    return subject._meta.label_lower


def code_of(subject: models.Model) -> str:
    """Return the subject's public code, or an empty string when it has none."""
    return str(getattr(subject, "code", "") or "")


def label_of(subject: models.Model) -> str:
    """Return the words by which people know the subject, on one line, as they are now."""
    return " ".join(str(subject).split())[:LONGEST_LABEL]


def about(subject: models.Model) -> dict[str, Any]:
    """Return the filter that finds rows about `subject`."""
    return {"subject_kind": kind_of(subject), "subject_id": subject.pk}
