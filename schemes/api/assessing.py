"""The assessor's side over the API: the work list, scores, proposals, decisions and appeals, by the pages' actions."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.queries.members import members_of
from schemes.actions import assessment as verbs
from schemes.actions import people
from schemes.actions.appeal import decide_appeal
from schemes.actions.clarification import ask_clarification
from schemes.actions.decision import decide
from schemes.actions.score import save_score
from schemes.api.assessing_shapes import (
    AppealAnswerInputSerializer,
    AssignInputSerializer,
    BodyAppealSerializer,
    DecideInputSerializer,
    DeclareInputSerializer,
    ProposeInputSerializer,
    QuestionInputSerializer,
    ScoreInputSerializer,
    ScoreSerializer,
    ScoresSerializer,
    SendBackInputSerializer,
    StandsSerializer,
    WorkQuery,
    WorkSerializer,
    appeal_row,
    score_row,
    work_row,
)
from schemes.models import Appeal, Assessment, Criterion
from schemes.models.facts import ItemSaid, NoticeSaid, ScoreSaid, Verdict
from schemes.permissions.sides import for_the_body
from schemes.permissions.work import can_look_inside
from schemes.queries.criteria import judged_in
from schemes.queries.score import as_json, result_of
from schemes.queries.work_list import appeals_to, progress_of, work_of
from web.api import Endpoint, NothingSerializer, PageQuery, Row, listed, page_of, parsed


class WorkList(Endpoint):
    """The assessments that a scheme body runs."""

    resource = "schemes"
    query = WorkQuery

    @extend_schema(operation_id="assessments_work", responses=page_of(WorkSerializer))
    def get(self, request: Request) -> Response:
        """List them, the one that is due first on top."""
        viewer, asked = viewer_of(request), dict(self.asked)
        limit = asked.pop("limit")
        asked.pop("cursor", None)
        rows = work_of(viewer, on=verbs.today(timezone.now()), **asked)

        def finish(page: list[Row]) -> list[Row]:
            found = Assessment.objects.visible_to(viewer).select_related("edition__scheme")
            ordered = {one.pk: one for one in found.filter(pk__in=[row["id"] for row in page])}
            here = [ordered[row["id"]] for row in page]
            progress = progress_of(here) if here else {}
            return [work_row(one, *progress[one.pk]) for one in here]

        flat: Any = rows.values("id", "due_on")
        return listed(request, flat, order=("due_on", "id"), limit=limit, finish=finish)


class OfBody(Endpoint):
    """What the endpoints of one assessment share on the side of the scheme body."""

    resource = "schemes"

    def assessment(self, code: str) -> Assessment:
        """Return it, or raise NotVisible; to the member a refusal."""
        rows = Assessment.objects.filter(membership__isnull=False).select_related(
            "edition__scheme", "membership"
        )
        viewer = viewer_of(self.request)
        found = fetch(Assessment, code, viewer=viewer, queryset=rows)
        if found.body_id != viewer.organisation_id:
            for_the_body(viewer, found).require()
        return found

    def stands(self, assessment: Assessment) -> Response:
        """Answer with the state after a step."""
        assessment.refresh_from_db(fields=["state"])
        return Response({"code": assessment.code, "state": assessment.state})


class Scores(OfBody):
    """All scores of an assessment."""

    @extend_schema(operation_id="scores_list", responses=ScoresSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read the scores, and what the level rule says of them today."""
        assessment, viewer = self.assessment(code), viewer_of(request)
        can_look_inside(viewer, assessment).require()
        rows = [score_row(one.key, one.score) for one in judged_in(viewer, assessment)]
        result = result_of(assessment, on=verbs.today(timezone.now()))
        return Response({"scores": rows, "result": as_json(result)})


class OneScore(OfBody):
    """The score of one criterion."""

    @extend_schema(operation_id="scores_save", request=ScoreInputSerializer, responses=ScoreSerializer)
    def put(self, request: Request, code: str, key: str) -> Response:
        """Save a score; another version than `version` is refused with 409, `changed-meanwhile`."""
        assessment, said = self.assessment(code), parsed(ScoreInputSerializer, request.data)
        version, relied_on = said.pop("version"), tuple(said.pop("relied_on"))
        saved = save_score(
            viewer=viewer_of(request),
            assessment=assessment,
            criterion=criterion_of(assessment, key),
            said=ScoreSaid(relied_on=relied_on, **said),
            version=version,
            at=timezone.now(),
        )
        return Response(score_row(key, saved))


