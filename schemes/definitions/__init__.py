"""Schemes as data: the files, their schema, and pure functions that read them and apply their rules."""
