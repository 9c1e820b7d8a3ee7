"""The journey is walked in the same Chromium as the other browser tests."""

from tests.web.conftest import browser_type_launch_args, open_page

__all__ = ["browser_type_launch_args", "open_page"]
