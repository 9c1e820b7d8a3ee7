"""A one-page PDF without any engine, for a plan that a site has written by itself."""

from collections.abc import Iterable


def paper(title: str, lines: Iterable[str]) -> bytes:
    """Return a page with a title and lines of plain text."""
    text = [f"BT /F1 15 Tf 60 780 Td ({_safe(title)}) Tj /F1 11 Tf 0 -14 Td"]
    text += [f"0 -18 Td ({_safe(line)}) Tj" for line in lines]
    stream = "\n".join([*text, "ET"]).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            table,
            size,
            len(data),
        )
    )


def _safe(text: str) -> str:
    return text.replace("’", "'").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
