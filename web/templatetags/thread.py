"""Template tags of the design system; available in every template without `{% load %}`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.template import Context
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from web import dates
from web.countries import country_name
from web.differences import differences
from web.languages import direction_of, name_of
from web.markdown import in_markdown
from web.paging import PARAMETER, SORT, Page
from web.pieces import Chart
from web.statuses import Look, look_of

register = template.Library()

THEMES = ("light", "dark")
TURNING = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "move-right", "undo-2", "log-out"}
)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon of static/icons/sprite.svg; decorative unless it gets a label."""
    classes = " ".join(filter(None, ("icon", "turns" if name in TURNING else "", css)))
    address = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, address
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, address)


@register.simple_tag
def tag(tone: str, label: object) -> SafeString:
    """Draw a status by its tone (bad, warn, good, car, thread, calm) and its word."""
    return format_html('<span class="tag {}"><span>{}</span></span>', tone, label)


@register.simple_tag
def tag_for(kind: str, state: object, label: object = "") -> SafeString:
    """Draw the status `state` of a `kind` of thing (web/statuses.py); `label` replaces the usual word."""
    look: Look = look_of(kind, state)
    return tag(look.tone, label or look.word)


@register.simple_tag
def said(text: object, language: str = "") -> SafeString:
    """Show what a person wrote, as they wrote it: its lines, its language, and its own direction."""
    lines = linebreaksbr(str(text or ""))
    if not language:
        return format_html('<span class="said" dir="auto">{}</span>', lines)
    direction = direction_of(str(text or ""), language)
    return format_html('<span class="said" lang="{}" dir="{}">{}</span>', language, direction, lines)


@register.simple_tag
def said_in_markdown(text: object, language: str = "") -> SafeString:
    """Show what a person wrote in Markdown: as `said`, with its paragraphs, lists and links."""
    return in_markdown(str(text or ""), language)


@register.simple_tag
def said_words(text: object, language: str = "") -> SafeString:
    """Show a few words of somebody inside a sentence of ours: as `said`, but kept apart from what stands around."""
    return format_html(
        '<bdi class="said"{}>{}</bdi>', format_html(' lang="{}"', language) if language else "", text or ""
    )


@register.simple_tag
def said_anew(before: object, after: object, language: str = "", side: str = "") -> SafeString:
    """Show a text with what went and what came marked: by lines and colour, and in words for screen readers.

    With `side` "before" only what stood there and went, with "after" only what stands there now and came.
    """
    hidden = {"before": "added", "after": "removed"}.get(side, "")
    shown = {
        "same": ("", "", ""),
        "removed": ("del", _("[taken out:"), _("]")),
        "added": ("ins", _("[put in:"), _("]")),
    }
    pieces = format_html_join(
        "",
        "{}",
        (
            (_marked(*shown[one.kind], one.text),)
            for one in differences(str(before), str(after))
            if one.kind != hidden
        ),
    )
    direction = direction_of(f"{before}{after}", language)
    tongue = format_html(' lang="{}"', language) if language else ""
    return format_html('<span class="said anew"{} dir="{}">{}</span>', tongue, direction, pieces)


def _marked(element: str, opening: str, closing: str, text: str) -> SafeString:
    lines = linebreaksbr(text, autoescape=True)
    if not element:
        return lines
    return format_html(
        '<{0}><span class="vh">{1} </span>{2}<span class="vh">{3}</span></{0}>',
        element,
        opening,
        lines,
        closing,
    )


@register.filter
def language_name(code: str) -> str:
    """Show a language by its own name: "বাংলা"; nothing for none."""
    return name_of(code) if code else ""


@register.filter
def ladder(of: int, rank: int) -> list[str]:
    """Give one word per bar of a ladder: `on` up to the rank, `off` above it."""
    return ["on" if place <= rank else "off" for place in range(1, of + 1)]


@register.filter
def localdate(value: date | datetime | None) -> SafeString | str:
    """Show a date or the day of a moment: "12 Sep 2026"."""
    return dates.as_time(value, dates.day_text(value)) if value else ""


@register.filter
def iso_day(value: str) -> str:
    """Show a date kept as text, in the data of an entry: "12 Sep 2026", plain, for letters."""
    return dates.day_text(date.fromisoformat(value)) if value else ""


@register.filter
def localmoment(value: datetime | None) -> SafeString | str:
    """Show day and time in the reader's zone: "12 Sep 2026, 12:04"."""
    return dates.as_time(value, dates.moment_text(value)) if value else ""


@register.filter
def when_said(text: str) -> str:
    """Read a moment that an entry keeps as text, and show it in the reader's zone in plain words, for a letter."""
    return dates.moment_text(datetime.fromisoformat(text)) if text else ""


