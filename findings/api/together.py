"""Calls, commitments, standing positions and introductions over the API: the same verbs as the pages."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions import call as calls
from findings.actions import commitment as commitments
from findings.actions import introduction as introductions
from findings.actions import position as positions
from findings.api.together_shapes import (
    AgreementSerializer,
    CallInputSerializer,
    CallSerializer,
    CommitmentSerializer,
    IntroductionAskSerializer,
    IntroductionDeclineSerializer,
    IntroductionInputSerializer,
    IntroductionSerializer,
    JoiningSerializer,
    PositionInputSerializer,
    PositionSerializer,
    ProgressInputSerializer,
    SaidReasonSerializer,
    StanceSerializer,
    SupportSerializer,
    TimeSerializer,
    TimesSerializer,
    TogetherWordsSerializer,
    ask_row,
    call_row,
    commitment_row,
    introduction_row,
    position_row,
)
from findings.models import (
    Call,
    Commitment,
    Finding,
    Introduction,
    IntroductionAsk,
    Position,
    WorkplaceRequirement,
)
from findings.models.said import Stance, Support
from findings.queries.introduction import asks_of, rounds_of
from findings.queries.plan import customers_who_see
from findings.queries.position import own_positions
from findings.queries.together import calls_of, commitments_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.models import Organisation
from organisations.queries import fetch
from web.api import Endpoint, NothingSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed


class OfCar(Endpoint):
    """What the endpoints below one CAR share."""

    resource = "plans"

    def car(self, code: str) -> Finding:
        """Return the CAR with its requirement, or raise NotVisible."""
        rows = Finding.objects.select_related("audit", "requirement__section", "requirement__version")
        finding = fetch(Finding, code, viewer=viewer_of(self.request), queryset=rows)
        if not finding.is_car:
            raise NotVisible
        return finding

    def customers(self, finding: Finding, codes: list[str]) -> list[Organisation]:
        """Return the named ones of the supplier's customers; other codes name nobody."""
        wanted = {code.upper() for code in codes}
        return [one for one in customers_who_see(finding.audit) if one.code in wanted]


