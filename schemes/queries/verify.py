"""A certificate as the public may know it: asked for by its code, never listed."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db import connection

from schemes.models.certificate import CertificateStatus, status_on

LONGEST = 40
# What people read for the letters that the alphabet of codes leaves out.
MISREAD = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What everybody may read who holds the code; the columns of `app.certificate`, and no more."""

    code: str
    scheme_key: str
    scheme_title: str
    edition_version: str | None
    edition_title: str | None
    member_name: str
    body_name: str
    level: str
    level_title: str
    since_on: dt.date
    issued_on: dt.date
    expires_on: dt.date
    is_superseded: bool
    superseded_code: str | None
    newest_code: str
    withdrawn_on: dt.date | None
    is_in_register: bool

    def status_on(self, day: dt.date) -> CertificateStatus:
        """Return what it is worth on a day."""
        return status_on(
            day,
            expires_on=self.expires_on,
            is_superseded=self.is_superseded,
            is_withdrawn=self.withdrawn_on is not None,
        )


COLUMNS = tuple(PublicCertificate.__dataclass_fields__)


def cleaned(code: str) -> str:
    """Return a code as it was printed: without gaps and hyphens, in capitals, and with misread letters put right."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())[:LONGEST].translate(MISREAD)


def grouped(code: str) -> str:
    """Return a code in groups of four, as people read it aloud."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def certificate_of(code: str) -> PublicCertificate | None:
    """Return the certificate with a code, or None: one question to the database either way."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM app.certificate(%s)",  # noqa: S608  # our own names
            [cleaned(code)],
        )
        row = cursor.fetchone()
    return PublicCertificate(*row) if row else None
