"""Drawing pages of a stored file as pictures, so that they can be read in the page; runs in the confined child.

A picture has no script, link, form or metadata in it, whatever the file had: that is why it may be shown inside our
own pages while the file itself is only ever handed out as a download.
"""

import io
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from documents.confined import TooLarge, Unfit

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

WIDEST = 1400  # pixels: sharp on a large screen, and readable enlarged on a telephone
TALLEST = 2000
MOST_SCALE = 4.0


def count(source: BinaryIO, target: BinaryIO) -> None:
    """Write how many pages a PDF has.

    Raises:
        Unfit: "unreadable".
    """
    opened = _opened(source)
    target.write(str(len(opened)).encode())


def page(source: BinaryIO, target: BinaryIO, *, extension: str, number: int) -> None:
    """Write one page as PNG, at most 1,400 pixels wide and 2,000 high.

    Args:
        extension: "pdf", or that of a picture, which is its own first page.
        number: from 1.

    Raises:
        Unfit: "no-such-page", "unreadable", or "too-large" when it cannot be drawn within the limits.
    """
    drawn = _sheet(source, number) if extension == "pdf" else _picture(source, number)
    with drawn:
        flat = drawn.convert("RGB") if drawn.mode not in ("RGB", "L") else drawn
        clean = Image.new(flat.mode, flat.size)
        clean.paste(flat)
        clean.save(target, format="PNG", compress_level=6)


def _sheet(source: BinaryIO, number: int) -> Image.Image:
    opened = _opened(source)
    if not 1 <= number <= len(opened):
        raise Unfit("no-such-page")
    try:
        sheet = opened[number - 1]
        width, height = sheet.get_size()
        if width <= 0 or height <= 0:
            raise Unfit("unreadable")
        scale = min(WIDEST / width, TALLEST / height, MOST_SCALE)
        if width * scale < 1 or height * scale < 1:
            raise Unfit("unreadable")
        drawn: Image.Image = sheet.render(scale=scale, may_draw_forms=False).to_pil()
    except MemoryError:
        raise TooLarge from None
    except (ValueError, RuntimeError, OSError):
        raise Unfit("unreadable") from None
    return drawn


def _picture(source: BinaryIO, number: int) -> Image.Image:
    if number != 1:
        raise Unfit("no-such-page")
    Image.MAX_IMAGE_PIXELS = 50_000_000
    try:
        picture = Image.open(source, formats=["JPEG", "PNG", "WEBP"])
        picture.draft("RGB", (WIDEST, TALLEST))  # a large JPEG is decoded small
        picture.load()
        picture.thumbnail((WIDEST, TALLEST))
    except MemoryError:
        raise TooLarge from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        raise Unfit("unreadable") from None
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        below = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(below, picture.convert("RGBA"))
    return picture


def _opened(source: BinaryIO) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    source.seek(0)
    try:
        return PdfDocument(io.BytesIO(source.read()))
    except (PdfiumError, MemoryError, ValueError, OSError):
        raise Unfit("unreadable") from None
