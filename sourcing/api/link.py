"""Trade links over the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from sourcing.actions.link import (
    accept_as_customer,
    accept_as_supplier,
    decline_link,
    end_link,
    propose_to_customer,
    propose_to_supplier,
    withdraw_link,
)
from sourcing.api.chosen import chosen
from sourcing.api.organisation import with_organisations
from sourcing.lifecycle import LinkState
from sourcing.models import RegisterEntry, Site, TradeLink
from web.api import (
    Endpoint,
    NamedSerializer,
    NothingSerializer,
    PageQuery,
    Row,
    StrictSerializer,
    listed,
    page_of,
    parsed,
)

FIELDS = (
    "code",
    "state",
    "covers_all_sites",
    "named_places",
    "message",
    "answer",
    "proposed_at",
    "answered_at",
    "ended_at",
)
COLUMNS = ("id", "buyer_id", "supplier_id", "proposed_by_id", *FIELDS)


class LinkSerializer(serializers.Serializer[Any]):
    """A trade link as it is sent."""

    code = serializers.CharField()
    customer = NamedSerializer()
    supplier = NamedSerializer()
    proposed_by = NamedSerializer()
    state = serializers.ChoiceField([one.value for one in LinkState])
    covers_all_sites = serializers.BooleanField()
    named_places = serializers.ListField(child=serializers.DictField())
    message = serializers.CharField()
    answer = serializers.CharField(help_text="The reason for saying no.")
    proposed_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class LinkQuery(PageQuery):
    """Filters of the list of trade links."""

    state = serializers.ChoiceField([one.value for one in LinkState], required=False)


class LinkProposalSerializer(StrictSerializer):
    """A proposal: to a supplier (with `places`) or to a customer (with `covers_all_sites` or `sites`)."""

    supplier_code = serializers.CharField(max_length=12, required=False)
    places = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        default=list,
        max_length=500,
        help_text="Codes of own register entries; none asks for all sites.",
    )
    customer_code = serializers.CharField(max_length=12, required=False)
    covers_all_sites = serializers.BooleanField(required=False, default=False)
    sites = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=500
    )
    message = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take exactly one of the two codes."""
        if ("supplier_code" in attrs) == ("customer_code" in attrs):
            raise exceptions.ValidationError(
                {"supplier_code": [_("Name a supplier or a customer, one of them.")]}
            )
        return attrs


class PlaceAnswerSerializer(StrictSerializer):
    """Which own site a named place is."""

    number = serializers.IntegerField(min_value=0, help_text="Position in `named_places`, from 0.")
    site = serializers.CharField(
        max_length=12, allow_null=True, help_text="Code of an own site; null adds the place as a new site."
    )


class LinkAcceptanceSerializer(StrictSerializer):
    """What a supplier shows; a customer accepts with an empty body."""

    covers_all_sites = serializers.BooleanField(required=False, default=False)
    sites = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=500
    )
    places = serializers.ListField(
        child=PlaceAnswerSerializer(), required=False, default=list, max_length=500
    )


class ReasonSerializer(StrictSerializer):
    """Why not."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class LinkList(Endpoint):
    """Trade links to suppliers and customers."""

    resource = "trade-links"
    query = LinkQuery

    @extend_schema(operation_id="trade_links_list", responses=page_of(LinkSerializer))
    def get(self, request: Request) -> Response:
        """List the links in which the viewer's organisation is one end, newest first."""
        wanted = self.asked
        rows = TradeLink.objects.visible_to(viewer_of(request))
        if wanted.get("state"):
            rows = rows.filter(state=wanted["state"])
        order = ("-proposed_at", "-id")
        return listed(request, rows.values(*COLUMNS), order=order, limit=wanted["limit"], finish=_shaped)

    @extend_schema(
        operation_id="trade_links_propose", request=LinkProposalSerializer, responses={201: LinkSerializer}
    )
    def post(self, request: Request) -> Response:
        """Propose a link to a supplier or a customer."""
        viewer, said = viewer_of(request), parsed(LinkProposalSerializer, request.data)
        if "supplier_code" in said:
            link = propose_to_supplier(
                viewer=viewer,
                code=said["supplier_code"],
                entries=chosen(RegisterEntry.objects.visible_to(viewer), said["places"], "places"),
                message=said["message"],
                at=timezone.now(),
            )
        else:
            link = propose_to_customer(
                viewer=viewer,
                code=said["customer_code"],
                covers_all_sites=said["covers_all_sites"],
                sites=chosen(Site.objects.owned_by(viewer), said["sites"], "sites"),
                message=said["message"],
                at=timezone.now(),
            )
        return Response(_one(request, link), status=201)


