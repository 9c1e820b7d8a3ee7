"""Consultations, their rounds and clauses, and what was said to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from forum.lifecycle import CommentState, RoundState
from forum.models import (
    Consultation,
    ConsultationClause,
    ConsultationComment,
    ConsultationContact,
    ConsultationResponse,
    ConsultationRound,
)
from ledger.acting import present_secret
from ledger.refusals import NotVisible
from organisations.models.secrets import hash_secret, link_secret, link_secret_kept_as
from organisations.visibility import Viewer

PURPOSE = "forum.consultation_comment"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause in two rounds: `None` where it is not in one of them."""

    before: ConsultationClause | None
    after: ConsultationClause | None

    @property
    def kind(self) -> str:
        """Return "added", "removed", "changed" or "same"."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        words = ("label", "title", "text")
        return "same" if all(getattr(self.before, x) == getattr(self.after, x) for x in words) else "changed"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many comments a clause or a round has, and how many of them were answered."""

    comments: int = 0
    answered: int = 0

    @property
    def waiting(self) -> int:
        """How many are to be answered still."""
        return self.comments - self.answered


def rounds_of(viewer: Viewer | None, consultation: Consultation) -> list[ConsultationRound]:
    """Return the rounds that the reader sees, the newest first."""
    rows = ConsultationRound.objects.visible_to(viewer).filter(consultation=consultation)
    # Not with the group: whoever has no account cannot read it.
    return list(rows.select_related("consultation").order_by("-number"))


def round_called(viewer: Viewer | None, consultation: Consultation, number: int) -> ConsultationRound:
    """Return one round by its number. Raises: NotVisible."""
    found = next((one for one in rounds_of(viewer, consultation) if one.number == number), None)
    if found is None:
        raise NotVisible
    return found


def clauses_of(viewer: Viewer | None, asked: ConsultationRound) -> list[ConsultationClause]:
    """Return the clauses of a round in their order."""
    return list(ConsultationClause.objects.visible_to(viewer).filter(round=asked).order_by("position", "id"))


def changes_between(
    viewer: Viewer | None, old: ConsultationRound, new: ConsultationRound
) -> list[ClauseChange]:
    """Return each clause of both rounds, in the order of the new one; what was left out stands where it was."""
    before, after = clauses_of(viewer, old), clauses_of(viewer, new)
    known, kept = {one.identity: one for one in before}, {one.identity for one in after}
    found: list[ClauseChange] = []
    gone = [(place, one) for place, one in enumerate(before) if one.identity not in kept]
    seen = 0
    for one in after:
        earlier = known.get(one.identity)
        if earlier is not None:
            place = before.index(earlier)
            while seen < len(gone) and gone[seen][0] < place:
                found.append(ClauseChange(gone[seen][1], None))
                seen += 1
        found.append(ClauseChange(earlier, one))
    return [*found, *(ClauseChange(one, None) for _place, one in gone[seen:])]


def tallies_of(
    viewer: Viewer | None, rounds: Iterable[ConsultationRound]
) -> dict[tuple[int, int | None], Tally]:
    """Return how much was said and answered, by round and clause (None: the document as a whole)."""
    rows = ConsultationComment.objects.visible_to(viewer).filter(round__in=list(rounds))
    counted = rows.values_list("round_id", "clause_id").annotate(
        said=Count("pk", filter=~Q(state=CommentState.HIDDEN)),
        told=Count("pk", filter=Q(response__isnull=False, state=CommentState.SHOWN)),
    )
    return {(asked, clause): Tally(said, told) for asked, clause, said, told in counted.order_by()}


def total(tallies: dict[tuple[int, int | None], Tally], asked: ConsultationRound) -> Tally:
    """Return how a whole round stands."""
    own = [one for (key, _clause), one in tallies.items() if key == asked.pk]
    return Tally(sum(one.comments for one in own), sum(one.answered for one in own))


def comments_of(viewer: Viewer | None, asked: ConsultationRound) -> QuerySet[ConsultationComment]:
    """Return what was said in a round, with the responses that the reader sees in `told`."""
    rows = ConsultationComment.objects.visible_to(viewer).filter(round=asked)
    return rows.select_related("clause")


def with_responses(
    viewer: Viewer | None, rows: Sequence[ConsultationComment]
) -> list[tuple[ConsultationComment, Any]]:
    """Put beside each comment the response that the reader sees; None where there is none yet."""
    found = ConsultationResponse.objects.visible_to(viewer).filter(comment__in=rows)
    told = {one.comment_id: one for one in found}
    return [(one, told.get(one.pk)) for one in rows]


def comment_called(viewer: Viewer, consultation: Consultation, code: str) -> ConsultationComment:
    """Return one comment of a consultation. Raises: NotVisible."""
    if "\0" in code:
        raise NotVisible
    rows = ConsultationComment.objects.visible_to(viewer).filter(consultation=consultation)
    found = rows.filter(code=code.upper()).select_related("round__group", "consultation", "clause").first()
    if found is None:
        raise NotVisible
    return found


def newest_round(rounds: Sequence[ConsultationRound]) -> ConsultationRound | None:
    """Return the newest round that was opened; before that the draft."""
    begun = next((one for one in rounds if one.is_begun), None)
    return begun or next(iter(rounds), None)


def draft_round(rounds: Sequence[ConsultationRound]) -> ConsultationRound | None:
    """Return the round that is prepared now, if there is one."""
    return next((one for one in rounds if one.state in (RoundState.DRAFT, RoundState.PLANNED)), None)


# ---------------------------------------------------------------- the link in letters to the public
def secret_of(code: str) -> str:
    """Return the secret of the link in the letters about a comment."""
    return link_secret(PURPOSE, code)


def digest_of(code: str) -> str:
    """Return the hash under which that secret is kept."""
    return hash_secret(secret_of(code))


def link_path(contact: ConsultationContact, *, route: str = "forum:consultation_link") -> str:
    """Return the address of the page behind the link in a letter; empty once it is void."""
    secret = link_secret_kept_as(PURPOSE, contact.comment.code, contact.token_hash)
    return reverse(route, args=[secret]) if secret and contact.email else ""


def contact_with(secret: str) -> ConsultationContact:
    """Return the address whose letters hold this link.

    Raises: NotVisible: no letter has it.
    """
    digest = hash_secret(secret)
    present_secret(digest)
    rows = ConsultationContact.objects.filter(token_hash=digest)
    found = rows.select_related("comment__consultation", "comment__round").first()
    if found is None:
        raise NotVisible
    return found
