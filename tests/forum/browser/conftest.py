"""The browser of the design system's tests, for the pages of the forum."""

from tests.web.conftest import browser_type_launch_args, open_page

__all__ = ["browser_type_launch_args", "open_page"]
