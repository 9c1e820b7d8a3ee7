"""What the first bytes say a file is, to be held against its name."""

from typing import BinaryIO

import puremagic

from documents.confined import Unfit

HEAD_BYTES = 4096
MARKUP = (
    b"<!doctype",
    b"<html",
    b"<script",
    b"<svg",
    b"<?xml",
    b"<?php",
    b"<body",
    b"<iframe",
    b"{\\rtf",
    b"#!",
    b"%pdf",
)


def require_content(source: BinaryIO, extension: str) -> bytes:
    """Return the first bytes; refuse them when a sniffer does not guess `extension` among others."""
    head = source.read(HEAD_BYTES)
    source.seek(0)
    try:
        guesses = {guess.extension.lstrip(".") for guess in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        guesses = set()
    if extension not in {"jpg" if guess in ("jpeg", "jfif", "jpe") else guess for guess in guesses}:
        raise Unfit("wrong-content")
    return head


def refuse_markup(head: bytes) -> None:
    """Refuse text that a browser or a shell would run: HTML, SVG, scripts, a PDF under a text name."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\f").lower().startswith(MARKUP):
        raise Unfit("wrong-content")
