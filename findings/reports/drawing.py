"""Pictures for paper: bars drawn by ourselves. Each stands beside the table that says the same."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 640, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 6, 30, 46
# Styles of the page do not reach into a drawing.
LETTERS = SafeString(
    'font-family="Inter, Noto Sans Arabic, Noto Sans Bengali, Noto Sans" font-size="10" fill="#5a6866"'
)
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def bars(rows: Sequence[tuple[str, int, int]], names: tuple[str, str]) -> SafeString:
    """Draw two amounts for each row, one on the other; nothing when there is nothing to draw.

    Args:
        rows: label, lower amount, upper amount.
        names: what the two amounts are, for the legend.
    """
    most = max((low + high for _label, low, high in rows), default=0)
    if not most:
        return SafeString("")
    step = next((one for one in STEPS if most / one <= 6), STEPS[-1])
    top = -(-most // step) * step
    scale = (HEIGHT - TOP - BOTTOM) / top
    slot = (WIDTH - LEFT - RIGHT) / len(rows)
    width = min(slot * 0.6, 40)
    ground = HEIGHT - BOTTOM
    lines = format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="#d5dcda" stroke-width="1"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, WIDTH - RIGHT, y, y, LEFT - 5, y + 3, amount)
            for amount in range(0, top + 1, step)
            for y in [round(ground - amount * scale, 1)]
        ),
    )
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        (
            (round(x, 1), round(ground - until * scale, 1), round(width, 1), round(amount * scale, 1), colour)
            for place, (_label, low, high) in enumerate(rows)
            for x in [LEFT + place * slot + (slot - width) / 2]
            for until, amount, colour in ((low, low, "#a9472f"), (low + high, high, "#8fb5a3"))
            if amount
        ),
    )
    every = -(-len(rows) // 8)
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (round(LEFT + (place + 0.5) * slot, 1), ground + 15, label)
            for place, (label, _low, _high) in enumerate(rows)
            if (len(rows) - 1 - place) % every == 0
        ),
    )
    legend = format_html_join(
        "",
        '<rect x="{}" y="6" width="10" height="10" fill="{}"/><text x="{}" y="15">{}</text>',
        (
            (x, colour, x + 15, name)
            for x, colour, name in ((LEFT, "#a9472f", names[0]), (LEFT + 150, "#8fb5a3", names[1]))
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="170mm" {} role="img" aria-label="{}">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        LETTERS,
        ", ".join(names),
        lines,
        drawn,
        labels,
        legend,
    )
