"""Files of evidence that a member shows to a scheme body; beside what `slices/evidence.py` says of files."""

from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.slices import assessment, evidence


def _file(known: Facts, reader: Reader, row: Row) -> bool:
    """As elsewhere; and whoever sees it used in an assessment, unless it is kept in a case."""
    uses = [one for one in known["schemes.EvidenceUse"].values() if one["document_id"] == row["id"]]
    rule = assessment.RULES["schemes.EvidenceUse"]
    return evidence.RULES["documents.Document"](known, reader, row) or any(
        rule(known, reader, one) for one in uses
    )


RULES = {"documents.Document": _file}
