"""What every page's shell needs: who is looking, and where they can go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.navigation import open_places, sections


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the viewer, the organisation switcher, the navigation, what all may read, and whether this is a demo."""
    viewer = getattr(request, "viewer", None)
    membership = getattr(request, "membership", None)
    return {
        "viewer": viewer,
        "organisation": membership.organisation if membership else None,
        "memberships": getattr(request, "memberships", []),
        "navigation": SimpleLazyObject(lambda: sections(request)),  # a part of a page has none
        "open_places": SimpleLazyObject(lambda: open_places(request)),
        "is_demo": settings.DEMO,
        "product_name": settings.PRODUCT_NAME,
    }
