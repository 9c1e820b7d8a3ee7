"""Mutants of Python: one node of one function changed, its code put in place of the one that all callers hold.

Replacing `__code__` costs nothing, so that one process that has collected the tests serves all mutants.
"""

import ast
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ground import ROOT
from ledger.lifecycles import Lifecycle
from mutation import Mutant

LIFECYCLES = ("findings/lifecycle.py", "sourcing/lifecycle.py", "schemes/lifecycle.py", "forum/lifecycle.py")
WHOLE = (
    *LIFECYCLES,
    "ledger/lifecycles.py",
    "ledger/transitions.py",
    "*/visibility.py",
    "*/permissions.py",
    "*/permissions/*.py",
)
SCOPES = ("*/models/*.py",)
LIFE_TESTS = ("tests/matrices/test_lifecycles.py", "tests/ledger/test_lifecycles.py")
Place = tuple[Any, str, int | None, ast.expr]
SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ALLOWED = "__import__('ledger.refusals', fromlist=['x']).ALLOWED"
DENIED = "__import__('ledger.refusals', fromlist=['x']).denied('broken', 'broken')"


def mutants(only: list[str]) -> Iterator[Mutant]:
    """Yield every mutant of every room, or of those whose path begins with one of `only`."""
    for pattern in WHOLE + SCOPES:
        for path in sorted(ROOT.glob(pattern)):
            name = str(path.relative_to(ROOT))
            if not only or any(name.startswith(one) for one in only):
                yield from _of_file(name, scopes_only=pattern in SCOPES)


def _of_file(path: str, *, scopes_only: bool) -> Iterator[Mutant]:
    module = import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    tree = ast.parse((ROOT / path).read_text())
    if path in LIFECYCLES:
        yield from _of_lifecycles(path, module)
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and not scopes_only and path not in LIFECYCLES:
            yield from _of_constant(path, module, statement)
        is_scope = isinstance(statement, ast.ClassDef) and statement.name.endswith("QuerySet")
        if is_scope or not scopes_only or isinstance(statement, ast.FunctionDef):
            for function in _functions(statement):
                yield from _of_function(path, tree, function)


def _functions(statement: ast.stmt) -> Iterator[ast.FunctionDef]:
    if isinstance(statement, ast.FunctionDef):
        yield statement
    elif isinstance(statement, ast.ClassDef):
        yield from (one for one in statement.body if isinstance(one, ast.FunctionDef))


# ---------------------------------------------------------------- functions
def _of_function(path: str, tree: ast.Module, function: ast.FunctionDef) -> Iterator[Mutant]:
    line = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    originals = _loaded().get((str(ROOT / path), line), [])
    returns_decision = isinstance(function.returns, ast.Name) and function.returns.id == "Decision"
    for owner, name, index, node in list(_places(function)):
        for replacement in _variants(owner, node, returns_decision):
            before = ast.unparse(node)
            ast.copy_location(replacement, node)
            _put(owner, name, index, replacement)
            code = _find(compile(ast.fix_missing_locations(tree), str(ROOT / path), "exec"), function, line)
            after = ast.unparse(replacement)
            _put(owner, name, index, node)
            change = f"{before}  →  {after.replace(ALLOWED, 'ALLOWED').replace(DENIED, 'denied')}"
            if code is not None and all(one.__code__.co_freevars == code.co_freevars for one in originals):
                yield Mutant(
                    path,
                    f"{function.name}:{node.lineno}",
                    change,
                    frozenset({f"{path}:{line}"}),
                    applied=partial(_swapped, originals, code),
                )


@cache
def _loaded() -> dict[tuple[str, int], list[FunctionType]]:
    """Return every function there is, by the place where its code stands."""
    found: dict[tuple[str, int], list[FunctionType]] = {}
    for one in gc.get_objects():
        if type(one) is FunctionType:
            found.setdefault((one.__code__.co_filename, one.__code__.co_firstlineno), []).append(one)
    return found


def _places(function: ast.FunctionDef) -> Iterator[Place]:
    """Yield every expression of the body with the place where it stands."""
    for statement in function.body:
        for owner in ast.walk(statement):
            if isinstance(owner, ast.Expr | ast.Raise) and not isinstance(
                getattr(owner, "value", None), ast.Call
            ):
                continue
            for name, value in ast.iter_fields(owner):
                if isinstance(value, ast.expr) and name not in {"annotation", "func", "returns", "exc"}:
                    yield owner, name, None, value
                elif isinstance(value, list):
                    for index, one in enumerate(value):
                        if isinstance(one, ast.expr) and name not in {"targets", "decorator_list"}:
                            yield owner, name, index, one


def _put(owner: Any, name: str, index: int | None, node: ast.expr) -> None:
    if index is None:
        setattr(owner, name, node)
    else:
        getattr(owner, name)[index] = node


