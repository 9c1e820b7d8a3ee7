"""Telling whether two lines mean the same place."""

import hashlib
import json

from sourcing.queries.normalising import address_tokens, normal_name


def fingerprint_of(country: str, name: str, address: str) -> str:
    """Return the SHA-256 of a line's normalised values: equal for lines that differ only in habit."""
    values = [country, normal_name(name), *address_tokens(address, country)]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
