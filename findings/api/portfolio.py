"""A buyer's portfolio over the API: how its suppliers stand, kept views, and lists as files."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Rendering
from documents.serve import serve
from findings.actions.portfolio import TABLE, follow, keep_view, remove_view, take_list, unfollow
from findings.models import Finding, SavedView, Standing, Subscription, TableExport
from findings.permissions.portfolio import can_see_portfolio
from findings.queries.portfolio import cell_values, figures_of, portfolio, sites_of, standing_of, wanted_from
from ledger.models.subjects import about
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from web.api import Endpoint, NothingSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

COLUMNS = tuple(one.attname for one in Standing._meta.fields)
AUDITED = [("never", "never"), ("long_ago", "long_ago")]


class CountsSerializer(serializers.Serializer[Any]):
    """Open non-compliances by severity, and CARs by state: two counts that are never added up."""

    business_critical = serializers.IntegerField()
    critical = serializers.IntegerField()
    major = serializers.IntegerField()
    minor = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="Open and past their date today; computed.")
    next_due_on = serializers.DateField(allow_null=True)
    waiting = serializers.IntegerField(help_text="Actions sent that the auditor has not verified.")
    car_open = serializers.IntegerField()
    car_in_progress = serializers.IntegerField()
    oldest_car_on = serializers.DateField(allow_null=True)
    last_audit_on = serializers.DateField(allow_null=True)
    next_audit_on = serializers.DateField(allow_null=True, help_text="When the next full one is expected.")
    days_to_answer = serializers.IntegerField(allow_null=True)
    days_to_plan = serializers.IntegerField(allow_null=True)


class StandingSerializer(CountsSerializer):
    """How one supplier stands over the sites that the reader sees."""

    code = serializers.CharField()
    supplier = serializers.CharField()
    country = serializers.CharField()
    sites = serializers.IntegerField()


class SiteCountsSerializer(CountsSerializer):
    """How one audited site stands."""

    code = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField()


class SupplierStatusSerializer(StandingSerializer):
    """One supplier with its audited sites."""

    audited_sites = SiteCountsSerializer(many=True)


class PortfolioQuery(PageQuery):
    """Filters of the portfolio."""

    q = serializers.CharField(required=False, default="", max_length=100)
    country = serializers.CharField(required=False, default="", max_length=2)
    severity = serializers.ChoiceField(
        Finding.Severity.choices,
        required=False,
        default="",
        help_text="With one open that is at least as grave.",
    )
    overdue = serializers.BooleanField(required=False, default=False)
    without_plan = serializers.BooleanField(required=False, default=False)
    audited = serializers.ChoiceField(AUDITED, required=False, default="")


class ViewSerializer(serializers.Serializer[Any]):
    """A kept view."""

    code = serializers.CharField()
    name = serializers.CharField()
    asked = serializers.DictField(child=serializers.CharField())
    saved_at = serializers.DateTimeField()


class ViewInputSerializer(StrictSerializer):
    """Filters under a name."""

    name = serializers.CharField(max_length=80)
    asked = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)


class FollowSerializer(StrictSerializer):
    """What the reader wants to be told of a view."""

    events = serializers.ListField(
        child=serializers.ChoiceField(Subscription.Event.choices), min_length=1, max_length=6
    )
    rhythm = serializers.ChoiceField(Subscription.Rhythm.choices)


class ListInputSerializer(StrictSerializer):
    """Which list, narrowed how, in which format; `asked` has the parameters of the page's address."""

    kind = serializers.ChoiceField(TableExport.Kind.choices)
    format = serializers.ChoiceField(TableExport.Format.choices)
    asked = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)


class ListSerializer(serializers.Serializer[Any]):
    """How far a file is."""

    code = serializers.CharField()
    kind = serializers.CharField()
    format = serializers.CharField()
    state = serializers.ChoiceField(Rendering.State.choices)
    percent = serializers.IntegerField()


class Portfolio(Endpoint):
    """The suppliers as they stand."""

    resource = "findings"
    query = PortfolioQuery

    @extend_schema(operation_id="portfolio_list", responses=page_of(StandingSerializer))
    def get(self, request: Request) -> Response:
        """List the viewer's suppliers by name."""
        viewer, today = viewer_of(request), timezone.localdate()
        can_see_portfolio(viewer).require()
        rows = portfolio(viewer, wanted_from(self.asked), on=today)

        def finish(found: list[Row]) -> list[Row]:
            return [cell_values(Standing(**row), on=today) for row in found]

        return listed(
            request,
            rows.values(*COLUMNS),
            order=("supplier_name", "id"),
            limit=self.asked["limit"],
            finish=finish,
        )


