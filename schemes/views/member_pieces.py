"""What the pages of a member share: the way back, the picture of where one stands, and who reads what."""

from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from schemes.lifecycle import MEMBERS, AssessmentState, MembershipState
from schemes.models import Assessment, SchemeMembership
from schemes.queries.progress import Progress
from web.dates import day_text
from web.pieces import Crumb, Fact, Step

PLACE = "schemes:memberships"
# How far each state of an assessment is on the way: answer, send, assessed, decided.
REACHED = {
    AssessmentState.ANSWERING: 0,
    AssessmentState.SUBMITTED: 1,
    AssessmentState.IN_ASSESSMENT: 1,
    AssessmentState.CLARIFICATION: 1,
    AssessmentState.PROPOSED: 2,
    AssessmentState.DECIDED: 3,
}


def assessment_called(request: ViewerRequest, code: str) -> Assessment:
    """Return an assessment of a membership with its edition and scheme, and light up its line of the navigation."""
    rows = Assessment.objects.select_related("edition__scheme", "membership__scheme")
    found = fetch(Assessment, code, viewer=request.viewer, queryset=rows)
    if found.membership is None:
        raise NotVisible
    if found.member_id == request.viewer.organisation_id:
        request.place = PLACE
    return found


def is_member(request: ViewerRequest, thing: Assessment | SchemeMembership) -> bool:
    """Tell whether the reader belongs to the member, not to the scheme body."""
    return thing.member_id == request.viewer.organisation_id


def trail(request: ViewerRequest, assessment: Assessment, *here: str | Crumb) -> list[Crumb]:
    """Return the way back from a page of an assessment; the last has no address."""
    own = reverse("schemes:assessment", args=[assessment.code])
    middle = [Crumb(one) if isinstance(one, str) else one for one in here]
    return [
        *membership_trail(request, assessment.membership),
        Crumb(assessment.get_kind_display(), own if here else ""),
        *middle,
    ]


def membership_trail(request: ViewerRequest, membership: SchemeMembership | None, *here: str) -> list[Crumb]:
    """Return the way back from a page of a membership."""
    if membership is None:
        return []
    if not is_member(request, membership):
        own = reverse("schemes:membership", args=[membership.code])
        return [Crumb(membership.member_name, own), *(Crumb(one) for one in here)]
    request.place = PLACE
    return [
        Crumb(_("Schemes"), reverse("schemes:memberships")),
        Crumb(membership.scheme.title, reverse("schemes:membership", args=[membership.code])),
        *(Crumb(one) for one in here),
    ]


def steps_of(assessment: Assessment, *, is_asked: bool = False) -> list[Step]:
    """Return the picture of one assessment, each step a word and a shape."""
    own = reverse("schemes:assessment", args=[assessment.code])
    decision = reverse("schemes:decision", args=[assessment.code])
    is_asked = is_asked or assessment.state == AssessmentState.CLARIFICATION
    labels = [
        (_("Answer and show"), own),
        (_("Answer questions") if is_asked else _("An assessor looks"), own),
        (_("A second person decides"), own),
        (_("Decided"), decision),
    ]
    reached = REACHED.get(AssessmentState(assessment.state), 0)
    if assessment.state == AssessmentState.WITHDRAWN:
        reached = 1 if assessment.submitted_at else 0
    return [
        Step(label, _state(place, reached, is_last=place == len(labels) - 1), url if place <= reached else "")
        for place, (label, url) in enumerate(labels)
    ]


def _state(place: int, reached: int, *, is_last: bool) -> Literal["done", "now", "later"]:
    if place < reached or (is_last and place == reached):
        return "done"
    return "now" if place == reached else "later"


def steps_of_membership(membership: SchemeMembership, assessment: Assessment | None) -> list[Step]:
    """Return where an organisation stands on its way into a scheme."""
    state = MembershipState(membership.state)
    if assessment is not None and assessment.kind == Assessment.Kind.INTERIM and not assessment.is_closed:
        return steps_of(assessment)
    if state in MEMBERS or assessment is None:
        return []
    if state in {MembershipState.REMOVED, MembershipState.WITHDRAWN}:
        return []
    applied = Step(_("Applied"), "done")
    last = Step(_("Member"), "later")
    return [applied, *steps_of(assessment)[:3], last]


def readers_of(assessment: Assessment) -> list[Fact]:
    """Say who reads what the member writes and shows."""
    body = assessment.membership.body_name if assessment.membership else ""
    sent = (
        _("since %(day)s") % {"day": day_text(assessment.submitted_at)}
        if assessment.submitted_at
        else _("only after you send it")
    )
    return [
        Fact(_("Your colleagues"), _("always")),
        Fact(body, sent),
        Fact(_("Customers and everybody else"), _("never")),
    ]


def progress_note(progress: Progress) -> str:
    """Say how far the self-assessment is."""
    said = {"done": progress.done, "total": progress.total}
    return _("%(done)s of %(total)s criteria answered") % said


def refuse(form: object, refusal: Refusal) -> None:
    """Put a refusal beside its field, or above the form; what is not allowed at all goes up."""
    if refusal.status in {403, 404}:
        raise refusal
    fields = form.fields  # type: ignore[attr-defined]
    known = {name: texts for name, texts in refusal.fields.items() if name in fields}
    for name, texts in known.items():
        form.add_error(name, texts)  # type: ignore[attr-defined]
    if not known:
        form.add_error(None, refusal.sentence)  # type: ignore[attr-defined]
