"""The member's side of a scheme over the API: the same verbs as the pages."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from schemes.actions.answer import save_answer
from schemes.actions.appeal import appeal
from schemes.actions.assessment import submit
from schemes.actions.clarification import answer_clarification
from schemes.actions.evidence import attach, detach, point
from schemes.actions.membership import apply, change_consent, withdraw
from schemes.api.member_shapes import (
    MEMBERSHIP_COLUMNS,
    AppealInputSerializer,
    ConsentInputSerializer,
    CriteriaInputSerializer,
    DecisionReadSerializer,
    LeaveInputSerializer,
    QuestionAnswerInputSerializer,
    QuestionSerializer,
    SchemeApplyInputSerializer,
    SchemeMembershipSerializer,
    SelfAnswerInputSerializer,
    SelfAnswerSerializer,
    SelfAssessmentSerializer,
    ShowInputSerializer,
    ShownSerializer,
    answer_row,
    assessment_row,
    decision_row,
    membership_row,
    question_row,
    row_of,
    shown_row,
)
from schemes.models import Assessment, Clarification, Decision, EvidenceUse, SchemeMembership
from schemes.models.facts import AnswerSaid
from schemes.permissions.evidence import can_show_evidence
from schemes.queries.definition import scheme_called
from schemes.queries.explained import explained
from schemes.queries.membership import own_memberships
from schemes.queries.progress import progress_of, uses_in
from schemes.queries.questions import questions_of
from sourcing.models import Evidence
from web.api import Endpoint, NothingSerializer, PageQuery, Row, listed, page_of, parsed


class Apply(Endpoint):
    """Applying to a scheme."""

    resource = "schemes"

    @extend_schema(
        operation_id="schemes_apply",
        request=SchemeApplyInputSerializer,
        responses={201: SchemeMembershipSerializer},
    )
    def post(self, request: Request, key: str) -> Response:
        """Apply; the self-assessment can be answered from now on."""
        viewer = viewer_of(request)
        said = parsed(SchemeApplyInputSerializer, request.data)
        scheme = scheme_called(key, viewer=viewer)
        made = apply(viewer=viewer, scheme=scheme, at=timezone.now(), **said)
        return Response(_row(request, made), status=201)


class MembershipList(Endpoint):
    """Own memberships."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="scheme_memberships_list", responses=page_of(SchemeMembershipSerializer))
    def get(self, request: Request) -> Response:
        """List them, the newest application first."""
        viewer = viewer_of(request)
        order, limit = ("-applied_at", "-id"), self.asked["limit"]
        flat: Any = own_memberships(viewer).values(*MEMBERSHIP_COLUMNS)

        def finish(page: list[Row]) -> list[Row]:
            codes = _under_way(request, [row["id"] for row in page])
            return [membership_row(row, codes) for row in page]

        return listed(request, flat, order=order, limit=limit, finish=finish)


class OfMembership(Endpoint):
    """What the endpoints of one membership share."""

    resource = "schemes"

    def membership(self, code: str) -> SchemeMembership:
        """Return it, or raise NotVisible."""
        rows = SchemeMembership.objects.select_related("scheme")
        return fetch(SchemeMembership, code, viewer=viewer_of(self.request), queryset=rows)


