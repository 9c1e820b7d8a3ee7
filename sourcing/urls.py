"""Addresses of suppliers, sites and trade links."""

from django.urls import URLPattern, URLResolver

app_name = "sourcing"
urlpatterns: list[URLPattern | URLResolver] = []
