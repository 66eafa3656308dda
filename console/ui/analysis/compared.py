"""The comparison of live figures with a report as a table: one line a figure, the reasons in its tooltip and below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from console.domain.text import format_duration, format_number, format_percent, safe_text
from console.domain.values import Unit
from console.engine.reconcile import Compared, Verdict
from console.ui.text import tooltip, tr, translate
from console.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


def verdict_word(verdict: Verdict) -> str:
    """The word for what two figures say of each other."""
    return {
        Verdict.SAME: tr("same"),
        Verdict.MOVED: tr("moved meanwhile"),
        Verdict.EXPLAINED: tr("differs, explained"),
        Verdict.DIFFERENT: tr("differs"),
        Verdict.ONLY_LIVE: tr("only live"),
        Verdict.ONLY_REPORT: tr("only in the report"),
    }[verdict]


def figure_text(value: float | None, unit: Unit) -> str:
    """A figure in its unit; an en dash where there is none."""
    if value is None:
        return "\u2013"
    sign = "\u2212" if value < 0 else ""
    if unit is Unit.MS:
        return sign + format_duration(abs(value))
    return sign + (format_percent(abs(value)) if unit is Unit.PERCENT else format_number(abs(value)))


class ComparedModel(QAbstractTableModel):
    """Queue, figure, live, report, difference, verdict."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[Compared, ...] = ()

    def show_rows(self, rows: Sequence[Compared]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def compared(self, row: int) -> Compared:
        """The comparison behind a line."""
        return self._rows[row]

    def rowCount(self, parent: Index = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """See Qt."""
        return 0 if parent.isValid() else 6

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles, aligned like their columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            titles = (tr("Queue"), tr("Figure"), tr("Live"), tr("Report"), tr("Difference"), tr("Result"))
            return titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, inks and what a screen reader says."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(row)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip("\n".join(translate(reason) for reason in row.reasons)) if row.reasons else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            texts = self._texts(row)
            reasons = " ".join(translate(reason) for reason in row.reasons)
            return f"{texts[0]}, {texts[1]}: {texts[5]}. {tr('Live')} {texts[2]}, {tr('Report')} {texts[3]}. {reasons}"
        return None

    def _texts(self, row: Compared) -> tuple[str, ...]:
        difference = row.difference
        sign = "+" if difference is not None and difference > 0 else ""
        return (
            safe_text(row.queue, 80),
            row.title,
            figure_text(row.after, row.unit),
            figure_text(row.report, row.unit),
            "" if not difference else sign + figure_text(difference, row.unit),
            verdict_word(row.verdict),
        )

    def _ink(self, row: Compared, column: int) -> QColor | None:
        palette = self._theme.palette
        if row.verdict is Verdict.DIFFERENT and column >= 4:
            return self._theme.colour(palette.critical.edge)
        if row.verdict is Verdict.EXPLAINED and column >= 4:
            return self._theme.colour(palette.caution.edge)
        return self._theme.colour(palette.muted) if column == 5 else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (2, 3, 4) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
