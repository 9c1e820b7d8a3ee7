"""Addresses of groups: their door, their people and what they agreed on."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
