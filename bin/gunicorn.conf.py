"""The web server: gunicorn with threads; the application is loaded once, before the workers are forked."""

import gc
import os
from typing import Any

bind = os.environ.get("BIND", "0.0.0.0:8000")  # in a container; bin/run binds the loopback address
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats in memory: a slow disk must not look like a stuck worker
preload_app = True
control_socket_disable = True
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"


def when_ready(server: Any) -> None:
    """Import every route before the fork: no first visitor waits for it, and all workers share its memory."""
    from django.urls import get_resolver

    for pattern in get_resolver().url_patterns:
        getattr(pattern, "url_patterns", None)
    gc.collect()
    gc.freeze()
