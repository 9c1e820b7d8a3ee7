"""Mutants of what the database holds, taken from its own catalogue: whatever the migrations came to in the end.

Dropped: each CHECK constraint, each trigger, each refusal (`RAISE EXCEPTION`) in a trigger's function. Opened: each
row policy. And in all of them, and in the views that say who sees what, each part of an AND or OR left out.
"""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from mutation import Mutant

TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_][\w.]*|:=|[()\[\];,]|\S")
BEGINS = {"WHERE", "ON", "IF", "ELSIF", "WHEN", "THEN", "ELSE", "RETURN", "HAVING", ":=", ";", ","}
ENDS = {
    *(
        ";",
        ",",
        "THEN",
        "JOIN",
        "LEFT",
        "INNER",
        "CROSS",
        "WHERE",
        "GROUP",
        "ORDER",
        "LIMIT",
        "UNION",
        "LOOP",
    ),
    *("RETURNING", "FOR", "END", "ELSE", "ON", "EXCEPT", "HAVING", "DO"),
}
TABLES = re.compile(r"\b(?:findings|sourcing|organisations|documents|schemes|forum|ledger)_[a-z]+\b")
RAISE = re.compile(r"RAISE EXCEPTION\b(?:[^;']|'(?:[^']|'')*')*;")
VIEWS = (
    "findings_audit_access_rule",
    "findings_audit_grant_rule",
    "findings_incident_access_rule",
    "forum_group_access_rule",
    "sourcing_organisation_access_rule",
    "sourcing_site_access_rule",
)
KINDS = ("constraints", "triggers", "functions", "helpers", "policies", "rules")
OURS = r"^(findings|sourcing|organisations|documents|schemes|forum|ledger)_"
# What a policy says of a table of access, and that table's own policy says as well: leaving it out changes nothing.
SAID_TWICE = {
    "true for: (a.organisation_id = app.organisation())",
    "true for: (g.user_id = app.person())",
    "true for: ((g.organisation_id IS NULL) OR (g.organisation_id = app.organisation()))",
    "true for: (g.ends_at > now())",
    "true for: (n.person_id = app.person())",
    "true for: (n.organisation_id = app.organisation())",
    "true for: (a.person_id = app.person())",
    # A position's reader is on one end of the link: the customer itself, who reads it anyway, or the supplier.
    "true for: (l.supplier_id = app.organisation())",
}
# The same where it holds for one table alone.
EQUAL = {
    # Whose access is asked for stands in the same column, and NULL is equal to nothing.
    "documents_document.app_select": {
        "true for: (incident_id IS NOT NULL)",
        "true for: (group_id IS NOT NULL)",
    },
    "documents_rendering.app_select": {
        "true for: (incident_id IS NOT NULL)",
        "true for: (group_id IS NOT NULL)",
    },
    # The row that is asked for has a policy of its own that says it.
    "forum_bodyfigure.app_select": {"true for: (app.organisation() IS NOT NULL)"},
    "sourcing_tradelinksite.app_select": {
        "true for: ((l.buyer_id = app.organisation()) OR (l.supplier_id = app.organisation()))"
    },
    # Of other people's memberships and invitations one reads those of one's own organisation, which one reads anyway.
    "organisations_organisation.app_select": {
        "true for: (m.person_id = app.person())",
        "true for: ((i.token_hash)::text = app.secret())",
    },
}
# What a test has to touch to notice that such a rule is broken.
TOUCHED = frozenset(
    {
        "findings_audit",
        "findings_incident",
        "findings_share",
        "forum_group",
        "sourcing_site",
        "sourcing_tradelink",
    }
)


