"""The body of an API request: JSON within bounds, and nothing that two readers could understand differently."""

import json
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

MAX_BYTES = 1_000_000
MAX_DEPTH = 32


class TooLarge(exceptions.APIException):
    """The body is larger than we read."""

    status_code = 413
    default_detail = _l("The body is larger than one megabyte.")
    default_code = "too-large"


class StrictJSONParser(JSONParser):
    """JSON up to 1 MB and 32 levels, without repeated keys, NUL or lone surrogates."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """Return the parsed body.

        Raises:
            TooLarge: it is over 1 MB.
            ParseError: it is too deep, not UTF-8 or not JSON, or repeats a key.
        """
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
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
