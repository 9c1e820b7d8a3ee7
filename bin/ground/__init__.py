"""What `bin/run`, `bin/test` and `bin/manage` stand on: a supervisor with its own PostgreSQL and Valkey.

Standard library only, apart from the two servers' own packages and psycopg. The supervisor has one thread:
the kernel's promise to stop children with their parent is tied to the thread that started them.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# The path by which this package was found is nothing that child processes should inherit.
os.environ.pop("PYTHONPATH", None)