def mutants(connection: psycopg.Connection[object]) -> Iterator[Mutant]:
    """Yield every mutant of the constraints, triggers, functions, policies and views of all apps."""
    cursor: Any = connection.cursor(row_factory=namedtuple_row)
    for row in cursor.execute(CHECKS, [OURS]).fetchall():
        mended = f"ALTER TABLE {row.table} DROP CONSTRAINT IF EXISTS {row.name}, ADD CONSTRAINT {row.name} {row.text}"
        room, needs = f"constraints {_app(row.table)}", frozenset({row.table})
        dropped = f"ALTER TABLE {row.table} DROP CONSTRAINT {row.name}"
        yield Mutant(room, row.name, "dropped", needs, broken=dropped, mended=mended)
        for change, text in weakened(row.text):
            broken = f"{dropped}, ADD CONSTRAINT {row.name} {text} NOT VALID"
            yield Mutant(room, row.name, change, needs, broken=broken, mended=mended)
    for row in cursor.execute(TRIGGERS, [OURS]).fetchall():
        switch = f"ALTER TABLE {row.table} {{}} TRIGGER {row.name}"
        yield Mutant(
            *(f"triggers {_app(row.table)}", f"{row.table}.{row.name}", "dropped", frozenset({row.table})),
            broken=switch.format("DISABLE"),
            mended=switch.format("ENABLE"),
        )
    for row in cursor.execute(FUNCTIONS, [OURS]).fetchall():
        for change, text in [*_silenced(row.text), *weakened(row.text)]:
            needs, says = frozenset(row.tables), _next_words(row.text, text)
            room = f"functions {_app(min(row.tables))}"
            yield Mutant(room, row.name, change, needs, says=says, broken=text, mended=row.text)
    for row in cursor.execute(HELPERS).fetchall():
        tables = frozenset(TABLES.findall(row.text))
        for change, text in weakened(row.text) if tables else ():
            room, says = f"helpers {_app(min(tables))}", _next_words(row.text, text) or row.name
            yield Mutant(room, row.name, change, tables, says=says, broken=text, mended=row.text)
    for row in cursor.execute(POLICIES, [OURS]).fetchall():
        yield from _of_policy(row.table, row.name, row.using, row.check)
    for row in cursor.execute(RULES, [list(VIEWS)]).fetchall():
        head = f"CREATE OR REPLACE VIEW {row.name} WITH (security_invoker = true) AS "
        for change, text in weakened(row.text):
            yield Mutant(
                *(f"rules {_app(row.name)}", row.name, change, TOUCHED, (), row.name),
                broken=head + text,
                mended=head + row.text,
            )


def _app(name: str) -> str:
    return name.partition("_")[0]


def _of_policy(table: str, name: str, using: str | None, check: str | None) -> Iterator[Mutant]:
    def altered(condition: str) -> str:
        parts = [f" USING ({condition})" if using else "", f" WITH CHECK ({condition})" if check else ""]
        return f"ALTER POLICY {name} ON {table}{''.join(parts)}"

    whole = using or check or ""
    for change, text in [("true", "true"), *weakened(whole)]:
        where = f"{table}.{name}"
        if change in SAID_TWICE | EQUAL.get(where, set()) or text == whole:
            continue
        needs = frozenset({table})
        room = f"policies {_app(table)} {'read' if name == 'app_select' else 'write'}"
        yield Mutant(room, where, change, needs, says=table, broken=altered(text), mended=altered(whole))


def _silenced(text: str) -> Iterator[tuple[str, str]]:
    for found in RAISE.finditer(text):
        yield f"silent: {found.group()[16:70]}", f"{text[: found.start()]}NULL;{text[found.end() :]}"


def _next_words(text: str, broken: str) -> str:
    """Return the longest piece of the refusal at, or next after, the place where `broken` begins to differ."""
    here = next(place for place, (one, other) in enumerate(zip(text, broken, strict=False)) if one != other)
    refusals = [found for found in RAISE.finditer(text) if found.end() > here]
    words = re.search(r"'((?:[^']|'')*)'", refusals[0].group()) if refusals else None
    return max(words.group(1).split("%"), key=len) if words else ""


