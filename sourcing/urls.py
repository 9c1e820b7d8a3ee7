"""Addresses of suppliers, sites, trade links and engagements."""

from django.urls import URLPattern, URLResolver, path

from sourcing.views import engagement, imports, knowledge, link, register, site, supplier

app_name = "sourcing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sites/", site.index, name="sites"),
    path("sites/new/", site.new, name="site_new"),
    path("sites/<slug:code>/", site.detail, name="site"),
    path("sites/<slug:code>/edit/", site.edit, name="site_edit"),
    path("suppliers/", supplier.suppliers, name="suppliers"),
    path("suppliers/<slug:code>/", supplier.supplier, name="supplier"),
    path("customers/", link.customers, name="customers"),
    path("links/propose/", link.propose, name="link_propose"),
    path("links/<slug:code>/", link.detail, name="link"),
    path("links/<slug:code>/accept/", link.accept, name="link_accept"),
    path("links/<slug:code>/decline/", link.decline, name="link_decline"),
    path("links/<slug:code>/withdraw/", link.withdraw, name="link_withdraw"),
    path("links/<slug:code>/end/", link.end, name="link_end"),
    path("engagements/", engagement.index, name="engagements"),
    path("engagements/new/", engagement.new, name="engagement_new"),
    path("engagements/<slug:code>/", engagement.detail, name="engagement"),
    path("engagements/<slug:code>/accept/", engagement.accept, name="engagement_accept"),
    path("engagements/<slug:code>/decline/", engagement.decline, name="engagement_decline"),
    path("engagements/<slug:code>/end/", engagement.end, name="engagement_end"),
    path("imports/", imports.index, name="imports"),
    path("imports/new/", imports.new, name="import_new"),
    path("imports/template/", imports.template, name="import_template"),
    path("imports/<slug:code>/", imports.detail, name="import"),
    path("imports/<slug:code>/progress/", imports.progress, name="import_progress"),
    path("imports/<slug:code>/decide/", imports.decide, name="import_decide"),
    path("imports/<slug:code>/apply/", imports.apply, name="import_apply"),
    path("imports/<slug:code>/discard/", imports.discard, name="import_discard"),
    path("imports/<slug:code>/errors/", imports.errors, name="import_errors"),
    path("imports/<slug:code>/file/", imports.file, name="import_file"),
    path("knowledge/", knowledge.index, name="knowledge"),
    path("knowledge/evidence/", knowledge.evidence, name="knowledge_evidence"),
    path("knowledge/<slug:key>/", knowledge.category, name="knowledge_category"),
    path("register/", register.index, name="register"),
    path("register/<slug:code>/", register.entry, name="register_entry"),
    path("register/<slug:code>/edit/", register.edit, name="register_entry_edit"),
]
