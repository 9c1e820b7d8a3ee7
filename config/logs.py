"""Logs: JSON lines in UTC in production, readable lines elsewhere; no bodies, no secrets."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Addresses that hold a key: whoever reads the logs must not be able to use them.
_SECRETS = (
    re.compile(
        r"((?:/|%2F)organisations(?:/|%2F)invitations(?:/|%2F))(?:(?!%2F)[^/\s])+(?=(?:/|%2F)accept)",
        re.IGNORECASE,
    ),
    re.compile(r"(/accounts/confirm-email/)[^/\s]+"),
    re.compile(r"(/accounts/password/reset/key/)[^/\s]+"),
    re.compile(r"()\bct_[A-Za-z0-9_-]{20,}"),
)


def redact(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take keys out of every text of a log line: of invitations, of letters to prove an address, of tokens."""
    for key, value in event.items():
        if isinstance(value, str):
            for pattern in _SECRETS:
                value = pattern.sub(r"\1…", value)  # noqa: PLW2901
            event[key] = value
    return event


def formatter(*, json: bool) -> structlog.stdlib.ProcessorFormatter:
    """Return the formatter for every handler; `json` selects one JSON object per line."""
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
        ],
    )


def configure() -> None:
    """Send structlog's own loggers through the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
