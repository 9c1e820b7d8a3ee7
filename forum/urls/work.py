"""Addresses of projects, action items, decisions, ballots and issues."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
