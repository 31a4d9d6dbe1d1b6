"""A table's rows name their columns, so that a narrow screen can show each as a card."""

from flask import render_template_string
from markupsafe import Markup

from shared.web.tables import labelled

COLUMNS = ["Stage", ("Days", "number"), 'So-called "<b>"']


def test_each_cell_says_which_column_it_stands_in():
    rows = Markup('<tr><th scope="row">A</th><td class="number">3</td><td>x</td></tr><tr><td>B</td></tr>')
    assert labelled(rows, COLUMNS) == Markup(
        '<tr><th scope="row" data-label="Stage">A</th><td class="number" data-label="Days">3</td>'
        '<td data-label="So-called &#34;&lt;b&gt;&#34;">x</td></tr><tr><td data-label="Stage">B</td></tr>'
    )


def test_a_cell_over_several_columns_has_no_name_and_those_after_it_keep_theirs():
    rows = Markup('<tr><td colspan="2">Together</td><td>9</td><td>none</td></tr>')
    named = labelled(rows, ["No.", "Item", "Total"])
    assert named == '<tr><td colspan="2">Together</td><td data-label="Total">9</td><td>none</td></tr>'


def test_what_an_officer_typed_is_never_taken_for_a_cell():
    rows = Markup("<tr><td>{}</td><td>2</td></tr>").format("</td><td>")
    assert labelled(rows, COLUMNS).count("data-label") == 2


def test_a_table_of_four_columns_becomes_cards_and_a_smaller_or_a_wide_one_does_not(app):
    with app.test_request_context():
        tables = [
            render_template_string(
                '{% from "components.html" import table %}'
                "{% call table(columns, stacked=stacked) %}<tr><td>1</td></tr>{% endcall %}",
                columns=columns, stacked=stacked,
            )
            for columns, stacked in [("abcd", None), ("abc", None), ("abc", True), ("abcd", False)]
        ]  # fmt: skip
    assert (
        ["stacked" in each for each in tables]
        == ["data-label" in each for each in tables]
        == [True, False, True, False]
    )
