"""Questions about introductions of customers to each other."""

from findings.models import Introduced, Introduction, IntroductionAnswer, IntroductionAsk
from findings.models.finding import Finding
from findings.queries.glance import may_have
from organisations.visibility import Viewer


def last_answers(introduction: Introduction) -> dict[int, IntroductionAnswer]:
    """Return the last answer to each question of a round, by the question's id."""
    rows = IntroductionAnswer.objects.filter(ask__introduction=introduction).order_by("pk")
    return {answer.ask_id: answer for answer in rows}


def agreed_asks(introduction: Introduction) -> list[int]:
    """Return the ids of the questions whose last answer is a yes."""
    answers = last_answers(introduction)
    return [ask for ask, last in answers.items() if last.kind == IntroductionAnswer.Kind.AGREED]


def rounds_of(viewer: Viewer, finding: Finding) -> list[Introduction]:
    """Return the supplier's rounds about a CAR, the newest first; nobody else has any to read."""
    if not may_have(finding, "introductions"):
        return []
    rows = Introduction.objects.visible_to(viewer).filter(finding=finding)
    return list(rows.order_by("-opened_at", "-pk"))


def asks_of(viewer: Viewer, finding: Finding) -> list[IntroductionAsk]:
    """Return what the viewer's organisation was asked about a CAR as a customer, the newest first."""
    if not may_have(finding, "asks"):
        return []
    rows = IntroductionAsk.objects.visible_to(viewer).filter(
        finding=finding, customer_id=viewer.organisation_id
    )
    return list(rows.prefetch_related("answers").order_by("-asked_at", "-pk"))


def introduced_to(viewer: Viewer, finding: Finding) -> list[Introduced]:
    """Return the other customers to whom the viewer's organisation was introduced for a CAR."""
    if not may_have(finding, "introduced"):
        return []
    rows = Introduced.objects.visible_to(viewer).filter(finding=finding, customer_id=viewer.organisation_id)
    return list(rows.order_by("other_name", "pk"))
