"""How the figures of an update are drawn: one small chart for each unit, with its table."""

from django.utils.translation import gettext as _

from forum.models import BodyFigure, BodyUpdateVersion
from web.pieces import Chart, Series

TONES = ("thread", "car", "good", "warn")


def charts_of(version: BodyUpdateVersion) -> list[Chart]:
    """Return the charts of a version: periods side by side, or the things counted where there is one period only."""
    figures = list(version.figures.all())
    units = dict.fromkeys(one.unit for one in figures)
    return [
        _chart(number, unit, [one for one in figures if one.unit == unit])
        for number, unit in enumerate(units, start=1)
    ]


def _chart(number: int, unit: str, figures: list[BodyFigure]) -> Chart:
    periods = list(dict.fromkeys(one.period for one in figures))
    names = list(dict.fromkeys(one.name for one in figures))
    values = {(one.name, one.period): float(one.value) for one in figures}
    if len(periods) == 1:
        categories, series = names, [Series(periods[0], [values[name, periods[0]] for name in names])]
    else:
        categories = periods
        series = [
            Series(name, [values.get((name, period)) for period in periods], TONES[place % len(TONES)])
            for place, name in enumerate(names)
        ]
    title = _("Figures in %(unit)s") % {"unit": unit} if unit else _("Figures")
    return Chart(f"figures-{number}", title, categories, series, unit=unit)
