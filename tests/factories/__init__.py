"""Factories without surprises: every row a test needs, made as the owner of the tables."""
