"""What the components draw."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone

from web.fields import MonthField
from web.formsets import as_typed, wants_row, with_row
from web.paging import Page
from web.pieces import Chart, Series
from web.statuses import look_of
from web.styleguide.forms import ActionFormSet, FilterForm, PlanForm


def draw(template: str, request: HttpRequest | None = None, **context: Any) -> str:
    return engines["django"].from_string(template).render(context, request)


def get(url: str = "/list/") -> HttpRequest:
    request = RequestFactory().get(url)
    request.session = {}  # type: ignore[assignment]
    return request


class OneForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the <licence>")
    note = forms.CharField(label="Note", required=False)
    ways = forms.MultipleChoiceField(
        choices=[("a", "One"), ("b", "Two")], widget=forms.CheckboxSelectMultiple
    )


def test_a_field_says_its_hint_and_its_error_to_everyone() -> None:
    html = draw("{{ form }}", form=OneForm({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert "&lt;licence&gt;" in html
    assert 'aria-invalid="true"' in html


def test_words_that_are_too_long_are_kept_and_counted() -> None:
    class Note(forms.Form):
        note = forms.CharField(max_length=3, widget=forms.Textarea)

    html = draw("{{ form }}", form=Note({"note": "wool"}))
    assert "maxlength" not in html
    assert ">\nwool</textarea>" in html
    assert "This is too long: 4 characters. Please use at most 3." in html


def test_the_summary_names_each_fault_links_to_its_field_and_takes_the_focus() -> None:
    html = draw("{{ form }}", form=OneForm({}))
    assert "2 things need your attention" in html
    assert 'href="#id_name"' in html
    assert 'href="#id_ways_0"' in html or 'href="#id_ways"' in html
    assert 'tabindex="-1"' in html
    assert "autofocus" in html


def test_no_summary_stands_over_a_form_without_faults() -> None:
    assert "attention" not in draw("{{ form }}", form=OneForm())
    assert "attention" not in draw("{% error_summary form %}", form=OneForm({"name": "x", "ways": ["a"]}))


def test_only_fields_that_can_be_left_out_are_marked_optional() -> None:
    assert draw("{{ form }}", form=OneForm()).count("(optional)") == 1


def test_choices_become_lines_in_a_fieldset() -> None:
    html = draw('{% fields form "ways" %}', form=OneForm())
    assert html.count('class="choice"') == 2
    assert "<fieldset" in html
    assert "<legend" in html


def test_the_summary_covers_formsets_too() -> None:
    data = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-what": "Ask", "rows-0-who": ""}
    html = draw("{% error_summary form rows %}", form=OneForm({}), rows=ActionFormSet(data, prefix="rows"))
    assert 'href="#id_rows-0-who"' in html
    assert "3 things" in html


def test_add_another_keeps_what_was_typed_and_judges_nothing() -> None:
    data = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-what": "Ask", "add_row": "rows"}
    request = RequestFactory().post("/", data)
    assert wants_row(request, "rows")
    assert not wants_row(request, "others")
    html = draw(
        "{{ rows }}{{ form }}",
        rows=with_row(ActionFormSet, request, prefix="rows"),
        form=as_typed(PlanForm({})),
    )
    assert 'name="rows-1-what"' in html
    assert ">\nAsk</textarea>" in html
    assert "error" not in html


@pytest.mark.parametrize("junk", ["", "-1", "x", "99999999999", "²"])
def test_add_another_survives_a_junk_count(junk: str) -> None:
    request = RequestFactory().post(
        "/", {"rows-TOTAL_FORMS": junk, "rows-INITIAL_FORMS": "0", "add_row": "rows"}
    )
    assert len(with_row(ActionFormSet, request, prefix="rows").forms) >= 1


def test_rows_above_the_limit_are_not_added() -> None:
    request = RequestFactory().post("/", {"rows-TOTAL_FORMS": "9999", "rows-INITIAL_FORMS": "0"})
    formset = with_row(ActionFormSet, request, prefix="rows")
    assert len(formset.forms) <= formset.absolute_max


def test_a_status_is_a_word_and_a_shape() -> None:
    assert draw('{% tag_for "severity" "business_critical" %}') == (
        '<span class="tag bad"><span>Business critical</span></span>'
    )
    assert look_of("nc", "never-heard-of").word == "Never heard of"
    assert "<b>" not in draw("{% tag tone label %}", tone="calm", label="<b>")


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "flag" %}')
    assert 'role="img" aria-label="Flag"' in draw('{% icon "flag" label="Flag" %}')


def test_moments_are_told_in_the_readers_zone() -> None:
    moment = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Dhaka"):
        html = draw("{{ at|localmoment }} {{ at|clock }} {{ at|localdate }}", at=moment)
    assert html.count("22 Nov 2026") == 2
    assert html.count("05:30") == 2
    assert 'datetime="2026-11-21T23:30:00+00:00"' in html
    assert draw("{{ on|localdate }}|{{ on|month }}", on=date(2027, 3, 1)).count("2027-03-01") == 2
    assert draw("{{ none|localdate }}{{ none|ago }}", none=None) == ""


def test_a_head_sorts_and_turns_and_drops_the_cursor() -> None:
    template = '{% sort_header "name" "Name" default="name" %}'
    assert 'aria-sort="ascending"' in draw(template, get())
    assert "sort=-name" in draw(template, get("/list/?sort=name&cursor=abc&country=BD"))
    assert "country=BD" in draw(template, get("/list/?cursor=abc&country=BD"))
    assert "cursor" not in draw(template, get("/list/?cursor=abc"))
    assert "aria-sort" not in draw(template, get("/list/?sort=-date"))


def test_chips_show_what_is_filtered_and_how_to_take_it_off() -> None:
    request = get("/list/?q=knit&country=BD&cursor=abc&sort=name")
    html = draw("{% filters form %}", request, form=FilterForm(request.GET))
    assert "Country: Bangladesh" in html
    assert 'href="?country=BD&amp;sort=name"' in html
    assert 'name="sort" value="name"' in html
    assert 'href="?sort=name"' in html
    assert "cursor" not in html


def test_the_pager_is_silent_on_a_single_page() -> None:
    assert "nav" not in draw("{% pager page %}", page=Page(rows=[], size=50))
    assert 'rel="next"' in draw(
        "{% pager page %}", page=Page(rows=[1], size=1, next_cursor="c", next_url="?cursor=c")
    )


def test_a_chart_brings_its_table_and_its_figures_as_data() -> None:
    chart = Chart(
        "x", "Closed </script>", ["2025", "2026"], [Series("In time", [61, None], "good")], unit="%"
    )
    html = draw("{% chart chart %}", chart=chart)
    assert "61 %" in html
    assert "<td" in html
    assert 'type="application/json"' in html
    assert html.count("</script>") == 1


@pytest.mark.parametrize("typed", ["2027-03", "03/2027", "3.2027", "2027-03-15"])
def test_a_month_is_read_in_every_usual_form(typed: str) -> None:
    assert MonthField().clean(typed) == date(2027, 3, 1)


@pytest.mark.parametrize("typed", ["2027-13", "March", "0000-01", "2027"])
def test_a_month_that_is_none_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="2027-03"):
        MonthField().clean(typed)


def test_every_component_says_what_it_needs() -> None:
    from pathlib import Path

    from django.conf import settings

    for path in (Path(settings.BASE_DIR) / "templates/components").glob("*.html"):
        assert "{% comment %}" in path.read_text(), path.name
