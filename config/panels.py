"""Which panels stand on whose home page; each app fills its own."""

from typing import Any

from organisations.visibility import Viewer


def panels_for(viewer: Viewer) -> dict[str, Any]:
    """Return the context of the home page."""
    return {"viewer": viewer}
