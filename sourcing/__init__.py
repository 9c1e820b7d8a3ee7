"""Suppliers, sites, trade links, engagements, imported registers; who may see which site."""
