"""The words in which the policy is written: one request and who gets which answer (how to read it: `policy.py`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.matrices.principals import EVERYONE, HOMELESS, MEMBERS, PEOPLE, VISITORS
from tests.matrices.world import World

Body = Callable[[World], dict[str, Any]]
NO_ONE: frozenset[str] = frozenset()


def nothing(_world: World) -> dict[str, Any]:
    """Send an empty body."""
    return {}


@dataclass(frozen=True)
class Case:
    """One request and its answers.

    Args:
        outcomes: principal → answer.
        of: names of the things whose codes (or plain values) stand in the address, in order.
        body: what is sent.
        others: more things for the first place in the address, crawled for words; the oracle says who sees them.
        is_json: whether the body is JSON.
    """

    outcomes: Mapping[str, str]
    of: tuple[Any, ...] = ()
    body: Body | None = None
    others: tuple[str, ...] = field(default=())
    is_json: bool = False

    def arguments(self, world: World, *, first: str | None = None) -> list[Any]:
        """Return the arguments of the address."""
        given = [first, *self.of[1:]] if first else list(self.of)
        return [_argument(world, one) for one in given]


def _argument(world: World, one: Any) -> Any:
    if one == "@secret":
        return world.secret
    if isinstance(one, str) and one.startswith("@"):
        return world.organisations[one[1:]].code
    return world[one].code if isinstance(one, str) and one in world.things else one


OTHERS = {
    "north": ("far_site", "south"),
    "link": ("link_rival", "link_ended", "link_asked"),
    "engagement": ("engagement_asked", "engagement_ended", "engagement_refused"),
    "audit": ("old_audit", "submitted", "draft", "far_audit"),
    "car": ("old_car", "nc", "draft_nc", "far_car"),
    "entry": ("connected", "rival_entry"),
    "share": ("share_car", "share_over", "far_share"),
    "import_previewed": ("import_applied", "rival_import_previewed"),
}


def page(
    ok: Iterable[str] = MEMBERS,
    *,
    forbidden: Iterable[str] = NO_ONE,
    of: str | tuple[Any, ...] = (),
    status: int = 200,
    body: Body | None = None,
    otherwise: Mapping[str, int] | None = None,
) -> Case:
    """Return what a page for members answers."""
    things = (of,) if isinstance(of, str) else of
    rest = "404" if things else "403"
    outcomes = (
        dict.fromkeys(VISITORS, "login") | dict.fromkeys(HOMELESS, "new") | dict.fromkeys(MEMBERS, rest)
    )
    outcomes |= dict.fromkeys(forbidden, "403") | dict.fromkeys(ok, str(status))
    outcomes |= {who: str(answer) for who, answer in (otherwise or {}).items()}
    is_plain = bool(things) and status == 200 and body is None and not forbidden
    others = OTHERS.get(things[0], ()) if is_plain else ()
    return Case(outcomes, things, body, others)


def done(ok: Iterable[str], **about: Any) -> Case:
    """Return what a page answers that did what was asked: it leads on."""
    given: dict[str, Any] = {"status": 302, "body": nothing}
    return page(ok, **(given | about))


def api(
    ok: Iterable[str] = MEMBERS,
    *,
    forbidden: Iterable[str] = NO_ONE,
    of: str | tuple[Any, ...] = (),
    status: int = 200,
    body: Body | None = None,
    writes: bool = False,
    bare: str = "403",
    otherwise: Mapping[str, int] | None = None,
) -> Case:
    """Return what the API answers: a token acts as the admin who made it, within its scopes."""
    as_page = page(ok, forbidden=forbidden, of=of, status=status, body=body, otherwise=otherwise)
    outcomes = dict(as_page.outcomes)
    outcomes |= dict.fromkeys(HOMELESS | {"anonymous", "token_revoked"}, "401")
    outcomes |= {"token_full": outcomes["supplier"], "token_bare": bare}
    outcomes["token_read_only"] = "403" if writes else outcomes["supplier"]
    return Case(outcomes, as_page.of, body, () if writes else OTHERS.get(str(of), ()), is_json=True)


def sent(ok: Iterable[str], **about: Any) -> Case:
    """Return what the API answers to something being done."""
    given: dict[str, Any] = {"body": nothing}
    return api(ok, writes=True, **(given | about))


def everyone(status: int = 200, **about: Any) -> Case:
    """Return what an address answers that asks nobody who they are."""
    return Case(dict.fromkeys(EVERYONE, str(status)), about.get("of", ()), about.get("body"))


def signed_in(status: int = 200, **about: Any) -> Case:
    """Return what a page answers to everyone with an account, member or not."""
    return page(PEOPLE, status=status, **about)


def says(**values: Any) -> Body:
    """Send these values."""
    return lambda _world: values
