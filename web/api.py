"""What every API request shares: strict JSON in, pages by keyset out."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from web.paging import LARGEST, Page, is_cursor_of, keyset_page

MAX_BYTES = 1_000_000
MAX_DEPTH = 32

Row = dict[str, Any]


class StrictSerializer(serializers.Serializer[Any]):
    """Input that refuses fields it does not know, in a body as in the address."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; every unknown name is an error of its own."""
        if isinstance(data, Mapping):
            unknown = {name: [_("This field is not known here.")] for name in data if name not in self.fields}
            if unknown:
                raise exceptions.ValidationError(unknown)
        return super().to_internal_value(data)


class PageQuery(StrictSerializer):
    """How much of a list to give; a resource adds its filters by inheriting."""

    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=LARGEST)
    cursor = serializers.CharField(
        required=False, max_length=4000, help_text="Taken from `next` or `previous`, as it stands."
    )


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
        ValidationError: the cursor is not one of this list.
    """
    cursor = request.query_params.get("cursor", "")
    if cursor and not is_cursor_of(rows, cursor, order=order):
        raise exceptions.ValidationError({"cursor": [_("This cursor does not belong to this list.")]})
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


class StrictJSONParser(JSONParser):
    """JSON up to 1 MB and 32 levels, without repeated keys, NUL or lone surrogates."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """Return the parsed body.

        Raises:
            ParseError: the body is too large, too deep, not UTF-8 or not JSON, or repeats a key.
        """
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise exceptions.ParseError(_("The body is larger than one megabyte."))
        if _too_deep(body):
            raise exceptions.ParseError(_("The body is nested too deeply."))
        try:
            text = body.decode("utf-8")
            data: dict[str, Any] = json.loads(
                text, object_pairs_hook=_no_repeats, parse_constant=_no_constants
            )
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeError as error:
            raise exceptions.ParseError(_("The body is not valid Unicode text.")) from error
        except ValueError as error:
            raise exceptions.ParseError(_("The body is not valid JSON.")) from error
        if b"\\u0000" in body or b"\x00" in body:
            raise exceptions.ParseError(_("The body contains a NUL character."))
        return data


def _too_deep(body: bytes) -> bool:
    depth = deepest = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            in_string, escaped = True, False
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest > MAX_DEPTH


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _no_constants(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def keyset_answer(
    rows: QuerySet[Any, Any],
    *,
    request: Request,
    order: Sequence[str],
    serializer: type[BaseSerializer[Any]],
    context: dict[str, Any] | None = None,
) -> Response:
    """Answer with one page: `results`, and the addresses of the `next` and the `previous` page or null.

    `?limit=` is at most 200, `?cursor=` is taken from the answers; other parameters (the filters) are kept.

    Raises:
        ValidationError: `limit` is not a number from 1 to 200.
    """
    size = _limit(request.query_params.get("limit", "50"))
    page = keyset_page(rows, request=request._request, order=order, size=size)
    shown = serializer(page.rows, many=True, context={"request": request, **(context or {})})
    return _answer(request, page, shown.data)


def _answer(request: Request, page: Page[Any], results: Sequence[Any]) -> Response:
    around = {"next": page.next_url, "previous": page.previous_url}
    links = {name: request._request.build_absolute_uri(url) if url else None for name, url in around.items()}
    answer = Response({"results": results, **links})
    if named := [f'<{url}>; rel="{name.removesuffix("ious")}"' for name, url in links.items() if url]:
        answer["Link"] = ", ".join(named)
    return answer


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST:
        return int(text)
    raise exceptions.ValidationError({"limit": [_("Give a number from 1 to 200.")]})
