"""The public register and the check of certificates over the API: what the public pages say, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.refusals import NotVisible
from schemes.models import CertificateStatus
from schemes.permissions.knocking import MOST, SECONDS, knock
from schemes.queries.register import REGISTER_COLUMNS, public_row, register_of, scheme_with_register
from schemes.queries.verify import certificate_of
from schemes.reports.verify import as_data, today
from web.api import Endpoint, PageQuery, Row, listed, page_of


class RegisterQuery(PageQuery):
    """Filters of the register."""

    words = serializers.CharField(required=False, max_length=200, help_text="Each has to stand in the name.")
    country = serializers.CharField(required=False, max_length=2, help_text="ISO 3166-1, two letters.")
    level = serializers.CharField(required=False, max_length=40, help_text="Key of a level.")


class LevelReachedSerializer(serializers.Serializer[Any]):
    """One line of a history."""

    level = serializers.CharField()
    title = serializers.CharField()
    on = serializers.DateField()


class SchemeMemberEntrySerializer(serializers.Serializer[Any]):
    """A member who consents."""

    name = serializers.CharField()
    country = serializers.CharField()
    level = serializers.CharField()
    level_title = serializers.CharField()
    since = serializers.DateField()
    member_since = serializers.DateField()
    history = LevelReachedSerializer(many=True)


class SchemeNameSerializer(serializers.Serializer[Any]):
    """The scheme of a certificate."""

    key = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()


class EditionNameSerializer(serializers.Serializer[Any]):
    """The edition by which a level was given."""

    version = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)


class LevelHeldSerializer(serializers.Serializer[Any]):
    """The level of a certificate."""

    key = serializers.CharField()
    title = serializers.CharField()
    since = serializers.DateField()


class CertificateCheckSerializer(serializers.Serializer[Any]):
    """What a certificate is worth today."""

    code = serializers.CharField()
    status = serializers.ChoiceField(CertificateStatus.choices)
    member = serializers.CharField()
    scheme = SchemeNameSerializer()
    edition = EditionNameSerializer()
    level = LevelHeldSerializer()
    issued_on = serializers.DateField()
    valid_until = serializers.DateField()
    withdrawn_on = serializers.DateField(allow_null=True)
    superseded_by = serializers.CharField(allow_null=True)
    url = serializers.URLField()
    badge = serializers.URLField()
    checked_on = serializers.DateField()


class RegisterList(Endpoint):
    """The public register of a scheme."""

    resource = "schemes"
    query = RegisterQuery

    @extend_schema(operation_id="scheme_register_list", responses=page_of(SchemeMemberEntrySerializer))
    def get(self, request: Request, key: str) -> Response:
        """List the members who consent, by name; without an account the same stands at `/register-of-members/`."""
        scheme = scheme_with_register(key)
        asked = {name: self.asked[name] for name in ("words", "country", "level") if name in self.asked}
        rows = register_of(scheme, **asked).values("id", *REGISTER_COLUMNS)
        return listed(request, rows, order=("name", "id"), limit=self.asked["limit"], finish=_entries)


class CertificateCheck(Endpoint):
    """One certificate, by its code."""

    resource = "schemes"

    @extend_schema(operation_id="certificates_check", responses=CertificateCheckSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Check a certificate; without an account the same stands at `/verify/`."""
        knock(request._request, door="verify", most=MOST, seconds=SECONDS)
        found = certificate_of(code)
        if found is None:
            raise NotVisible
        return Response(as_data(found, today()))


def _entries(rows: list[Row]) -> list[Row]:
    return [public_row(row) for row in rows]