class LinkView(Endpoint):
    """What the pages of one link share."""

    resource = "trade-links"

    def link(self, code: str) -> TradeLink:
        """Return the link, or raise NotVisible."""
        return fetch(TradeLink, code, viewer=viewer_of(self.request))


class LinkDetail(LinkView):
    """One trade link."""

    @extend_schema(operation_id="trade_links_read", responses=LinkSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one link."""
        return Response(_one(request, self.link(code)))


class LinkAccept(LinkView):
    """The answer yes."""

    @extend_schema(
        operation_id="trade_links_accept", request=LinkAcceptanceSerializer, responses=LinkSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Accept; a supplier says which sites it shows."""
        viewer, link = viewer_of(request), self.link(code)
        if link.buyer_id == viewer.organisation_id:
            parsed(NothingSerializer, request.data)
            accept_as_customer(viewer=viewer, link=link, at=timezone.now())
            return Response(_one(request, link))
        said = parsed(LinkAcceptanceSerializer, request.data)
        own = Site.objects.owned_by(viewer)
        named = [answer["site"] for answer in said["places"] if answer["site"] is not None]
        by_code = {site.code: site for site in chosen(own, named, "places")}
        accept_as_supplier(
            viewer=viewer,
            link=link,
            covers_all_sites=said["covers_all_sites"],
            sites=chosen(own, said["sites"], "sites"),
            places={one["number"]: by_code.get((one["site"] or "").upper()) for one in said["places"]},
            at=timezone.now(),
        )
        return Response(_one(request, link))


class LinkDecline(LinkView):
    """The answer no."""

    @extend_schema(operation_id="trade_links_decline", request=ReasonSerializer, responses=LinkSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Decline, with a reason that the other side reads."""
        link, said = self.link(code), parsed(ReasonSerializer, request.data)
        decline_link(viewer=viewer_of(request), link=link, reason=said["reason"], at=timezone.now())
        return Response(_one(request, link))


class LinkWithdraw(LinkView):
    """Second thoughts."""

    @extend_schema(operation_id="trade_links_withdraw", request=NothingSerializer, responses=LinkSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Take a proposal back."""
        link = self.link(code)
        parsed(NothingSerializer, request.data)
        withdraw_link(viewer=viewer_of(request), link=link, at=timezone.now())
        return Response(_one(request, link))


class LinkEnd(LinkView):
    """The end."""

    @extend_schema(operation_id="trade_links_end", request=NothingSerializer, responses=LinkSerializer)
    def post(self, request: Request, code: str) -> Response:
        """End a link in force, at once."""
        link = self.link(code)
        parsed(NothingSerializer, request.data)
        end_link(viewer=viewer_of(request), link=link, at=timezone.now())
        return Response(_one(request, link))


def _shaped(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    names = {"buyer_id": "customer", "supplier_id": "supplier", "proposed_by_id": "proposed_by"}
    return with_organisations(rows, names)


def _one(request: Request, link: TradeLink) -> Row:
    return _shaped(
        list(TradeLink.objects.visible_to(viewer_of(request)).filter(pk=link.pk).values(*COLUMNS))
    )[0]
