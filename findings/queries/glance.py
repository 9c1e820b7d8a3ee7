"""One glance at a finding or an audit before its page is made: which parts of the page have anything at all.

The glance rides on the statement that fetches the thing, so that its page asks further only where there is something.
It decides nothing about seeing: every part still asks in the viewer's scope and under row security. Of a thing that
was fetched without it, or that the viewer's organisation does not see, everything is asked. The words are given by
`app.parts_of_finding` and `app.parts_of_audit` (`findings/migrations/0020_parts.py`).
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Model, TextField

from findings.models import Audit, Finding
from findings.models.audit import AuditQuerySet
from findings.models.finding import FindingQuerySet

BASIS, EVIDENCE = "basis:", "evidence:"


def glanced_findings() -> FindingQuerySet:
    """Return findings that know their parts, where their evidence hangs, and why the acting organisation sees them."""
    return Finding.objects.annotate(glance=_words("app.parts_of_finding"))


def glanced_audits() -> AuditQuerySet:
    """Return audits that know their parts, and why the acting organisation sees them."""
    return Audit.objects.annotate(glance=_words("app.parts_of_audit"))


def may_have(thing: Model, part: str) -> bool:
    """Tell whether it is worth asking for a part: a glance found something, or there was none."""
    words: list[str] | None = getattr(thing, "glance", None)
    return words is None or part in words


def may_have_evidence(finding: Finding, kind: type[Model]) -> bool:
    """Tell whether it is worth asking for evidence that hangs on things of a kind under a finding."""
    return may_have(finding, f"{EVIDENCE}{kind._meta.label_lower}")


def bases_glanced(thing: Model) -> frozenset[str] | None:
    """Return why the acting organisation sees it, values of `Basis`; None without a glance."""
    words: list[str] | None = getattr(thing, "glance", None)
    if words is None:
        return None
    return frozenset(one.removeprefix(BASIS) for one in words if one.startswith(BASIS))


def _words(function: str) -> Func:
    return Func(F("pk"), function=function, output_field=ArrayField(TextField()))