class Declare(OfBody):
    """One’s own interests."""

    @extend_schema(
        operation_id="assessments_declare", request=DeclareInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Declare one’s own interests; one that stands in the way ends one’s own part."""
        assessment, said = self.assessment(code), parsed(DeclareInputSerializer, request.data)
        people.declare(viewer=viewer_of(request), assessment=assessment, at=timezone.now(), **said)
        return self.stands(assessment)


class Assign(OfBody):
    """Who works on an assessment."""

    @extend_schema(
        operation_id="assessments_assign", request=AssignInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Give a colleague a part, as an admin."""
        viewer, assessment = viewer_of(request), self.assessment(code)
        said = parsed(AssignInputSerializer, request.data)
        found = members_of(viewer).filter(code=said["membership"].upper()).first()
        if found is None:
            raise NotVisible
        people.assign(
            viewer=viewer, assessment=assessment, person=found.person, role=said["role"], at=timezone.now()
        )
        return self.stands(assessment)


class Start(OfBody):
    """Beginning to assess."""

    @extend_schema(operation_id="assessments_start", request=NothingSerializer, responses=StandsSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Begin to assess what the member has sent."""
        parsed(NothingSerializer, request.data)
        assessment = self.assessment(code)
        verbs.start_assessing(viewer=viewer_of(request), assessment=assessment, at=timezone.now())
        return self.stands(assessment)


class GoOn(OfBody):
    """Not waiting for an answer."""

    @extend_schema(operation_id="assessments_go_on", request=NothingSerializer, responses=StandsSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Go on without the answers that are missing."""
        parsed(NothingSerializer, request.data)
        assessment = self.assessment(code)
        verbs.go_on(viewer=viewer_of(request), assessment=assessment, at=timezone.now())
        return self.stands(assessment)


class Ask(OfBody):
    """Questions to the member."""

    @extend_schema(
        operation_id="assessments_ask", request=QuestionInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask the member something, about one criterion or the whole."""
        assessment, said = self.assessment(code), parsed(QuestionInputSerializer, request.data)
        key = said.pop("criterion")
        criterion = criterion_of(assessment, key) if key else None
        ask_clarification(
            viewer=viewer_of(request), assessment=assessment, criterion=criterion, at=timezone.now(), **said
        )
        return self.stands(assessment)


class Propose(OfBody):
    """Proposing a result."""

    @extend_schema(
        operation_id="assessments_propose", request=ProposeInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Lay the result of the rule before whoever decides, frozen as it stands."""
        assessment, said = self.assessment(code), parsed(ProposeInputSerializer, request.data)
        verbs.propose(viewer=viewer_of(request), assessment=assessment, at=timezone.now(), **said)
        return self.stands(assessment)


class SendBack(OfBody):
    """Giving a proposal back."""

    @extend_schema(
        operation_id="assessments_send_back", request=SendBackInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Give a proposal back to the assessors, with the reason."""
        assessment, said = self.assessment(code), parsed(SendBackInputSerializer, request.data)
        verbs.send_back(viewer=viewer_of(request), assessment=assessment, at=timezone.now(), **said)
        return self.stands(assessment)


class Decide(OfBody):
    """Deciding, as a second person."""

    @extend_schema(
        operation_id="assessments_decide", request=DecideInputSerializer, responses=StandsSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Decide about what was proposed, never above the rule and never dated otherwise than today."""
        assessment, said = self.assessment(code), parsed(DecideInputSerializer, request.data)
        notice, on = said.pop("notice"), said.pop("effective_on")
        verdict = Verdict(
            items=tuple(ItemSaid(**one) for one in said.pop("items")),
            notice=NoticeSaid(**notice) if notice else None,
            **said,
        )
        decide(
            viewer=viewer_of(request),
            assessment=assessment,
            verdict=verdict,
            effective_on=on,
            at=timezone.now(),
        )
        return self.stands(assessment)


class Appeals(Endpoint):
    """Appeals from the decisions of a scheme body."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="scheme_appeals_list", responses=page_of(BodyAppealSerializer))
    def get(self, request: Request) -> Response:
        """List them, the oldest first."""
        rows = appeals_to(viewer_of(request))

        def finish(page: list[Row]) -> list[Row]:
            found = {one.pk: one for one in rows.filter(pk__in=[row["id"] for row in page])}
            return [appeal_row(found[row["id"]]) for row in page]

        flat: Any = rows.select_related(None).values("id", "appealed_at")
        return listed(request, flat, order=("appealed_at", "id"), limit=self.asked["limit"], finish=finish)


class AppealAnswer(Endpoint):
    """The answer to an appeal."""

    resource = "schemes"

    @extend_schema(
        operation_id="scheme_appeals_answer",
        request=AppealAnswerInputSerializer,
        responses=BodyAppealSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Uphold or reject an appeal, as somebody who had no part in what is contested."""
        rows = Appeal.objects.select_related(
            "decision", "assessment__edition__scheme", "assessment__membership", "membership"
        )
        found = fetch(Appeal, code, viewer=viewer_of(request), queryset=rows)
        said = parsed(AppealAnswerInputSerializer, request.data)
        answered = decide_appeal(viewer=viewer_of(request), appeal=found, at=timezone.now(), **said)
        return Response(appeal_row(answered))


def criterion_of(assessment: Assessment, key: str) -> Criterion:
    """Return what the assessment's edition asks under a key.

    Raises:
        NotVisible: it asks no such thing.
    """
    found = Criterion.objects.filter(edition_id=assessment.edition_id, key=key).first()
    if found is None:
        raise NotVisible
    return found
