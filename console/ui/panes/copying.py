"""Rows as tab-separated text for the clipboard: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.domain.text import AT_LEAST, Look, format_duration
from console.domain.values import Unit
from console.ui.models.cells import Cell, CellMaker
from console.ui.models.columns import Column, Kind
from console.ui.models.keyed import KeyedTableModel
from console.ui.models.rows import Freshness, ViewRow

_ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))


def _plain(text: str) -> str:
    """One cell's text: no tabs or line ends, no isolates, and nothing a spreadsheet would run as a formula."""
    text = " ".join(text.translate(_ISOLATES).split())
    is_formula = text[:1] in ("=", "@") or (text[:1] in ("+", "-") and not text[1:].replace(" ", "").isdigit())
    return f"'{text}" if is_formula and len(text) > 1 else text


def cell_text(cell: Cell, column: Column, at: Freshness) -> str:
    """A cell as a spreadsheet understands it: bare figures, durations always as h:mm:ss, missing values as shown."""
    shown = cell.shown
    if shown.look not in (Look.VALUE, Look.STALE) or column.kind in (Kind.LEVEL, Kind.STATE, Kind.STAFFING):
        return _plain(shown.text)
    value = cell.reading.value_at(at.server_ms)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _plain(shown.text)
    if cell.reading.unit is Unit.MS:
        text = format_duration(value)
        whole = text if text.count(":") > 1 else f"0:{text:0>5}"
        return f"≥ {whole}" if cell.reading.text == AT_LEAST else whole  # nobody saw it begin: never as exact
    if cell.reading.unit is Unit.PERCENT:
        return f"{value:.1f}%"
    return str(int(value)) if float(value).is_integer() else str(value)


def tsv(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Headers and rows, tabs between, a line end after each."""
    lines = ["\t".join(_plain(title) for title in titles), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"


def table_text(model: KeyedTableModel[ViewRow], shown: Sequence[int], rows: Iterable[int], maker: CellMaker) -> str:
    """Rows of a table with the `shown` columns."""
    columns = [(section, model.columns[section]) for section in shown]
    lines = (
        [cell_text(model.cell(row, section), column, maker.moment(model.rows[row])) for section, column in columns]
        for row in rows
    )
    return tsv([column.title for _, column in columns], lines)