def weakened(text: str) -> Iterator[tuple[str, str]]:
    """Yield `text` without each operand of AND and OR in turn; what BETWEEN takes stays whole."""
    for start, end, neutral in _operands(text):
        words = " ".join(text[start:end].split())
        if words not in {"true", "false"}:
            yield f"{neutral} for: {words[:110]}", f"{text[:start]} {neutral} {text[end:]}"


def _operands(text: str) -> Iterator[tuple[int, int, str]]:
    tokens = [
        (one.start(), one.end(), one.group()) for one in TOKEN.finditer(text) if one.group()[:2] != "--"
    ]
    beside: dict[tuple[int, int], set[str]] = {}
    for index, (_start, _end, word) in enumerate(tokens):
        if word.upper() in {"AND", "OR"} and not _is_between(tokens, index):
            left, right = _reach(tokens, index, -1), _reach(tokens, index, 1)
            for first, last in ((left, index - 1), (index + 1, right)):
                beside.setdefault((tokens[first][0], tokens[last][1]), set()).add(word.upper())
    for (start, end), connectors in sorted(beside.items()):
        yield start, end, "true" if "AND" in connectors else "false"  # AND binds more tightly


def _reach(tokens: list[tuple[int, int, str]], index: int, step: int) -> int:
    """Return the last token of the operand beside the connector at `index`."""
    depth, cases, here = 0, 0, index + step
    opening, closing = ("(", ")") if step > 0 else (")", "(")
    stops = ENDS if step > 0 else BEGINS
    while 0 <= here < len(tokens):
        word = tokens[here][2].upper()
        if word == opening:
            depth += 1
        elif word == closing:
            if depth == 0:
                break
            depth -= 1
        elif depth == 0:
            if word == ("CASE" if step > 0 else "END"):
                cases += 1
            elif cases and word == ("END" if step > 0 else "CASE"):
                cases -= 1
            elif not cases and (word in stops or (word in {"AND", "OR"} and not _is_between(tokens, here))):
                break
        here += step
    return here - step


def _is_between(tokens: list[tuple[int, int, str]], index: int) -> bool:
    """Tell whether the AND at `index` joins the two ends of BETWEEN, or no operands at all."""
    if tokens[index + 1][2].upper() == "REPLACE":
        return True
    depth = 0
    for _start, _end, word in reversed(tokens[:index]):
        depth += {")": 1, "(": -1}.get(word, 0)
        if depth < 0 or (depth == 0 and word.upper() in {"AND", "OR", ";"}):
            return False
        if depth == 0 and word.upper() == "BETWEEN":
            return True
    return False


CHECKS = """
SELECT c.conrelid::regclass::text AS table, quote_ident(c.conname) AS name, pg_get_constraintdef(c.oid) AS text
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE c.contype = 'c' AND t.relname ~ %s AND c.conname !~ '_check$' ORDER BY 1, 2"""
TRIGGERS = """
SELECT g.tgrelid::regclass::text AS table, quote_ident(g.tgname) AS name
  FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
 WHERE NOT g.tgisinternal AND t.relname ~ %s ORDER BY 1, 2"""
FUNCTIONS = """
SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS text,
       array_agg(DISTINCT t.relname::text) AS tables
  FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid
 WHERE NOT g.tgisinternal AND t.relname ~ %s GROUP BY p.oid ORDER BY 1"""
HELPERS = """
SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
 WHERE n.nspname = 'app' AND p.prorettype <> 'trigger'::regtype AND p.prosqlbody IS NULL
   AND l.lanname IN ('sql', 'plpgsql') ORDER BY 1"""
POLICIES = """
SELECT p.tablename AS table, p.policyname AS name, p.qual AS using, p.with_check AS check
  FROM pg_policies p WHERE p.tablename ~ %s AND p.policyname LIKE 'app\\_%%' ORDER BY 1, 2"""
RULES = """
SELECT c.relname AS name, pg_get_viewdef(c.oid) AS text FROM pg_class c
 WHERE c.relkind = 'v' AND c.relname = ANY(%s) ORDER BY 1"""
