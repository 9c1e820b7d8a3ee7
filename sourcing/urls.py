"""Addresses of suppliers, sites, trade links and engagements."""

from django.urls import URLPattern, URLResolver, path

from sourcing.views import engagement, link, register, site, supplier

app_name = "sourcing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sites/", site.index, name="sites"),
    path("suppliers/", supplier.suppliers, name="suppliers"),
    path("customers/", link.customers, name="customers"),
    path("engagements/", engagement.index, name="engagements"),
    path("register/", register.index, name="register"),
    path("register/<slug:code>/", register.entry, name="register_entry"),
    path("register/<slug:code>/edit/", register.edit, name="register_entry_edit"),
]
