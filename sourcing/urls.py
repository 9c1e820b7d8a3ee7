"""Addresses of suppliers, sites, trade links and engagements."""

from django.urls import URLPattern, URLResolver, path

from sourcing.views import engagement, link, site, supplier

app_name = "sourcing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sites/", site.index, name="sites"),
    path("suppliers/", supplier.suppliers, name="suppliers"),
    path("customers/", link.customers, name="customers"),
    path("engagements/", engagement.index, name="engagements"),
]