class SupplierStatus(Endpoint):
    """One supplier as it stands."""

    resource = "findings"

    @extend_schema(operation_id="portfolio_read", responses=SupplierStatusSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read how one supplier and its audited sites stand."""
        viewer, today = viewer_of(request), timezone.localdate()
        standing = standing_of(viewer, code)
        if standing is None:
            raise NotVisible
        sites = [
            figures_of(one, on=today)
            | {"code": one.site.code, "name": one.site.name, "country": one.site.country}
            for one in sites_of(viewer, standing)
        ]
        return Response(cell_values(standing, on=today) | {"audited_sites": sites})


class ViewList(Endpoint):
    """Kept views of the portfolio; they belong to the organisation."""

    resource = "findings"

    @extend_schema(operation_id="portfolio_views_list", responses=ViewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the kept views, fifty at most."""
        return Response([_view(one) for one in SavedView.objects.visible_to(viewer_of(request))])

    @extend_schema(
        operation_id="portfolio_views_keep", request=ViewInputSerializer, responses={201: ViewSerializer}
    )
    def post(self, request: Request) -> Response:
        """Keep filters under a name."""
        said = parsed(ViewInputSerializer, request.data)
        view = keep_view(viewer=viewer_of(request), name=said["name"], asked=said["asked"], at=timezone.now())
        return Response(_view(view), status=201)


class ViewDetail(Endpoint):
    """One kept view."""

    resource = "findings"

    @extend_schema(operation_id="portfolio_views_remove", request=None, responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Remove a kept view."""
        viewer = viewer_of(request)
        remove_view(viewer=viewer, view=fetch(SavedView, code, viewer=viewer), at=timezone.now())
        return Response(status=204)


class ViewFollow(Endpoint):
    """What the reader is told of a view."""

    resource = "findings"

    @extend_schema(
        operation_id="portfolio_views_follow", request=FollowSerializer, responses=FollowSerializer
    )
    def put(self, request: Request, code: str) -> Response:
        """Be told of a view, or change what one is told."""
        viewer, said = viewer_of(request), parsed(FollowSerializer, request.data)
        follow(viewer=viewer, view=fetch(SavedView, code, viewer=viewer), at=timezone.now(), **said)
        return Response(said)

    @extend_schema(operation_id="portfolio_views_unfollow", request=NothingSerializer, responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Be told of it no more."""
        viewer = viewer_of(request)
        unfollow(viewer=viewer, view=fetch(SavedView, code, viewer=viewer))
        return Response(status=204)


class Lists(Endpoint):
    """Lists as files."""

    resource = "findings"

    @extend_schema(operation_id="lists_take", request=ListInputSerializer, responses={201: ListSerializer})
    def post(self, request: Request) -> Response:
        """Ask for a list as a file; it is made in the background."""
        viewer, said = viewer_of(request), parsed(ListInputSerializer, request.data)
        wish = take_list(
            viewer=viewer,
            kind=said["kind"],
            file_format=said["format"],
            asked=said["asked"],
            at=timezone.now(),
        )
        return Response(_list(wish), status=201)


class ListDetail(Endpoint):
    """One list as a file."""

    resource = "findings"

    @extend_schema(operation_id="lists_read", responses=ListSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read how far the file is."""
        viewer = viewer_of(request)
        return Response(_list(fetch(TableExport, code, viewer=viewer)))


class ListFile(Endpoint):
    """The file of a list."""

    resource = "findings"

    @extend_schema(
        operation_id="lists_download", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, code: str) -> Any:
        """Take the finished file; 404 while it is being made."""
        rendering = _rendering(fetch(TableExport, code, viewer=viewer_of(request)))
        if rendering is None or rendering.document is None:
            raise Http404
        return serve(rendering.document)


def _view(view: SavedView) -> Row:
    return {"code": view.code, "name": view.name, "asked": view.asked, "saved_at": view.saved_at}


def _rendering(wish: TableExport) -> Rendering | None:
    own = Rendering.objects.filter(organisation_id=wish.organisation_id, kind=TABLE, **about(wish))
    return own.select_related("document").first()


def _list(wish: TableExport) -> Row:
    rendering = _rendering(wish)
    return {
        "code": wish.code,
        "kind": wish.kind,
        "format": wish.format,
        "state": rendering.state if rendering else Rendering.State.QUEUED,
        "percent": rendering.percent if rendering else 0,
    }
