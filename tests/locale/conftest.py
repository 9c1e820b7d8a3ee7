"""The world of the matrices, read in languages that nobody speaks."""

from tests.matrices.conftest import crowd, known, planted

__all__ = ["crowd", "known", "planted"]