def _variants(owner: ast.AST, node: ast.expr, returns_decision: bool) -> Iterator[ast.expr]:
    """Yield what may stand there instead."""
    if (
        isinstance(owner, ast.If | ast.IfExp)
        and owner.test is node
        and not isinstance(node, ast.Compare | ast.UnaryOp)
    ):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(owner, ast.Return) and returns_decision:
        yield from (_parsed(one) for one in (ALLOWED, DENIED) if not _says(node, one))
    match node:
        case ast.Compare(left, [operator], right) if type(operator) in SWAPS:
            yield ast.Compare(left, [SWAPS[type(operator)]()], right)
        case ast.BoolOp(joined, values):
            yield ast.BoolOp(ast.Or() if isinstance(joined, ast.And) else ast.And(), values)
            yield from _without(values, lambda some: ast.BoolOp(joined, some) if len(some) > 1 else some[0])
        case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as operator, right):
            yield ast.BinOp(left, ast.BitOr() if isinstance(operator, ast.BitAnd) else ast.BitAnd(), right)
            yield from (left, right)
        case ast.UnaryOp(ast.Not() | ast.Invert(), operand):
            yield operand
        case ast.Set(elements) | ast.List(elements) if len(elements) > 1 and all(map(_is_state, elements)):
            yield from _without(elements, ast.Set)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Call():
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in {"filter", "exclude"} and isinstance(node.func, ast.Attribute):
        yield node.func.value
        other = "exclude" if name == "filter" else "filter"
        yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)
    if name == "none" and isinstance(node.func, ast.Attribute):
        yield ast.Call(ast.Attribute(node.func.value, "all", ast.Load()), [], [])
    if name in {"filter", "exclude", "Q", "get"} and len(node.args) + len(node.keywords) > 1:
        yield from _without(node.keywords, lambda some: ast.Call(node.func, node.args, some))
        yield from _without(node.args, lambda some: ast.Call(node.func, some, node.keywords))


def _without(parts: list[Any], build: Callable[[list[Any]], ast.expr]) -> Iterator[ast.expr]:
    for index in range(len(parts)):
        yield build(parts[:index] + parts[index + 1 :])


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute | ast.Name | ast.Constant)


def _says(node: ast.expr, what: str) -> bool:
    """Tell whether `node` says ALLOWED, or denies, as it is."""
    called = node.func if isinstance(node, ast.Call) else node
    name = getattr(called, "id", "")
    return name == ("ALLOWED" if what is ALLOWED else "denied")


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _find(code: CodeType, function: ast.FunctionDef, line: int) -> CodeType | None:
    """Return the code of `function` within a compiled module."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == function.name and constant.co_firstlineno == line:
                return constant
            if (found := _find(constant, function, line)) is not None:
                return found
    return None


@contextmanager
def _swapped(functions: list[FunctionType], code: CodeType) -> Iterator[None]:
    before = [one.__code__ for one in functions]
    for one in functions:
        one.__code__ = code
    try:
        yield
    finally:
        for one, own in zip(functions, before, strict=True):
            one.__code__ = own


# ---------------------------------------------------------------- data
def _of_lifecycles(path: str, module: ModuleType) -> Iterator[Mutant]:
    """Every move taken away, and every move that there is not."""
    for name, life in vars(module).items():
        if isinstance(life, Lifecycle):
            for before, targets in dict(life.moves).items():
                for after in life.moves:
                    is_there = after in targets
                    new = targets - {after} if is_there else targets | {after}
                    change = f"{'without' if is_there else 'with'} {before} → {after}"
                    moved = partial(_moved, life, before, new)
                    yield Mutant(path, name, change, tests=LIFE_TESTS, applied=moved)


@contextmanager
def _moved(life: Lifecycle, before: str, targets: frozenset[str]) -> Iterator[None]:
    kept = life.moves[before]
    life.moves[before] = targets  # type: ignore[index]
    try:
        yield
    finally:
        life.moves[before] = kept  # type: ignore[index]


def _of_constant(path: str, module: ModuleType, statement: ast.Assign | ast.AnnAssign) -> Iterator[Mutant]:
    """Each element of a set, a tuple or a mapping of the module taken away, for everyone who imported it."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    if not isinstance(target, ast.Name) or statement.value is None or target.id == "__all__":
        return
    original = getattr(module, target.id)
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Set | ast.Tuple | ast.List) and len(node.elts) > 1:
            whole = node.elts
            for index, left_out in enumerate(whole):
                node.elts = whole[:index] + whole[index + 1 :]
                value = eval(ast.unparse(statement.value), vars(module))  # noqa: S307 - our own source
                node.elts = whole
                yield Mutant(
                    path,
                    target.id,
                    f"without {ast.unparse(left_out)}",
                    frozenset({f"{path}:*"}),
                    applied=partial(_rebound, target.id, original, value),
                )


@contextmanager
def _rebound(name: str, original: object, value: object) -> Iterator[None]:
    holders = [
        one for one in list(sys.modules.values()) if getattr(one, "__dict__", {}).get(name) is original
    ]
    for one in holders:
        setattr(one, name, value)
    try:
        yield
    finally:
        for one in holders:
            setattr(one, name, original)
