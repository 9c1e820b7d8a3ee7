"""Who am I, and which organisations may I know of."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import ANY, viewer_of
from organisations.models import Organisation, Person
from organisations.queries import fetch, memberships_of
from organisations.visibility import Capability
from web.api import Endpoint, PageQuery, Row, listed, page_of

FIELDS = ("code", "name", "country", "capabilities")


class OrganisationSerializer(serializers.Serializer[Any]):
    """What others may know of an organisation."""

    code = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1, two letters; empty when not said.")
    capabilities = serializers.ListField(child=serializers.ChoiceField([one.value for one in Capability]))


class MembershipSerializer(serializers.Serializer[Any]):
    """A membership of the person."""

    organisation = OrganisationSerializer()
    role = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """The person, the organisation for which they act now, and what else they belong to."""

    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField()
    timezone = serializers.CharField()
    organisation = OrganisationSerializer()
    role = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)
    memberships = MembershipSerializer(many=True)


class MeView(Endpoint):
    """Who is asking: a token learns of its own organisation only, whatever its scopes."""

    resource = ANY

    @extend_schema(operation_id="me_read", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Return the person and for whom they act."""
        viewer = viewer_of(request)
        person = Person.objects.get(pk=viewer.person_id)
        memberships = memberships_of(person.pk)
        current = next(one for one in memberships if one.organisation_id == viewer.organisation_id)
        shown = memberships if viewer.scopes is None else [current]
        me = {
            "name": person.name,
            "email": person.email,
            "language": person.language,
            "timezone": person.timezone,
            "organisation": current.organisation,
            "role": viewer.role.value,
            "scopes": None if viewer.scopes is None else sorted(viewer.scopes),
            "memberships": shown,
        }
        return Response(MeSerializer(me).data)


class OrganisationListView(Endpoint):
    """Organisations the viewer may know of: their own, partners, and those listed for everyone."""

    resource = "organisations"
    query = PageQuery

    @extend_schema(operation_id="organisations_list", responses=page_of(OrganisationSerializer))
    def get(self, request: Request) -> Response:
        """Return a page of organisations by name."""
        rows = Organisation.objects.visible_to(viewer_of(request)).values("id", *FIELDS)
        return listed(request, rows, order=("name", "id"), limit=self.asked["limit"], finish=_without_ids)


class OrganisationView(Endpoint):
    """One organisation by its code."""

    resource = "organisations"

    @extend_schema(operation_id="organisations_read", responses=OrganisationSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Return one organisation that the viewer may know of."""
        return Response(OrganisationSerializer(fetch(Organisation, code, viewer=viewer_of(request))).data)


def _without_ids(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return rows
