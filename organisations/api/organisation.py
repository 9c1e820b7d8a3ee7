"""Who am I, and which organisations may I know of."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from organisations.api.authentication import viewer_of
from organisations.models import Organisation, Person
from organisations.queries import fetch, memberships_of
from web.api import keyset_answer


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """What others may know of an organisation."""

    class Meta:
        model = Organisation
        fields = ("code", "name", "country", "capabilities")
        read_only_fields = fields


class OrganisationPageSerializer(serializers.Serializer[Any]):
    """One page of organisations."""

    results = OrganisationSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


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


class MeView(APIView):
    """Who is asking: a token learns of its own organisation only."""

    @extend_schema(operation_id="me", responses=MeSerializer)
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


class OrganisationListView(APIView):
    """Organisations the viewer may know of: their own, partners, and those listed for everyone."""

    resource = "organisations"

    @extend_schema(operation_id="organisations", responses=OrganisationPageSerializer)
    def get(self, request: Request) -> Response:
        """Return a page of organisations by name."""
        rows = Organisation.objects.visible_to(viewer_of(request))
        return keyset_answer(rows, request=request, order=("name", "id"), serializer=OrganisationSerializer)


class OrganisationView(APIView):
    """One organisation by its code."""

    resource = "organisations"

    @extend_schema(operation_id="organisation", responses=OrganisationSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Return one organisation that the viewer may know of."""
        return Response(OrganisationSerializer(fetch(Organisation, code, viewer=viewer_of(request))).data)
