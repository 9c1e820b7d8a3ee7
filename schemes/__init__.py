"""Schemes, editions and assessments; initiatives and their ratings."""
