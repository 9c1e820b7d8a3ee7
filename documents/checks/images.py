"""Photographs and pictures: decoded and drawn anew, so that only the picture is kept."""

import contextlib
import io
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from documents.checks.sniffing import require_content
from documents.confined import TooLarge, Unfit

MAX_PIXELS = 50_000_000
ENGINES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
SAVING: dict[str, dict[str, object]] = {
    "jpg": {"quality": 90, "progressive": True},
    "png": {"compress_level": 6},
    "webp": {"quality": 90, "method": 4},
}


def image(source: BinaryIO, target: BinaryIO, *, extension: str) -> None:
    """Write the picture to `target` without EXIF, GPS, XMP, comments, thumbnails or trailing bytes.

    A phone writes where and with which device a photograph was taken; that can give away the worker who took
    it (OWASP ASVS 5.0, 14.2.8). The turn that EXIF asks for is applied first; colours are brought to sRGB.
    Of an animation the first frame is kept.

    Raises:
        Unfit: "wrong-content" when it is not what the name says, "too-many-pixels" above 50 megapixels,
            "unreadable" when it cannot be decoded to its end.
    """
    require_content(source, extension)
    engine = ENGINES[extension]
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(source, formats=[engine]) as picture:
            _require_size(picture)
            picture.verify()
        source.seek(0)
        with Image.open(source, formats=[engine]) as picture:
            _redraw(picture, extension).save(target, format=engine, **SAVING[extension])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("too-many-pixels") from None
    except MemoryError:
        raise TooLarge from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Unfit("unreadable") from None


def thumbnail(source: BinaryIO, target: BinaryIO, *, longest: int) -> None:
    """Write a small JPEG of a picture that `image` has drawn; `longest` is its longer side in pixels.

    Raises:
        Unfit: as `image`.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(source, formats=list(ENGINES.values())) as picture:
            _require_size(picture)
            picture.draft("RGB", (longest * 2, longest * 2))
            picture.thumbnail((longest, longest))
            _on_white(picture).save(target, format="JPEG", quality=80, progressive=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("too-many-pixels") from None
    except MemoryError:
        raise TooLarge from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Unfit("unreadable") from None


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture without transparency, as JPEG has none."""
    if picture.mode in ("RGB", "L"):
        return picture
    layered = picture.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


def _require_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Unfit("too-many-pixels")


def _redraw(picture: Image.Image, extension: str) -> Image.Image:
    """Return a new picture that shares nothing with the uploaded one but its pixels."""
    picture.load()
    upright = _to_srgb(ImageOps.exif_transpose(picture))
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    mode = "L" if upright.mode in ("L", "1") and not has_alpha else "RGB"
    if has_alpha and extension != "jpg":
        mode = "RGBA"
    clean = upright if upright.mode == mode else upright.convert(mode)
    clean.info = {}
    clean.getexif().clear()
    return clean


def _to_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
            return converted if converted is not None else picture
    return picture
