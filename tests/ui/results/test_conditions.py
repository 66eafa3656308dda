"""Conditions on columns: what is typed, what it means, what is said."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.reports.columns import ColumnKind
from console.reports.table import Match, Predicate
from console.ui.results.conditions import in_words, matches, read_value
from console.ui.results.filter_dialog import FilterDialog
from console.ui.theme import Theme
from tests.ui.results.support import COLUMNS


@pytest.mark.parametrize(
    ("text", "match", "kind", "value"),
    [
        ("0:01:30", Match.AT_LEAST, ColumnKind.DURATION, 90_000),
        ("90", Match.AT_LEAST, ColumnKind.DURATION, 90_000),
        ("80 %", Match.MORE, ColumnKind.PERCENT, 80.0),
        ("1,5", Match.LESS, ColumnKind.NUMBER, 1.5),
        ("yes", Match.EQUALS, ColumnKind.FLAG, True),
        ("abc", Match.CONTAINS, ColumnKind.NUMBER, "abc"),
        ("", Match.EMPTY, ColumnKind.TEXT, None),
    ],
)
def test_typed_values(text: str, match: Match, kind: ColumnKind, value: object) -> None:
    assert read_value(text, match, kind) == value


def test_a_condition_that_cannot_be_read_is_said_beside_the_field(theme: Theme, qapp: QApplication) -> None:
    parent = QWidget()
    dialog = FilterDialog(parent, theme, COLUMNS[4])
    dialog.value.setText("long")
    dialog.on_primary()
    assert "0:01:30" in dialog.problem.text()
    assert dialog.predicate is None
    dialog.value.setText("2:00")
    dialog.on_primary()
    assert dialog.predicate == Predicate(Match.AT_LEAST, 120_000)
    assert in_words(COLUMNS[4], dialog.predicate) == "Talk is at least 0:02:00"
    again = FilterDialog(parent, theme, COLUMNS[4], dialog.predicate)
    assert again.value.text() == "0:02:00"
    assert Match.CONTAINS in matches(COLUMNS[2])
    parent.deleteLater()
