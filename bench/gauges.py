"""What one request costs: statements, CPU of this process and of its PostgreSQL backend, wall time, bytes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Cost:
    """One measured run; times in milliseconds."""

    statements: list[str] = field(default_factory=list)
    cpu: float = 0.0
    database: float = 0.0
    wall: float = 0.0
    size: int = 0


def backend() -> int:
    """Return the process id of this connection's backend."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def cpu_of(process: int) -> float:
    """Return the milliseconds for which a process of this machine has run; 0 where the kernel does not tell."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, IndexError):
        return 0.0


@contextmanager
def gauged() -> Iterator[Cost]:
    """Measure what runs inside; the database's share comes from the backend's own clock."""
    cost, process = Cost(), backend()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        cost.statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        database, cpu, wall = cpu_of(process), time.process_time(), time.perf_counter()
        yield cost
        cost.wall = (time.perf_counter() - wall) * 1000
        cost.cpu = (time.process_time() - cpu) * 1000
        cost.database = cpu_of(process) - database


def memory() -> dict[str, float]:
    """Return this process's resident memory in megabytes, now and at its highest."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        name: int(lines[key].split()[0]) / 1024 for name, key in (("resident", "VmRSS"), ("highest", "VmHWM"))
    }
