"""Every address that the installation answers, read from the resolver: nothing can be forgotten here."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"
API_METHODS = ("get", "post", "put", "patch", "delete")
# What other people's packages bring; `policy.THIRD_PARTY` names each of their routes.
FOREIGN = ("allauth.",)


@dataclass(frozen=True)
class Route:
    """One address: its name as for `reverse`, its pattern, and the methods that it answers."""

    name: str
    pattern: str
    methods: frozenset[str]
    is_foreign: bool

    @property
    def is_api(self) -> bool:
        """Whether programs ask here."""
        return self.pattern.startswith(API)

    @property
    def takes(self) -> int:
        """How many arguments the address has."""
        return len(re.findall(r"<[^>]+>|\(\?P<", self.pattern))


def routes() -> list[Route]:
    """Return every route of the project, in the order of the resolver."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _walk(each, pattern, inner)
        elif isinstance(each, URLPattern):
            view = each.callback
            yield Route(
                name=f"{namespace}{each.name}" if each.name else pattern,
                pattern=pattern,
                methods=_methods(view),
                is_foreign=str(getattr(view, "__module__", "")).startswith(FOREIGN)
                or str(getattr(getattr(view, "view_class", None), "__module__", "")).startswith(FOREIGN),
            )


def _methods(view: Callable[..., Any]) -> frozenset[str]:
    """Return the methods a view answers: a class says so, of a function its source does."""
    made_from = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if made_from is not None:
        allowed = made_from.http_method_names
        return frozenset(name for name in API_METHODS if hasattr(made_from, name) and name in allowed)
    source = _source(inspect.unwrap(view))
    if "@require_POST" in source:
        return frozenset({"post"})
    return frozenset({"get", "post"}) if "POST" in source else frozenset({"get"})


def _source(function: Callable[..., Any]) -> str:
    """Return the source of a view and of the helpers of its module that it calls."""
    text = inspect.getsource(function)
    module = inspect.getmodule(function)
    helpers = {
        getattr(module, name)
        for name in re.findall(r"\b(_[a-z_]+)\(", text)
        if inspect.isfunction(getattr(module, name, None))
    }
    return text + "".join(inspect.getsource(helper) for helper in helpers)