class CarCalls(OfCar):
    """Calls about one CAR."""

    @extend_schema(operation_id="calls_list", responses=CallSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the calls of the viewer's organisation about a CAR, the newest first."""
        return Response([call_row(one) for one in calls_of(viewer_of(request), self.car(code))])

    @extend_schema(
        operation_id="calls_propose", request=CallInputSerializer, responses={201: CallSerializer(many=True)}
    )
    def post(self, request: Request, code: str) -> Response:
        """Propose a call; a supplier names customers, each of whom is asked alone."""
        finding, said = self.car(code), parsed(CallInputSerializer, request.data)
        asked = self.customers(finding, said.pop("customers"))
        made = calls.propose_call(
            viewer=viewer_of(request), finding=finding, customers=asked, at=timezone.now(), **said
        )
        return Response([call_row(one) for one in made], status=201)


class OneCall(Endpoint):
    """What the endpoints of one call share."""

    resource = "plans"

    def call(self, code: str) -> Call:
        """Return the call, or raise NotVisible."""
        rows = Call.objects.select_related("finding__audit")
        return fetch(Call, code, viewer=viewer_of(self.request), queryset=rows)


class CallDetail(OneCall):
    """One call."""

    @extend_schema(operation_id="calls_read", responses=CallSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read a call with all that was said about it."""
        return Response(call_row(self.call(code)))


class Verb(Endpoint):
    """A verb of one thing: takes a body of `shape`, calls `act`, answers with the thing as it is then."""

    resource = "plans"
    shape: ClassVar[type[StrictSerializer]]

    def done(self, request: Request, row: Any, name: str, act: Callable[..., Any]) -> Any:
        """Do it and return the row as it is now."""
        said = parsed(self.shape, request.data)
        act(viewer=viewer_of(request), at=timezone.now(), **{name: row}, **said)
        row.refresh_from_db()
        return row


def _call_verb(
    name: str, shape: type[StrictSerializer], act: Callable[..., Any], words: str
) -> type[Endpoint]:
    class Made(OneCall, Verb):
        @extend_schema(
            operation_id=f"calls_{name}", request=shape, responses=CallSerializer, description=words
        )
        def post(self, request: Request, code: str) -> Response:
            return Response(call_row(self.done(request, self.call(code), "call", act)))

    Made.shape, Made.__doc__, Made.__name__ = shape, words, f"Call{name.title()}"
    return Made


CallAccept = _call_verb("accept", TimeSerializer, calls.agree_call, "Agree to one of the proposed times.")
CallPropose = _call_verb("propose_times", TimesSerializer, calls.propose_times, "Propose other times.")
CallDecline = _call_verb("decline", SaidReasonSerializer, calls.decline_call, "Say no, with the reason.")
CallCancel = _call_verb("cancel", SaidReasonSerializer, calls.cancel_call, "Call it off, with the reason.")
CallJoining = _call_verb("join", JoiningSerializer, calls.say_how_to_join, "Say how to join.")
CallNote = _call_verb("note", TogetherWordsSerializer, calls.write_note, "Write down what was agreed.")


class CarCommitments(OfCar):
    """Commitments to one CAR."""

    @extend_schema(operation_id="commitments_list", responses=CommitmentSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List what customers commit, as far as the viewer may know of it."""
        return Response([commitment_row(one) for one in commitments_of(viewer_of(request), self.car(code))])

    @extend_schema(
        operation_id="commitments_make", request=SupportSerializer, responses={201: CommitmentSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Commit support, as a customer."""
        finding, said = self.car(code), parsed(SupportSerializer, request.data)
        made = commitments.commit_support(
            viewer=viewer_of(request), finding=finding, support=Support(**said), at=timezone.now()
        )
        return Response(commitment_row(made), status=201)


class OneCommitment(Endpoint):
    """What the endpoints of one commitment share."""

    resource = "plans"

    def commitment(self, code: str) -> Commitment:
        """Return the commitment, or raise NotVisible."""
        rows = Commitment.objects.select_related("finding__audit")
        return fetch(Commitment, code, viewer=viewer_of(self.request), queryset=rows)


class CommitmentDetail(OneCommitment):
    """One commitment."""

    @extend_schema(operation_id="commitments_read", responses=CommitmentSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read a commitment with its versions and what followed."""
        return Response(commitment_row(self.commitment(code)))

    @extend_schema(
        operation_id="commitments_change", request=SupportSerializer, responses=CommitmentSerializer
    )
    def put(self, request: Request, code: str) -> Response:
        """Change it by a new version."""
        commitment, said = self.commitment(code), parsed(SupportSerializer, request.data)
        changed = commitments.change_commitment(
            viewer=viewer_of(request), commitment=commitment, support=Support(**said), at=timezone.now()
        )
        return Response(commitment_row(changed))


def _commitment_verb(
    name: str, shape: type[StrictSerializer], act: Callable[..., Any], words: str
) -> type[Endpoint]:
    class Made(OneCommitment, Verb):
        @extend_schema(
            operation_id=f"commitments_{name}",
            request=shape,
            responses=CommitmentSerializer,
            description=words,
        )
        def post(self, request: Request, code: str) -> Response:
            row = self.done(request, self.commitment(code), "commitment", act)
            return Response(commitment_row(row))

    Made.shape, Made.__doc__, Made.__name__ = shape, words, f"Commitment{name.title()}"
    return Made


CommitmentConfirm = _commitment_verb(
    "confirm", NothingSerializer, commitments.confirm_commitment, "Confirm receipt, as the supplier."
)
CommitmentAsk = _commitment_verb(
    "ask", TogetherWordsSerializer, commitments.ask_about_commitment, "Ask, as the supplier."
)
CommitmentAnswer = _commitment_verb(
    "answer", TogetherWordsSerializer, commitments.answer_about_commitment, "Answer the supplier."
)
CommitmentProgress = _commitment_verb(
    "progress", ProgressInputSerializer, commitments.say_progress, "Say how it goes."
)
CommitmentWithdraw = _commitment_verb(
    "withdraw", SaidReasonSerializer, commitments.withdraw_commitment, "Take it back, with the reason."
)


class PositionList(Endpoint):
    """Standing positions of the viewer's organisation."""

    resource = "plans"
    query = PageQuery

    @extend_schema(operation_id="positions_list", responses=page_of(PositionSerializer))
    def get(self, request: Request) -> Response:
        """List own positions, the newest first."""
        rows = own_positions(viewer_of(request))

        def finish(page: list[Row]) -> list[Row]:
            found = {one.pk: one for one in rows.filter(pk__in=[row["id"] for row in page])}
            return [position_row(found[row["id"]]) for row in page]

        flat: Any = rows.prefetch_related(None).values("id", "stated_at")
        return listed(request, flat, order=("-stated_at", "-id"), limit=self.asked["limit"], finish=finish)

    @extend_schema(
        operation_id="positions_state", request=PositionInputSerializer, responses={201: PositionSerializer}
    )
    def post(self, request: Request) -> Response:
        """State a position on a requirement, once for all suppliers."""
        said = parsed(PositionInputSerializer, request.data)
        requirement = WorkplaceRequirement.objects.filter(
            version__key=said.pop("methodology"), printed_code=said.pop("requirement")
        ).first()
        if requirement is None:
            raise exceptions.ValidationError({"requirement": [_("There is no such requirement.")]})
        in_all_versions = said.pop("in_all_versions")
        made = positions.state_position(
            viewer=viewer_of(request),
            requirement=requirement,
            in_all_versions=in_all_versions,
            stance=Stance(**said),
            at=timezone.now(),
        )
        return Response(position_row(made), status=201)


class OnePosition(Endpoint):
    """What the endpoints of one position share."""

    resource = "plans"

    def position(self, code: str) -> Position:
        """Return the position, or raise NotVisible."""
        rows = Position.objects.select_related("requirement__version")
        return fetch(Position, code, viewer=viewer_of(self.request), queryset=rows)


class PositionDetail(OnePosition):
    """One standing position."""

    @extend_schema(operation_id="positions_read", responses=PositionSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read a position, as its buyer or as one of its suppliers."""
        return Response(position_row(self.position(code)))

    @extend_schema(operation_id="positions_change", request=StanceSerializer, responses=PositionSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Say it anew, as a new version."""
        position, said = self.position(code), parsed(StanceSerializer, request.data)
        changed = positions.change_position(
            viewer=viewer_of(request), position=position, stance=Stance(**said), at=timezone.now()
        )
        return Response(position_row(changed))


class PositionWithdraw(OnePosition):
    """Withdrawing a position."""

    @extend_schema(operation_id="positions_withdraw", request=NothingSerializer, responses=PositionSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Withdraw a position; its versions are kept."""
        parsed(NothingSerializer, request.data)
        position = positions.withdraw_position(
            viewer=viewer_of(request), position=self.position(code), at=timezone.now()
        )
        return Response(position_row(position))


class CarIntroductions(OfCar):
    """Introductions for one CAR."""

    @extend_schema(operation_id="introductions_list", responses=IntroductionSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the supplier's rounds, the newest first; a customer has none to read."""
        return Response([introduction_row(one) for one in rounds_of(viewer_of(request), self.car(code))])

    @extend_schema(
        operation_id="introductions_propose",
        request=IntroductionInputSerializer,
        responses={201: IntroductionSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask customers, each alone."""
        finding, said = self.car(code), parsed(IntroductionInputSerializer, request.data)
        made = introductions.propose_introduction(
            viewer=viewer_of(request),
            finding=finding,
            customers=self.customers(finding, said["customers"]),
            at=timezone.now(),
        )
        return Response(introduction_row(made), status=201)


class CarIntroductionAsks(OfCar):
    """What a customer was asked for one CAR."""

    @extend_schema(operation_id="introduction_asks_list", responses=IntroductionAskSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the questions to the viewer's organisation, with its answer and what came of it."""
        viewer = viewer_of(request)
        return Response([ask_row(one, viewer) for one in asks_of(viewer, self.car(code))])


def _round_verb(name: str, act: Callable[..., Any], words: str) -> type[Endpoint]:
    class Made(Verb):
        @extend_schema(
            operation_id=f"introductions_{name}",
            request=NothingSerializer,
            responses=IntroductionSerializer,
            description=words,
        )
        def post(self, request: Request, code: str) -> Response:
            rows = Introduction.objects.select_related("finding__audit")
            row = fetch(Introduction, code, viewer=viewer_of(request), queryset=rows)
            return Response(introduction_row(self.done(request, row, "introduction", act)))

    Made.shape, Made.__doc__, Made.__name__ = NothingSerializer, words, f"Introduction{name.title()}"
    return Made


IntroductionComplete = _round_verb(
    "complete", introductions.complete_introduction, "Introduce those who agreed to each other."
)
IntroductionEnd = _round_verb("end", introductions.end_introduction, "End the round without an introduction.")


def _ask_verb(
    name: str, shape: type[StrictSerializer], act: Callable[..., Any], words: str
) -> type[Endpoint]:
    class Made(Verb):
        @extend_schema(
            operation_id=f"introductions_{name}",
            request=shape,
            responses=IntroductionAskSerializer,
            description=words,
        )
        def post(self, request: Request, code: str) -> Response:
            rows = IntroductionAsk.objects.select_related("finding__audit")
            row = fetch(IntroductionAsk, code, viewer=viewer_of(request), queryset=rows)
            return Response(ask_row(self.done(request, row, "ask", act), viewer_of(request)))

    Made.shape, Made.__doc__, Made.__name__ = shape, words, f"Introduction{name.title()}"
    return Made


IntroductionAgree = _ask_verb(
    "agree", AgreementSerializer, introductions.agree_to_introduction, "Agree to be introduced."
)
IntroductionDecline = _ask_verb(
    "decline",
    IntroductionDeclineSerializer,
    introductions.decline_introduction,
    "Say no; only the supplier is told.",
)
IntroductionTakeBack = _ask_verb(
    "take_back", NothingSerializer, introductions.take_back_agreement, "Take a yes back before it is made."
)
