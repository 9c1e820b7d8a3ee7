"""Plans as files, reports of audits and histories of sites: taken away by whoever sees what they are about."""

from typing import Any

from tests.matrices.cases import NO_ONE, api, page, sent
from tests.matrices.principals import EDITORS
from tests.matrices.slices.plan_draft import OTHERS_HERE

PAGES: dict[str, Any] = {
    "findings:plan_offline": {
        "get": page(EDITORS, forbidden=OTHERS_HERE, of="car"),
        "post": page(NO_ONE, forbidden=OTHERS_HERE, of="car", otherwise=dict.fromkeys(EDITORS, 422)),
    },
    "findings:plan_file": {"get": page(EDITORS, forbidden=OTHERS_HERE, of=("car", "docx"))},
    "api-plan-file": {"get": api(EDITORS, forbidden=OTHERS_HERE, of=("car", "docx"))},
    "api-plan-read-back": {
        "post": sent(NO_ONE, forbidden=OTHERS_HERE, of="car", otherwise=dict.fromkeys(EDITORS, 415))
    },
}
