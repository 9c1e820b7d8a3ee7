"""The home page's shell and the two health addresses."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from config.panels import home_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def home(request: ViewerRequest) -> HttpResponse:
    """Say what needs this member today; the panels belong to the apps that own the numbers."""
    return render(request, "home.html", {"home": home_of(request.viewer, at=timezone.now())})


def livez(request: HttpRequest) -> HttpResponse:
    """Answer while the process can answer; asks nothing of anyone else."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and no migration is pending; no details for outsiders."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        is_ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)
