"""Asks the web process of this very machine whether all is well; for a container's health check."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """Return 0 when it is."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*")
    port = os.environ.get("BIND", ":8000").rpartition(":")[2]
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5):
            return 0
    except urllib.error.URLError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
