# ruff: noqa: S608 (names of this file only)
"""What the database's own catalogue says about the net: nothing the role app touches is without it, by accident."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection

APP, OWNER, JOB = (settings.DB_ROLES[one] for one in ("app", "owner", "job"))

# Read before anyone is recognised, or the same for everyone: without row security, knowingly.
OPEN_TABLES = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "organisations_person",
    "organisations_person_groups",
    "organisations_person_user_permissions",
    "usersessions_usersession",
}
# Signs of life of the installation's own parts, and methodologies: nobody's data.
READ_BY_ALL = {
    ("ledger_heartbeat", "app_select"),
    *(
        (f"findings_{one}", "app_select")
        for one in (
            "closurepolicy",
            "closurepolicychange",
            "reviewpolicy",
            "managementelement",
            "managementgrade",
            "methodologyversion",
            "section",
            "workplacerequirement",
        )
    ),
    ("schemes_registerentry", "app_select"),  # members who consent that everybody reads of them
}
# The one question about strangers that the role app may ask: who gave me this code? And an owner's: who sees this?
# And an operator's: may this catalogue still change? And a reader's of a plan: what was paid back, in sums? And of
# a page: which parts has it for us? And of a search: which of the audits that we see are called so?
ASKABLE = {
    "posts_found(text,bigint,integer)",  # in the groups that the person may enter
    "audits_named(text,integer)",
    "parts_of_finding(bigint)",
    "parts_of_audit(bigint)",
    "reads_plan(bigint)",
    "refund_totals(bigint)",
    "organisation_with_code(text)",
    "readers_of_site(bigint)",
    "readers_of_audit(bigint)",
    "is_operator()",
    # Whoever knows the secret of somebody's calendar, signed in or not.
    "calendar_of(text,timestamp with time zone)",
    "events_of_calendar(text,timestamp with time zone)",
    "is_calendar(text)",
    # A stranger's words about a company: held, counted, and never with a state.
    "contribute(text,text,text,text,text,text,text,text,text,text)",
    "methodology_is_used(bigint)",
    "management_is_rated(bigint)",
    "scheme_hindrance(bigint,bigint)",  # why somebody of a scheme body may not judge there
    "certificate(text)",  # what the public may know of one, by its code
    # A stranger's comment on a public consultation: it waits for its address, and the answer tells nothing of others.
    "comment_publicly(text,text,text,text,text,text,text,text,text)",
    "vote(bigint,bigint,integer,timestamp with time zone)",  # the one way in which a vote comes into a ballot
    "hold_event(bigint)",  # locks an event's row until the transaction ends, and tells nothing
    "waiting_before(bigint)",  # how many wait before one's own registration
    "auditors(bigint,text[],text[])",  # how numbers that one has stand on a list that nobody reads
}

MAY = """has_table_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
         OR has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE')"""
OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%%'"


def _ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


@pytest.fixture(autouse=True)
def _database(db: Any) -> None:
    """Every test here reads the migrated database."""


def test_every_table_of_the_app_is_policed_or_listed() -> None:
    rows = _ask(
        f"""SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE {OURS} AND c.relkind IN ('r', 'p') AND ({MAY})""",
        APP,
        APP,
    )
    assert {table for table, is_policed in rows if not is_policed} == OPEN_TABLES
    assert len([table for table, is_policed in rows if is_policed]) > 30


def test_row_security_is_never_enabled_without_force() -> None:
    assert _ask("SELECT relname FROM pg_class WHERE relrowsecurity <> relforcerowsecurity") == []


def test_policies_of_the_app_are_one_per_command_and_never_true() -> None:
    rows = _ask(
        "SELECT tablename, policyname, cmd, qual, with_check, permissive FROM pg_policies WHERE %s = ANY(roles)",
        APP,
    )
    commands = [(table, command) for table, _policy, command, *_rest in rows]
    assert len(commands) == len(set(commands))
    assert "ALL" not in {command for _table, command in commands}
    always = {
        (table, policy) for table, policy, _command, using, check, _p in rows if "true" in {using, check}
    }
    assert always == READ_BY_ALL
    for table, policy, command, using, check, permissive in rows:
        wanted = {
            "SELECT": (True, False),
            "DELETE": (True, False),
            "INSERT": (False, True),
            "UPDATE": (True, True),
        }
        assert (using is not None, check is not None) == wanted[command], (table, policy)
        assert permissive == "PERMISSIVE"


def test_no_policy_is_for_everyone() -> None:
    assert _ask("SELECT tablename FROM pg_policies WHERE NOT roles <@ %s::name[]", [APP, OWNER, JOB]) == []


def test_a_command_without_a_policy_is_not_granted_either() -> None:
    rows = _ask(
        f"""SELECT c.relname, p FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
             WHERE {OURS} AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND has_table_privilege(%s, c.oid, p)
               AND NOT EXISTS (SELECT FROM pg_policies o
                                WHERE o.tablename = c.relname AND o.cmd = p AND %s = ANY(o.roles))""",
        APP,
        APP,
    )
    assert rows == []


def test_the_app_owns_nothing_and_cannot_truncate() -> None:
    assert _ask("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s", APP) == []
    assert _ask("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = %s", APP) == []
    rows = _ask(
        f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE {OURS} AND c.relkind IN ('r', 'p')
               AND has_table_privilege(%s, c.oid, 'TRUNCATE, TRIGGER, REFERENCES')""",
        APP,
    )
    assert rows == []


@pytest.mark.parametrize("role", [APP, JOB, OWNER])
def test_no_role_passes_by_row_security(role: str) -> None:
    assert _ask("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", role) == [(False, False)]


def test_the_app_is_a_member_of_no_role() -> None:
    member = "SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE pg_get_userbyid(member) = %s"
    assert _ask(member, APP) == []


def test_definer_functions_are_triggers_or_listed_and_fix_their_search_path() -> None:
    rows = _ask(
        f"""SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype,
                   has_function_privilege(%s, p.oid, 'EXECUTE'),
                   coalesce('search_path=public, pg_temp' = ANY(p.proconfig), false)
              FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND {OURS}""",
        APP,
    )
    assert {name for name, _t, _x, is_fixed in rows if not is_fixed} == set()
    callable_ones = {
        name.removeprefix("app.") for name, is_trigger, may, _f in rows if may and not is_trigger
    }
    assert callable_ones == ASKABLE


def test_views_ask_as_whoever_looks() -> None:
    rows = _ask(
        f"""SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE {OURS} AND c.relkind IN ('v', 'm')
               AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)"""
    )
    assert rows == []


def test_the_app_writes_no_table_that_says_who_sees_what() -> None:
    for table in (
        "sourcing_siteaccess",
        "organisations_organisationaccess",
        "findings_auditaccess",
        "findings_auditgrant",
        "forum_groupaccess",
    ):
        assert _ask("SELECT has_table_privilege(%s, %s, 'INSERT, UPDATE, DELETE')", APP, table) == [(False,)]
