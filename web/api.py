"""What every API request shares: only what is known in, pages by keyset out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from rest_framework import exceptions, permissions, serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from web.json_body import StrictJSONParser
from web.paging import LARGEST, Page, is_cursor_of, keyset_page
from web.strict import misspelt, mistyped

Row = dict[str, Any]


class BadQuery(exceptions.ValidationError):
    """Something in the address is not understood; the problem document names parameters instead of fields."""


class StrictSerializer(serializers.Serializer[Any]):
    """Input that refuses names it does not know and, in JSON, values of another type than the schema says."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; every unknown name and every wrong type is an error of its own."""
        if isinstance(data, Mapping):
            wrong: dict[str, Any] = {
                name: [_("This field is not known here.")] for name in data if name not in self.fields
            }
            if self.context.get("in_address"):
                wrong |= misspelt(self.fields, data)
            elif not isinstance(data, QueryDict):
                wrong |= mistyped(self.fields, data)
            if wrong:
                raise exceptions.ValidationError(wrong)
        return super().to_internal_value(data)


class NoQuery(StrictSerializer):
    """An address that takes no parameters."""


class Endpoint(APIView):
    """One address of the API.

    Args of a subclass:
        resource: one of `organisations.visibility.RESOURCES`; a token needs `resource:read` or `resource:write`.
        query: what a GET takes after the question mark; the schema and `asked` follow from it.
    """

    resource: ClassVar[str]
    query: ClassVar[type[StrictSerializer]] = NoQuery
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    asked: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then the address: only parameters that are known, each once.

        Raises:
            Http404: a NUL in the path, which no code contains.
            BadQuery: see `query`.
        """
        super().initial(request, *args, **kwargs)
        if any("\x00" in str(value) for value in kwargs.values()):
            raise Http404
        shape = self.query if request.method in permissions.SAFE_METHODS else NoQuery
        self.asked = _asked(shape, request.query_params)


def _asked(shape: type[StrictSerializer], given: QueryDict) -> dict[str, Any]:
    repeated = {name: [_("Give this once.")] for name, values in given.lists() if len(values) > 1}
    if repeated:
        raise BadQuery(repeated)
    try:
        return parsed(shape, given.dict(), in_address=True)
    except exceptions.ValidationError as error:
        raise BadQuery(error.detail) from error


class PageQuery(StrictSerializer):
    """How much of a list to give; a resource adds its filters by inheriting."""

    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST)
    cursor = serializers.CharField(
        required=False, max_length=4000, help_text="Taken from `next` or `previous`, as it stands."
    )


class NothingSerializer(StrictSerializer):
    """An empty body."""


class UploadSerializer(StrictSerializer):
    """A file, as multipart form data."""

    file = serializers.FileField()


class NamedSerializer(serializers.Serializer[Any]):
    """How another object is named: by its public code, and its name to read."""

    code = serializers.CharField()
    name = serializers.CharField()


def parsed(shape: type[StrictSerializer], data: Any, **context: Any) -> dict[str, Any]:
    """Return `data` as `shape` understands it.

    Raises:
        ValidationError: answered with 400 and a pointer to each field.
    """
    serializer = shape(data=data, context=context)
    serializer.is_valid(raise_exception=True)
    return cast("dict[str, Any]", serializer.validated_data)


def listed(
    request: Request,
    rows: QuerySet[Any, Row],
    *,
    order: Sequence[str],
    limit: int,
    finish: Callable[[list[Row]], list[Row]] = list,
) -> Response:
    """Answer with one page of flat rows (`.values(…)`), which cost a tenth of model instances.

    Args:
        rows: the visible and filtered rows; the columns of `order` are among the values.
        order: columns as for `order_by`; it must be an index's order.
        finish: turns the page's rows into what is sent, fetching their relatives in one query each.

    Raises:
        BadQuery: the cursor is not one of this list.
    """
    cursor = request.query_params.get("cursor", "")
    if cursor and not is_cursor_of(rows, cursor, order=order):
        raise BadQuery({"cursor": [_("This cursor does not belong to this list.")]})
    page = keyset_page(rows, request=request._request, order=order, size=limit)
    return _answer(request, page, finish(page.rows))


def page_of(item: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return the shape of one page of `item`, for the schema."""
    name = item.__name__.removesuffix("Serializer")
    fields = {
        "results": item(many=True),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    }
    made = type(f"{name}PageSerializer", (serializers.Serializer,), fields)
    return cast("serializers.Serializer[Any]", made())


def _answer(request: Request, page: Page[Any], results: Sequence[Any]) -> Response:
    around = {"next": page.next_url, "previous": page.previous_url}
    links = {name: request._request.build_absolute_uri(url) if url else None for name, url in around.items()}
    answer = Response({"results": results, **links})
    if named := [f'<{url}>; rel="{name.removesuffix("ious")}"' for name, url in links.items() if url]:
        answer["Link"] = ", ".join(named)
    return answer
