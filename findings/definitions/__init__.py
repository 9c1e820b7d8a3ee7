"""Methodologies as data: the files, their schema, and pure functions that read them and the codes in them."""
