"""Schemes: editions and what is assessed by them."""

from schemes.models.definition import Criterion, Edition, Level, Scheme, Shape, Subject

__all__ = [
    "Criterion",
    "Edition",
    "Level",
    "Scheme",
    "Shape",
    "Subject",
]
