"""Parsers that read an uploaded file before we keep it. They run only inside `documents.confined`.

Each is called as `check(source, target, *, extension)` with the uploaded bytes and an open file for its
answer, and raises `Unfit(code)`; `documents.sentences` holds the sentence for every code.
"""
