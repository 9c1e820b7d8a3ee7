"""What schemes let wait for a member, as parts of the one statement of the home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from organisations.queries.waiting import part
from organisations.visibility import Viewer
from schemes.lifecycle import AppealState, AssessmentState
from schemes.models import Appeal, Assessment, Decision, ImprovementItem, ImprovementNotice

SOON = dt.timedelta(days=60)
NEAR = dt.timedelta(days=14)
NEWS = dt.timedelta(days=7)


def _is_due(on: dt.date) -> Q:
    """Within two months; what has to be improved after a first assessment all the time."""
    is_near = Q(due_on__lte=on + SOON) | Q(kind=Assessment.Kind.INITIAL)
    return Q(due_on__gte=on) & is_near


def parts_of(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the parts of whoever is assessed; any organisation can be."""
    own = {"member_id": viewer.organisation_id}
    mine = Assessment.objects.visible_to(viewer).filter(**own)
    scheme = "edition__scheme__title"
    yield part(
        mine.filter(state=AssessmentState.CLARIFICATION),
        "scheme_question",
        who=scheme,
        state="state",
        on="due_on",
        order=("due_on", "pk"),
    )
    answering = mine.filter(state=AssessmentState.ANSWERING)
    for kind, rows in (
        ("scheme_overdue", answering.filter(due_on__lt=on)),
        ("scheme_due", answering.filter(_is_due(on))),
        ("scheme_answers", answering.filter(due_on=None)),
    ):
        yield part(rows, kind, who=scheme, state="state", on="due_on", order=("due_on", "pk"))
    notices = ImprovementNotice.objects.visible_to(viewer).in_force().filter(**own)
    yield part(
        notices,
        "scheme_notice",
        code="membership__code",
        who="membership__scheme__title",
        state="membership__state",
        on="answer_by",
        order=("answer_by", "pk"),
    )
    items = ImprovementItem.objects.visible_to(viewer).filter(**own, done_at=None, by_on__lte=on + NEAR)
    yield part(
        items,
        "scheme_item",
        code="decision__membership__code",
        who="assessment__edition__scheme__title",
        note="what",
        on="by_on",
        order=("by_on", "pk"),
    )
    news = Decision.objects.visible_to(viewer).filter(**own, decided_at__gt=at - NEWS, takes_back=None)
    yield part(
        news,
        "scheme_decided",
        code="assessment__code",
        who="membership__scheme__title",
        on="effective_on",
        order=("-pk",),
    )
    answered = Appeal.objects.visible_to(viewer).filter(
        **own, state__in=[AppealState.UPHELD, AppealState.REJECTED], decided_at__gt=at - NEWS
    )
    yield part(
        answered,
        "scheme_appeal",
        code="assessment__code",
        who="membership__scheme__title",
        state="state",
        order=("-pk",),
    )
