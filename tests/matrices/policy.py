"""The policy file: for every route and method, what is asked for and who gets which answer.

A route that is neither here nor in `slices/` fails `test_policy.py` with a sentence. How to read a line:

    "sourcing:site": {"get": page(READERS, of="north")},

A GET of the page of the thing `north` of `world.py` answers 200 to READERS. Members who are not named get the same
404 as for a code that does not exist, or 403 where the address has no code; `forbidden=` names those who see the
thing but may not do this (403). People who are signed in but members of nothing are sent to found an organisation,
everybody else to sign in. Names of answers: a status, `login` (sent to sign in), `new` (sent to found or join).
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from tests.matrices import slices
from tests.matrices.cases import NO_ONE, Case, api, done, everyone, nothing, page, says, sent, signed_in
from tests.matrices.principals import (
    ADMINS,
    BUYERS,
    EDITORS,
    FIRMS,
    HOMELESS,
    MEMBERS,
    NORTH,
    PEOPLE,
    READERS,
    SUPPLIER,
    VISITORS,
)
from tests.matrices.world import World

PLAN = {
    "causes-TOTAL_FORMS": "1",
    "causes-INITIAL_FORMS": "0",
    "causes-0-why": "Agents charge fees",
    "actions-TOTAL_FORMS": "1",
    "actions-INITIAL_FORMS": "0",
    "actions-0-what": "A new contract",
    "completed_by": "HR",
    "asks": ["confirm"],
    "rhythm": "3",
}
AUDITORS = {
    "auditors-TOTAL_FORMS": "1",
    "auditors-INITIAL_FORMS": "0",
    "auditors-0-name": "A lead",
    "auditors-0-grade": "RA",
    "auditors-0-apsca_number": "21700001",
    "auditors-0-is_lead": "on",
}
AUDIT = {"notice": "announced", "pillars": "2", "starts_on": "2026-05-01", "ends_on": "2026-05-02"}
KEPT_DAYS = AUDIT | {"starts_on": "2026-02-28", "ends_on": "2026-03-01"}
OPENED = {
    "kind": "initial",
    "methodology": "invented-1.0",
    "starts_on": "2026-05-01",
    "ends_on": "2026-05-02",
}
FINDING = {"title": "Exit blocked", "description": "Seen.", "severity": "minor", "verification": "desktop"}
WORKERS: dict[str, Any] = {  # who works on the CAR of the north site, and who sees it without
    "ok": EDITORS,
    "forbidden": {"onlooker", "customer", "rival", "firm"},
}
SHARED = {
    "recipient": "person",
    "email": "outsider@example.net",
    "ends_on": (timezone.now() + dt.timedelta(days=30)).date().isoformat(),
    "reason": "They help",
}
PAGES: dict[str, dict[str, Case]] = {
    "home": {"get": page()},
    "livez": {"get": everyone()},
    "readyz": {"get": everyone()},
    "theme": {"post": everyone(302, body=says(theme="dark"))},
    # ------------------------------------------------------------ people and organisations
    "organisations:detail": {"get": page()},
    "organisations:new": {
        "get": signed_in(),
        "post": signed_in(302, body=says(name="New Mill", country="GB", capabilities=["supplier"])),
    },
    "organisations:edit": {
        "get": page(ADMINS),
        "post": done(ADMINS, body=says(name="Renamed", country="GB")),
    },
    "organisations:switch": {
        "post": done(
            SUPPLIER,
            body=lambda world: {"organisation": world.organisations["supplier"].code},
            otherwise=dict.fromkeys(PEOPLE - SUPPLIER, 404),
        )
    },
    "organisations:members": {"get": page()},
    "organisations:invite": {
        "get": page(ADMINS),
        "post": done(ADMINS, body=says(email="guest@example.net", role="viewer")),
    },
    "organisations:member": {"get": page(SUPPLIER, of="member_editor")},
    "organisations:role": {
        "get": page({"supplier"}, forbidden=SUPPLIER - {"supplier"}, of="member_editor"),
        "post": done(
            {"supplier"},
            forbidden=SUPPLIER - {"supplier"},
            of="member_editor",
            body=says(role="viewer"),
        ),
    },
    "organisations:end": {
        "get": page(EDITORS, forbidden={"onlooker", "limited"}, of="member_editor"),
        "post": done(EDITORS, forbidden={"onlooker", "limited"}, of="member_editor"),
    },
    "organisations:resend": {"post": done({"supplier"}, forbidden=SUPPLIER - {"supplier"}, of="invitation")},
    "organisations:withdraw": {
        "post": done({"supplier"}, forbidden=SUPPLIER - {"supplier"}, of="invitation")
    },
    "organisations:accept": {  # whoever holds the link reads it; only the person it was sent to can use it
        "get": everyone(of=("@secret",)),
        "post": Case(dict.fromkeys(VISITORS, "200") | dict.fromkeys(PEOPLE, "403"), ("@secret",), nothing),
    },
    "organisations:activity": {"get": page()},
    "organisations:reads": {"get": page()},
    "organisations:inbox": {"get": signed_in()},
    "organisations:read_all": {"post": signed_in(302, body=nothing)},
    "organisations:open_letter": {
        "post": done({"customer"}, of="letter", otherwise=dict.fromkeys(HOMELESS, 404))
    },
    "organisations:settings": {
        "get": signed_in(),
        "post": signed_in(302, body=says(name="Somebody", language="en-gb", timezone="UTC")),
    },
    "organisations:new_token": {
        "get": page(),
        "post": page(body=says(name="ERP", days="90", scopes=["sites:read"])),
    },
    "organisations:revoke_token": {
        "get": page(SUPPLIER, of="api_token"),
        "post": done({"supplier"}, forbidden=SUPPLIER - {"supplier"}, of="api_token"),
    },
    # ------------------------------------------------------------ sites, trade links, engagements
    "sourcing:sites": {"get": page()},
    "sourcing:site_new": {
        "get": page({*EDITORS, "far_supplier"}),
        "post": done({*EDITORS, "far_supplier"}, body=says(name="East", kind="farm", country="BD")),
    },
    "sourcing:site": {"get": page(READERS, of="north")},
    "sourcing:site_edit": {
        "get": page(EDITORS, forbidden=READERS - EDITORS, of="north"),
        "post": done(
            EDITORS,
            forbidden=READERS - EDITORS,
            of="north",
            body=says(name="North", kind="farm", country="BD", timezone="Asia/Dhaka"),
        ),
    },
    "sourcing:suppliers": {"get": page()},
    "sourcing:supplier": {"get": page({"customer", "rival", "asking", "ended"}, of="@supplier")},
    "sourcing:customers": {"get": page()},
    "sourcing:link_propose": {
        "get": page(EDITORS | BUYERS),
        "post": done(
            EDITORS | BUYERS,
            body=lambda world: {"code": world.organisations["far_supplier"].code, "coverage": "all"},
            otherwise={"unlinked": 422, "far_supplier": 422},
        ),
    },
    "sourcing:link": {"get": page(SUPPLIER | {"customer"}, of="link")},
    "sourcing:link_accept": {
        "get": page(EDITORS, forbidden={"onlooker", "limited", "asking"}, of="link_asked"),
        "post": done(
            EDITORS, forbidden={"onlooker", "limited", "asking"}, of="link_asked", body=says(coverage="all")
        ),
    },
    "sourcing:link_decline": {
        "get": page(EDITORS, forbidden={"onlooker", "limited", "asking"}, of="link_asked"),
        "post": done(
            EDITORS, forbidden={"onlooker", "limited", "asking"}, of="link_asked", body=says(reason="No")
        ),
    },
    "sourcing:link_withdraw": {
        "get": page({"asking"}, forbidden=SUPPLIER, of="link_asked"),
        "post": done({"asking"}, forbidden=SUPPLIER, of="link_asked"),
    },
    "sourcing:link_end": {
        "get": page(EDITORS | {"customer"}, forbidden={"onlooker", "limited"}, of="link"),
        "post": done(EDITORS | {"customer"}, forbidden={"onlooker", "limited"}, of="link"),
    },
    "sourcing:engagements": {"get": page()},
    "sourcing:engagement_new": {
        "get": page({*EDITORS, "limited", "far_supplier"}),
        "post": done(
            {*EDITORS, "limited"},
            body=lambda world: {
                "audit_firm": world.organisations["other_firm"].code,
                "sites": [world["south"].code],
            },
            otherwise={"far_supplier": 422},
        ),
    },
    "sourcing:engagement": {"get": page(NORTH | {"firm"}, of="engagement")},
    "sourcing:engagement_accept": {
        "get": page({"firm"}, forbidden=SUPPLIER, of="engagement_asked"),
        "post": done({"firm"}, forbidden=SUPPLIER, of="engagement_asked"),
    },
    "sourcing:engagement_decline": {
        "get": page({"firm"}, forbidden=SUPPLIER, of="engagement_asked"),
        "post": done({"firm"}, forbidden=SUPPLIER, of="engagement_asked", body=says(reason="No")),
    },
    "sourcing:engagement_end": {
        "get": page(EDITORS | {"firm"}, forbidden={"onlooker"}, of="engagement"),
        "post": done(EDITORS | {"firm"}, forbidden={"onlooker"}, of="engagement"),
    },
    # ------------------------------------------------------------ a buyer's own register and lists
    "sourcing:register": {"get": page(BUYERS)},
    "sourcing:register_entry": {"get": page({"customer"}, of="entry")},
    "sourcing:register_entry_edit": {
        "get": page({"customer"}, of="entry"),
        "post": done({"customer"}, of="entry", body=says(name="Mill", country="BD")),
    },
    "sourcing:imports": {"get": page(BUYERS)},
    "sourcing:import_new": {"get": page(BUYERS), "post": page(NO_ONE, otherwise=dict.fromkeys(BUYERS, 422))},
    "sourcing:import_template": {"get": page(BUYERS)},
    "sourcing:import": {"get": page({"customer"}, of="import_previewed")},
    "sourcing:import_progress": {"get": page({"customer"}, of="import_previewed", status=302)},
    "sourcing:import_decide": {
        "get": page({"customer"}, of="import_previewed"),
        "post": done({"customer"}, of="import_previewed", body=lambda _world: {"line-4": "same"}),
    },
    "sourcing:import_apply": {"post": done({"customer"}, of="import_previewed")},
    "sourcing:import_discard": {"post": done({"customer"}, of="import_previewed")},
    "sourcing:import_errors": {"get": page({"customer"}, of="import_previewed")},
    "sourcing:import_file": {"get": page({"customer"}, of="import_previewed")},
    # ------------------------------------------------------------ audits, findings, plans
    "findings:audits": {"get": page()},
    "findings:audit_new": {
        "get": page(FIRMS),
        "post": done(
            {"firm"},
            body=lambda world: {
                **AUDIT,
                **AUDITORS,
                "site": world["north"].code,
                "kind": "initial",
                "version": "invented-1.0",
            },
            otherwise={"former_firm": 422, "other_firm": 422},
        ),
    },
    "findings:audit": {"get": page(READERS, of="audit")},
    "findings:audit_edit": {
        "get": page({"firm"}, of="draft"),
        "post": done({"firm"}, of="draft", body=says(**KEPT_DAYS, **AUDITORS)),
    },
    "findings:audit_start": {"post": done({"firm"}, of="scheduled")},
    "findings:audit_submit": {"post": done({"firm"}, of="draft")},
    "findings:audit_take_back": {"post": done({"firm"}, forbidden=NORTH, of="submitted")},
    "findings:audit_publish": {
        "get": page({"firm"}, forbidden=NORTH, of="submitted"),
        "post": done({"firm"}, forbidden=NORTH, of="submitted"),
    },
    "findings:car_reassess": {
        "get": page({"firm"}, of=("draft", "car")),
        "post": done({"firm"}, of=("draft", "car"), body=says(result="met", rationale="Seen")),
    },
    "findings:non_compliances": {"get": page()},
    "findings:working_together": {"get": page()},
    "findings:finding": {"get": page(READERS, of="car")},
    "findings:finding_edit": {
        "get": page({"firm"}, of="draft_nc"),
        "post": done({"firm"}, of="draft_nc", body=says(**FINDING)),
    },
    "findings:finding_delete": {
        "get": page({"firm"}, of="draft_nc"),
        "post": done({"firm"}, of="draft_nc"),
    },
    "findings:understand": {
        "get": page(**WORKERS, of="car"),
        "post": done(**WORKERS, of="car", body=says(is_urgent="no", is_known_issue="no", engagement="all")),
    },
    "findings:next_step": {"get": page(**WORKERS, of="car")},
    "findings:plan_edit": {
        "get": page(**WORKERS, of="car"),
        "post": done(**WORKERS, of="car", body=says(**PLAN)),
    },
    "findings:plan_draft": {"post": page(**WORKERS, of="car", body=says(**PLAN), status=204)},
    "findings:plan_upload": {
        "get": page(**WORKERS, of="car"),
        "post": page(
            NO_ONE,
            forbidden=WORKERS["forbidden"],
            of="car",
            body=says(completed_by="HR"),
            otherwise=dict.fromkeys(EDITORS, 422),
        ),
    },
    "findings:plan_update": {
        "get": page(**WORKERS, of="car"),
        "post": done(
            **WORKERS,
            of="car",
            body=lambda _world: {
                "summary": "Signed",
                "actions-TOTAL_FORMS": "1",
                "actions-INITIAL_FORMS": "1",
                "actions-0-progress": "behind",
            },
        ),
    },
    "findings:plan_respond": {
        "get": page({"customer", "rival"}, forbidden=NORTH | {"firm"}, of="car"),
        "post": done(
            {"customer", "rival"}, forbidden=NORTH | {"firm"}, of="car", body=says(kind="acknowledged")
        ),
    },
    "findings:version_pdf": {"get": page(READERS, of=("car", 1)), "post": done(READERS, of=("car", 1))},
    "findings:version_pdf_file": {"get": page(NORTH | {"customer"}, of=("car", 1))},
    "findings:version_file": {"get": page(READERS, of=("car", 2))},
    "findings:update_file": {"get": page(READERS, of=("car", 1))},
    # ------------------------------------------------------------ exceptional shares
    "findings:audit_share": {
        "get": page(**WORKERS, of="audit"),
        "post": done(**WORKERS, of="audit", body=says(**SHARED)),
    },
    "findings:car_share": {
        "get": page(**WORKERS, of="car"),
        "post": done(**WORKERS, of="car", body=says(**SHARED)),
    },
    "findings:shares": {"get": page()},
    "findings:share_end": {
        "get": page(EDITORS, forbidden={"onlooker", "stakeholder"}, of="share"),
        "post": done(EDITORS, forbidden={"onlooker", "stakeholder"}, of="share"),
    },
    "findings:received": {"get": page()},
    "findings:shared": {"get": page({"stakeholder"}, of="share")},
    "findings:shared_finding": {"get": page({"stakeholder"}, of=("share", "car"))},
    "findings:shared_version_file": {"get": page({"stakeholder"}, of=("share", "car", 2))},
    "findings:shared_update_file": {"get": page({"stakeholder"}, of=("share", "car", 1))},
}
API: dict[str, dict[str, Case]] = {
    "api-schema": {"get": everyone()},
    "api-me": {"get": api(bare="200")},  # every token may ask who it is
    "api-organisations": {"get": api()},
    "api-organisation": {
        "get": api(
            SUPPLIER | {"customer", "rival", "asking", "ended", "firm", "former_firm", "other_firm"},
            of="@supplier",
        )
    },
    "api-sites": {
        "get": api(),
        "post": sent({*EDITORS, "far_supplier"}, status=201, body=says(name="East", country="BD")),
    },
    "api-site": {
        "get": api(READERS, of="north"),
        "patch": sent(EDITORS, forbidden=READERS - EDITORS, of="north", body=says(name="North")),
    },
    "api-links": {
        "get": api(),
        "post": sent(
            BUYERS,
            status=201,
            body=lambda world: {"supplier_code": world.organisations["far_supplier"].code},
            otherwise={"unlinked": 409, "far_supplier": 422},
        ),
    },
    "api-link": {"get": api(SUPPLIER | {"customer"}, of="link")},
    "api-link-accept": {
        "post": sent(
            EDITORS,
            forbidden={"onlooker", "limited"},
            of="link_asked",
            body=says(covers_all_sites=True),
            otherwise={"asking": 400},
        )
    },
    "api-link-decline": {"post": sent(EDITORS, forbidden={"onlooker", "limited", "asking"}, of="link_asked")},
    "api-link-withdraw": {"post": sent({"asking"}, forbidden=SUPPLIER, of="link_asked")},
    "api-link-end": {"post": sent(EDITORS | {"customer"}, forbidden={"onlooker", "limited"}, of="link")},
    "api-engagements": {
        "get": api(),
        "post": sent(
            {*EDITORS, "limited"},
            status=201,
            body=lambda world: {
                "audit_firm": world.organisations["other_firm"].code,
                "sites": [world["south"].code],
            },
            otherwise=dict.fromkeys(MEMBERS - SUPPLIER, 400),  # the site is none of theirs
        ),
    },
    "api-engagement": {"get": api(NORTH | {"firm"}, of="engagement")},
    "api-engagement-accept": {"post": sent({"firm"}, forbidden=SUPPLIER, of="engagement_asked")},
    "api-engagement-decline": {"post": sent({"firm"}, forbidden=SUPPLIER, of="engagement_asked")},
    "api-engagement-end": {"post": sent(EDITORS | {"firm"}, forbidden={"onlooker"}, of="engagement")},
    "api-register": {"get": api(BUYERS)},
    "api-register-entry": {
        "get": api({"customer"}, of="entry"),
        "patch": sent({"customer"}, of="entry", body=says(name="Mill")),
    },
    "api-imports": {
        "get": api(BUYERS),
        "post": sent(NO_ONE, body=says(file="x"), otherwise=dict.fromkeys(MEMBERS, 415)),
    },
    "api-import": {"get": api({"customer"}, of="import_previewed")},
    "api-import-lines": {"get": api({"customer"}, of="import_previewed")},
    "api-import-decide": {
        "post": sent({"customer"}, of="import_previewed", body=says(answers=[{"line": 4, "is_same": True}]))
    },
    "api-import-apply": {"post": sent(NO_ONE, of="import_previewed", otherwise={"customer": 409})},
    "api-import-discard": {"post": sent({"customer"}, of="import_previewed")},
    "api-methodologies": {"get": api()},
    "api-methodology": {"get": api(of=("invented-1.0",))},
    "api-requirements": {"get": api(body=says(methodology="invented-1.0"))},
    "api-audits": {
        "get": api(),
        "post": sent(
            {"firm"},
            status=201,
            body=lambda world: {**OPENED, "site": world["north"].code},
            otherwise=dict.fromkeys(MEMBERS - {"firm"}, 400),
        ),
    },
    "api-audit": {
        "get": api(READERS, of="audit"),
        "patch": sent({"firm"}, of="draft", body=says(summary="Said")),
    },
    "api-audit-start": {"post": sent({"firm"}, of="scheduled")},
    "api-audit-submit": {"post": sent({"firm"}, of="draft")},
    "api-audit-take-back": {"post": sent({"firm"}, forbidden=NORTH, of="submitted")},
    "api-audit-publish": {"post": sent({"firm"}, forbidden=NORTH, of="submitted")},
    "api-audit-open-cars": {"get": api({"firm"}, of="draft")},
    "api-audit-reassess": {
        "post": sent({"firm"}, of=("draft", "car"), body=says(result="met", rationale="Seen"))
    },
    "api-findings": {
        "get": api(),
        "post": sent(
            {"firm"},
            status=201,
            body=lambda world: {**FINDING, "audit": world["draft"].code, "requirement": "3.B"},
            otherwise=dict.fromkeys(MEMBERS - {"firm"}, 404),
        ),
    },
    "api-finding": {
        "get": api(READERS, of="car"),
        "patch": sent({"firm"}, of="draft_nc", body=says(title="Exit blocked")),
        "delete": sent({"firm"}, of="draft_nc", status=204),
    },
    "api-plans": {"get": api()},
    "api-plan": {"get": api(READERS, of="car")},
    "api-understanding": {
        "put": sent(**WORKERS, of="car", body=says(is_urgent=False, is_known_issue=False, engagement="all"))
    },
    "api-plan-files": {
        "post": sent(NO_ONE, forbidden=WORKERS["forbidden"], of="car", otherwise=dict.fromkeys(EDITORS, 415))
    },
    "api-plan-versions": {
        "post": sent(
            **WORKERS,
            of="car",
            status=201,
            body=says(root_causes=["Fees"], asks=["inform"], completed_by="HR", rhythm=3),
        )
    },
    "api-plan-updates": {
        "post": sent(
            **WORKERS,
            of="car",
            status=201,
            body=says(summary="Signed", actions=[{"progress": "behind"}]),
        )
    },
    "api-plan-responses": {
        "post": sent(
            {"customer", "rival"},
            forbidden=NORTH | {"firm"},
            of="car",
            status=201,
            body=says(kind="acknowledged"),
        )
    },
}
# The style guide exists outside production only and shows nothing of anybody.
STYLE_GUIDE: dict[str, dict[str, Case]] = {
    "styleguide:show": {"get": everyone(), "post": everyone(422)},
    "styleguide:rows": {"get": everyone()},
    "styleguide:entrance": {"get": everyone()},
    "styleguide:error": {"get": everyone(of=("404",))},
    "styleguide:draft": {"get": everyone(405), "post": everyone(204)},
    "styleguide:dialog": {"get": everyone()},
    "styleguide:progress": {"get": everyone()},
}
POLICY = PAGES | API | STYLE_GUIDE
for _pages in slices.all_of("PAGES"):
    POLICY |= _pages

# Routes of django-allauth: it knows no organisation, so nobody's words can be there; they are crawled for words,
# headers and inline script like all others, without a table of who may.
THIRD_PARTY: dict[str, tuple[Any, ...]] = {
    "account_login": (),
    "account_logout": (),
    "account_inactive": (),
    "account_signup": (),
    "account_reauthenticate": (),
    "account_email": (),
    "account_email_verification_sent": (),
    "account_change_password": (),
    "account_set_password": (),
    "account_reset_password": (),
    "account_confirm_login_code": (),
    "account_confirm_email": ("no-such-key",),
    "account_reset_password_from_key_done": (),
    "account_reset_password_from_key": ("1", "no-such-key"),
    "account_reset_password_done": (),
    "mfa_index": (),
    "mfa_authenticate": (),
    "mfa_reauthenticate": (),
    "mfa_activate_totp": (),
    "mfa_deactivate_totp": (),
    "mfa_view_recovery_codes": (),
    "mfa_generate_recovery_codes": (),
    "mfa_download_recovery_codes": (),
    "mfa_list_webauthn": (),
    "mfa_add_webauthn": (),
    "mfa_reauthenticate_webauthn": (),
    "mfa_remove_webauthn": (1,),
    "mfa_edit_webauthn": (1,),
    "mfa_login_webauthn": (),
    "usersessions_list": (),
}


def _requirement(world: World) -> int:
    return int(world["draft_nc"].requirement_id)
