"""Every component on one page, with invented companies; never offered in production."""
