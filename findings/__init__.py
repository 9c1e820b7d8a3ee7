"""Audits, workplace requirements, findings, and the action plans of collaborative action required findings."""