@register.filter
def clock(value: datetime | None) -> SafeString | str:
    """Show the time of day in the reader's zone: "12:04"."""
    return dates.as_time(value, dates.clock_text(value)) if value else ""


@register.filter
def month(value: date | None) -> SafeString | str:
    """Show a month: "March 2027"."""
    return dates.as_time(value, dates.month_text(value)) if value else ""


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """Show how long since, or until; the exact moment is in the title."""
    return dates.as_time(value, str(naturaltime(value)), title=dates.moment_text(value)) if value else ""


@register.filter
def country(code: str) -> str:
    """Show a country by its name in the reader's language: "Bangladesh"."""
    return country_name(code)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return the theme the reader chose ("light", "dark") or "" to follow the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in THEMES else ""


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, name: str, label: str, css: str = "", default: str = "") -> dict[str, Any]:
    """Draw a column head that sorts by `name`; `default` is the order the list has without a choice."""
    request: HttpRequest = context["request"]
    chosen = request.GET.get(SORT) or default
    is_ascending, is_descending = chosen == name, chosen == f"-{name}"
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    query[SORT] = f"-{name}" if is_ascending else name
    return {
        "label": label,
        "css": css,
        "url": f"?{query.urlencode()}",
        "direction": "ascending" if is_ascending else "descending" if is_descending else "",
    }


@register.inclusion_tag("components/pager.html")
def pager(page: Page[Any], target: str = "", label: str = "") -> dict[str, Any]:
    """Draw the ways to the neighbouring pages; with `target` (an id) htmx swaps only that element."""
    return {"page": page, "target": target, "label": label}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, target: str = "") -> dict[str, Any]:
    """Draw a GET form of filters and a chip for each that is set; `target` as for `pager`."""
    request: HttpRequest = context["request"]
    kept = [(SORT, request.GET[SORT])] if SORT in request.GET else []
    clear = request.GET.copy()
    for name in [*form.fields, PARAMETER]:
        clear.pop(form.add_prefix(name), None)
    clear.pop(PARAMETER, None)
    return {
        "form": form,
        "target": target,
        "path": request.path,
        "kept": kept,
        "chips": list(_chips(request, form)),
        "clear_url": f"?{clear.urlencode()}" if clear else request.path,
    }


def _chips(request: HttpRequest, form: BaseForm) -> Iterable[dict[str, str]]:
    """Give a chip with the way to take it off for each value that is set."""
    for bound in form.visible_fields():
        choices = {str(value): str(label) for value, label in getattr(bound.field, "choices", [])}
        for value in filter(None, request.GET.getlist(bound.html_name)):
            query = request.GET.copy()
            query.pop(PARAMETER, None)
            query.setlist(
                bound.html_name, [other for other in query.getlist(bound.html_name) if other != value]
            )
            yield {
                "label": str(bound.label),
                "value": choices.get(value, value),
                "url": f"?{query.urlencode()}" if query else request.path,
            }


@register.simple_tag
def fields(form: BaseForm, names: str = "") -> SafeString:
    """Draw some of a form's fields ("name country"), without the summary of errors; all if none is named."""
    wanted = names.split() or [bound.name for bound in form.visible_fields()]
    drawn = [form[name].as_field_group() for name in wanted]
    hidden = [str(bound) for bound in form.hidden_fields()] if not names else []
    return mark_safe("".join([*drawn, *hidden]))  # noqa: S308  (Django rendered and escaped each field)


@register.inclusion_tag("components/summary.html")
def error_summary(*parts: Any) -> dict[str, Any]:
    """Draw what is wrong in forms and formsets, with a link to each field; it takes the focus."""
    return {"items": [item for part in parts if part is not None for item in _errors(part)]}


def _errors(part: BaseForm | BaseFormSet[Any]) -> Iterable[dict[str, str]]:
    if not part.is_bound:
        return
    if isinstance(part, BaseFormSet):
        yield from ({"target": "", "label": "", "text": str(text)} for text in part.non_form_errors())
        for form in part.forms:
            yield from _errors(form)
        return
    order = ["__all__", *part.fields]
    for name, texts in sorted(part.errors.items(), key=lambda error: order.index(error[0])):
        bound: BoundField | None = part[name] if name in part.fields else None
        for text in texts:
            yield {
                "target": (bound.id_for_label or bound.auto_id or "") if bound else "",
                "label": _named(str(bound.label)) if bound else "",
                "text": str(text),
            }


def _named(label: str) -> str:
    """Return the label as it stands before what is wrong: a question keeps its own mark."""
    return label if not label or label.endswith("?") else f"{label}:"


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, tall: bool = False) -> dict[str, Any]:
    """Draw a chart with the table behind it."""
    return {"chart": chart, "spec_id": f"chart-{chart.code}", "spec": chart.spec(), "tall": tall}
