"""Feedback rounds, what they present, what was said in them, and what of it waits."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from forum.lifecycle import FeedbackState
from forum.models import FeedbackComment, FeedbackProject, FeedbackRound, Group, GroupAccess, Project
from forum.models.feedback import SHOWN, FeedbackCommentQuerySet, FeedbackRoundQuerySet
from organisations.queries.waiting import part
from organisations.visibility import Viewer


def rounds_of(group: Group, viewer: Viewer) -> FeedbackRoundQuerySet:
    """Return the rounds of a group, drafts as well."""
    return FeedbackRound.objects.visible_to(viewer).filter(group=group)


def rounds_asking(group: Group, viewer: Viewer) -> FeedbackRoundQuerySet:
    """Return the rounds of other groups that invite this one and have opened."""
    rows = FeedbackRound.objects.visible_to(viewer).filter(
        Q(for_all=True) | Q(invited_ids__contains=[group.pk]), state__in=SHOWN
    )
    return rows.exclude(group=group).select_related("group")


def invited_groups(found: FeedbackRound) -> list[Group]:
    """Return the groups that a round names; none where every group is invited."""
    if not found.invited_ids:
        return []
    return list(Group.objects.filter(pk__in=found.invited_ids).order_by("title", "pk"))


def groups_to_invite(group: Group, viewer: Viewer) -> "QuerySet[Group, Group]":
    """Return the other groups that are open."""
    rows = Group.objects.visible_to(viewer).filter(state="active")
    return rows.exclude(pk=group.pk).order_by("title", "pk")


def groups_to_speak_for(viewer: Viewer, found: FeedbackRound) -> list[Group]:
    """Return the invited groups that the viewer is inside; none for people of the round's own group."""
    entered = GroupAccess.objects.visible_to(viewer)
    if entered.filter(group_id=found.group_id).exists():
        return []
    rows = Group.objects.filter(pk__in=entered.values("group_id")).order_by("title", "pk")
    return list(rows if found.for_all else rows.filter(pk__in=found.invited_ids))


def parts_presented(viewer: Viewer, found: FeedbackRound) -> list[FeedbackProject]:
    """Return the projects of a round with their excerpts."""
    rows = FeedbackProject.objects.visible_to(viewer).filter(round=found)
    return list(rows.prefetch_related("excerpts").order_by("pk"))


def projects_begun(viewer: Viewer, parts: Iterable[FeedbackProject]) -> set[int]:
    """Return which of the presented projects the viewer began; nothing for people of other groups."""
    of = {part.project_id: part.pk for part in parts}
    rows = Project.objects.visible_to(viewer).filter(
        pk__in=list(of), person_id=viewer.person_id, organisation_id=viewer.organisation_id
    )
    return {of[pk] for pk in rows.values_list("pk", flat=True)}


def counts_by_question(viewer: Viewer, found: FeedbackRound) -> dict[tuple[int, int], tuple[int, int]]:
    """Return how many comments each question has, and how many of them wait: (project, question) → both."""
    rows = FeedbackComment.objects.visible_to(viewer).filter(round=found).order_by()
    counted = rows.values_list("part_id", "question").annotate(
        every=Count("pk"), waits=Count("pk", filter=Q(answered_at=None))
    )
    return {(of, number): (every, waits) for of, number, every, waits in counted}


def comments_in(viewer: Viewer, found: FeedbackRound) -> FeedbackCommentQuerySet:
    """Return the comments of a round with what they are about, as readers of other groups see it."""
    return FeedbackComment.objects.visible_to(viewer).filter(round=found).select_related("part")


def is_answered(viewer: Viewer, found: FeedbackRound) -> bool:
    """Return whether no comment of a round waits for its answer."""
    return not FeedbackComment.objects.visible_to(viewer).waiting().filter(round=found).exists()


def readers_of(found: FeedbackRound, *, own: bool = False) -> "QuerySet[GroupAccess, GroupAccess]":
    """Return who of the invited groups reads a round, without the people of its own group unless `own`; for letters."""
    invited = Q() if found.for_all else Q(group_id__in=found.invited_ids)
    inside = GroupAccess.objects.filter(
        group_id=found.group_id, person_id=OuterRef("person_id"), organisation_id=OuterRef("organisation_id")
    )
    others = GroupAccess.objects.filter(invited & ~Q(group_id=found.group_id))
    if own:
        return (others | GroupAccess.objects.filter(group_id=found.group_id)).order_by("pk")
    return others.exclude(Exists(inside)).order_by("pk")


def parts_of_feedback(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give what rounds let wait: comments for co-leads and whoever began the project, then the summary."""
    mine = GroupAccess.objects.visible_to(viewer).filter(group_id=OuterRef("group_id"))
    waiting = FeedbackComment.objects.visible_to(viewer).waiting().filter(round=OuterRef("pk"))
    begun = waiting.filter(
        part__project__person_id=viewer.person_id, part__project__organisation_id=viewer.organisation_id
    )
    leads = Exists(mine.filter(is_co_lead=True))
    works = Exists(mine.filter(is_guest=False))
    rows = FeedbackRound.objects.visible_to(viewer).filter(state=FeedbackState.OPEN, group__state="active")
    yield _rounds(rows.filter(leads & Exists(waiting) | works & Exists(begun)), "forum_feedback")
    over = rows.filter(leads, ~Exists(waiting), closes_at__lte=at)
    yield _rounds(over, "forum_feedback_over")


def _rounds(rows: "QuerySet[Any, Any]", kind: str) -> "QuerySet[Any, Any]":
    return part(rows, kind, who="group__title", note="title", order=("closes_at", "pk"))


def stood(rows: Iterable[FeedbackRound], at: dt.datetime) -> list[tuple[FeedbackRound, str]]:
    """Return rounds with how they stand at a moment."""
    return [(row, row.phase(at)) for row in rows]