class MembershipDetail(OfMembership):
    """One membership."""

    @extend_schema(operation_id="scheme_memberships_read", responses=SchemeMembershipSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read how it stands."""
        return Response(_row(request, self.membership(code)))


class MembershipConsent(OfMembership):
    """Whether the public register shows a membership."""

    @extend_schema(
        operation_id="scheme_memberships_consent",
        request=ConsentInputSerializer,
        responses=SchemeMembershipSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Say whether it may."""
        found = self.membership(code)
        said = parsed(ConsentInputSerializer, request.data)["consents_to_register"]
        changed = change_consent(
            viewer=viewer_of(request), membership=found, consents=said, at=timezone.now()
        )
        return Response(_row(request, changed))


class MembershipLeave(OfMembership):
    """Leaving a scheme."""

    @extend_schema(
        operation_id="scheme_memberships_leave",
        request=LeaveInputSerializer,
        responses=SchemeMembershipSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Leave, or take an application back."""
        found = self.membership(code)
        said = parsed(LeaveInputSerializer, request.data)
        left = withdraw(viewer=viewer_of(request), membership=found, at=timezone.now(), **said)
        return Response(_row(request, left))


class OfAssessment(Endpoint):
    """What the endpoints of one assessment share."""

    resource = "schemes"

    def assessment(self, code: str) -> Assessment:
        """Return it, or raise NotVisible."""
        rows = Assessment.objects.select_related("edition__scheme", "membership")
        return fetch(Assessment, code, viewer=viewer_of(self.request), queryset=rows)

    def whole(self, assessment: Assessment) -> Response:
        """Answer with how it stands now."""
        progress = progress_of(viewer_of(self.request), assessment)
        return Response(assessment_row(assessment, progress))


class SelfAssessment(OfAssessment):
    """One assessment with what the member says."""

    @extend_schema(operation_id="assessments_read", responses=SelfAssessmentSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read it; a scheme body reads answers once they are sent."""
        return self.whole(self.assessment(code))


class SelfAnswer(OfAssessment):
    """What the member says about one criterion."""

    @extend_schema(
        operation_id="assessments_answer",
        request=SelfAnswerInputSerializer,
        responses=SelfAnswerSerializer,
    )
    def put(self, request: Request, code: str, key: str) -> Response:
        """Save it; `changed-meanwhile` when somebody else saved another version."""
        viewer, found = viewer_of(request), self.assessment(code)
        said = parsed(SelfAnswerInputSerializer, request.data)
        version = said.pop("version")
        here = progress_of(viewer, found).at(key)
        if here is None:
            raise NotVisible
        save_answer(
            viewer=viewer,
            assessment=found,
            criterion=here.criterion,
            said=AnswerSaid(**said),
            version=version,
            at=timezone.now(),
        )
        saved = progress_of(viewer, found).at(key)
        return Response(answer_row(saved or here))


class Shown(OfAssessment):
    """Evidence in an assessment."""

    @extend_schema(operation_id="assessments_evidence", responses=ShownSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List what is shown, newest first."""
        found = self.assessment(code)
        return Response([shown_row(one) for one in uses_in(viewer_of(request), found)])

    @extend_schema(
        operation_id="assessments_show", request=ShowInputSerializer, responses={201: ShownSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Show an own piece for some criteria; one that is shown already points at these as well."""
        viewer, found = viewer_of(request), self.assessment(code)
        can_show_evidence(viewer, found).require()
        said = parsed(ShowInputSerializer, request.data)
        piece = fetch(Evidence, said["evidence"], viewer=viewer)
        made = attach(
            viewer=viewer, assessment=found, evidence=piece, criteria=said["criteria"], at=timezone.now()
        )
        return Response(shown_row(made), status=201)


class ShownPiece(OfAssessment):
    """One piece in an assessment."""

    def piece(self, code: str, use: str) -> EvidenceUse:
        """Return it, or raise NotVisible."""
        rows = EvidenceUse.objects.select_related("assessment").filter(assessment__code=code.upper())
        return fetch(EvidenceUse, use, viewer=viewer_of(self.request), queryset=rows)

    @extend_schema(
        operation_id="assessments_point", request=CriteriaInputSerializer, responses=ShownSerializer
    )
    def patch(self, request: Request, code: str, use: str) -> Response:
        """Say anew which criteria it proves."""
        found = self.piece(code, use)
        said = parsed(CriteriaInputSerializer, request.data)["criteria"]
        pointed = point(viewer=viewer_of(request), use=found, criteria=said, at=timezone.now())
        return Response(shown_row(pointed))

    @extend_schema(operation_id="assessments_take_back", responses={204: None})
    def delete(self, request: Request, code: str, use: str) -> Response:
        """Take it out of an assessment that was not sent yet."""
        detach(viewer=viewer_of(request), use=self.piece(code, use), at=timezone.now())
        return Response(status=204)


class Send(OfAssessment):
    """Sending the answers."""

    @extend_schema(
        operation_id="assessments_submit", request=NothingSerializer, responses=SelfAssessmentSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Send them; `not-all-answered` names what is missing."""
        found = self.assessment(code)
        parsed(NothingSerializer, request.data)
        return self.whole(submit(viewer=viewer_of(request), assessment=found, at=timezone.now()))


class Questions(OfAssessment):
    """What assessors asked."""

    @extend_schema(operation_id="assessments_questions", responses=QuestionSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the questions; those that wait come first."""
        found = self.assessment(code)
        return Response([question_row(one) for one in questions_of(viewer_of(request), found)])


class QuestionAnswer(OfAssessment):
    """Answering a question."""

    @extend_schema(
        operation_id="assessments_answer_question",
        request=QuestionAnswerInputSerializer,
        responses=QuestionSerializer,
    )
    def post(self, request: Request, code: str, question: str) -> Response:
        """Answer it, once."""
        rows = Clarification.objects.select_related("assessment", "criterion")
        rows = rows.filter(assessment__code=code.upper())
        asked = fetch(Clarification, question, viewer=viewer_of(request), queryset=rows)
        said = parsed(QuestionAnswerInputSerializer, request.data)
        done = answer_clarification(viewer=viewer_of(request), clarification=asked, at=timezone.now(), **said)
        return Response(question_row(done))


class DecisionRead(OfAssessment):
    """What was decided."""

    @extend_schema(operation_id="assessments_decision", responses=DecisionReadSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read the decision, why, and the shortest way to the next level."""
        viewer, found = viewer_of(request), self.assessment(code)
        return Response(decision_row(_decision(request, found), explained(viewer, found)))


class Contest(OfAssessment):
    """Appealing from a decision."""

    @extend_schema(
        operation_id="assessments_appeal",
        request=AppealInputSerializer,
        responses={201: DecisionReadSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Contest the decision, with reasons."""
        viewer, found = viewer_of(request), self.assessment(code)
        decision = _decision(request, found)
        said = parsed(AppealInputSerializer, request.data)
        appeal(viewer=viewer, decision=decision, at=timezone.now(), **said)
        return Response(decision_row(decision, explained(viewer, found)), status=201)


def _decision(request: Request, found: Assessment) -> Decision:
    rows = Decision.objects.visible_to(viewer_of(request)).filter(assessment=found, takes_back=None)
    made = rows.select_related("membership").order_by("pk").first()
    if made is None:
        raise NotVisible
    return made


def _row(request: Request, membership: SchemeMembership) -> Row:
    return row_of(membership, _under_way(request, [membership.pk]).get(membership.pk))


def _under_way(request: Request, memberships: list[int]) -> dict[int, str]:
    rows = Assessment.objects.visible_to(viewer_of(request)).under_way()
    found = rows.filter(membership_id__in=memberships).values_list("membership_id", "code")
    return {key: code for key, code in found if key is not None}
