"""Public codes: what stands in addresses and on papers instead of a primary key."""

import secrets

# Crockford's alphabet: no I, L, O, U, so that a code survives being read aloud over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def new_code() -> str:
    """Return ten random characters (50 bits): not guessable in number, and telling nothing about time or order."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
