"""The process that serves the pages: set up like a production web worker, told by lines what to do.

python -m bench.worker load 10k      writes the world (as the superuser named by ADMIN_URL)
python -m bench.worker measure 10k   then reads lines: "round" measures every case once; the end of input
                                     ends it. Answers "ready", "done", and at the end the report as JSON.
"""

import json
import os
import sys
from typing import Any

import django
import psycopg


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from bench.loading import load
    from bench.scales import Scale
    from bench.trade import Trade

    what, scale, today = arguments[0], Scale.named(arguments[1]), timezone.localdate()
    # Bare statements are planned as the app's are.
    options = settings.DATABASES["default"]["OPTIONS"]["options"] if what == "measure" else ""
    with psycopg.connect(os.environ["ADMIN_URL"], autocommit=True, options=options) as admin:
        if what == "load":
            with admin.transaction(), admin.cursor() as cursor:
                load(cursor, scale, on=today)
            admin.execute("VACUUM ANALYZE")
            admin.execute("CHECKPOINT")
        else:
            _measure(Trade(scale, today), admin)
    return 0


def _measure(trade: Any, admin: "psycopg.Connection[Any]") -> None:
    from bench.measuring import Bench
    from config.wsgi import application  # noqa: F401 - imports what a web worker imports

    bench = Bench(trade, admin)
    bench.warm_up()
    _say("ready")
    for line in sys.stdin:
        if line.strip() == "round":
            bench.round()
            _say("done")
    _say(json.dumps(bench.report()))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
