"""Drawn pictures for photos of findings: shapes and colours, nobody in them."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (960, 640)
WALL, FLOOR, DARK = "#d9d4c7", "#a89f8d", "#3b3a36"
Draw = ImageDraw.ImageDraw


def picture(motif: str) -> bytes:
    """Return a drawn JPEG of a motif."""
    image = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 480, 960, 640), FLOOR)
    MOTIFS[motif](draw)
    held = BytesIO()
    image.save(held, "JPEG", quality=80)
    return held.getvalue()


def _wires(draw: Draw) -> None:
    draw.rectangle((360, 90, 600, 330), "#8d9499", DARK, 6)
    draw.rectangle((600, 90, 690, 330), "#b4babd", DARK, 6)  # the door stands open
    for place, colour in enumerate(("#b3261e", "#1f5faa", "#2e7d32", "#e0a100")):
        left = 400 + place * 45
        draw.line([(left, 130), (left - 20, 240), (left + 25, 400)], colour, 7)
    draw.rectangle((120, 440, 840, 480), "#6d5a45")


def _exit(draw: Draw) -> None:
    draw.rectangle((380, 170, 580, 480), "#5b7f63", DARK, 6)
    draw.rectangle((400, 110, 560, 158), "#1e7d3c")
    draw.polygon([(520, 134), (490, 118), (490, 150)], "white")
    draw.rectangle((420, 128, 490, 140), "white")
    draw.rectangle((395, 320, 565, 336), "#c9ced1")


def _slip(draw: Draw) -> None:
    draw.rectangle((300, 70, 660, 570), "white", DARK, 4)
    for line in range(9):
        draw.rectangle((335, 120 + line * 46, 500, 134 + line * 46), "#9aa0a6")
        draw.rectangle((560, 120 + line * 46, 625, 134 + line * 46), "#5f6368")
    draw.rectangle((335, 84, 560, 104), "#202124")  # the name is covered


def _box(draw: Draw) -> None:
    draw.rectangle((330, 150, 630, 430), "#f4f1ea", DARK, 6)
    draw.rectangle((462, 210, 498, 370), "#1e7d3c")
    draw.rectangle((400, 272, 560, 308), "#1e7d3c")


MOTIFS: dict[str, Callable[[Draw], None]] = {"wires": _wires, "exit": _exit, "slip": _slip, "box": _box}
