"""The seven ways to count a service level, side by side, and the figures of each queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QGridLayout,
    QHeaderView,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from console.domain.service_level import VARIANTS, Ratio, Variant
from console.domain.text import Look, format_number, safe_text, show
from console.domain.values import Reading
from console.ui.delegates.padded import PaddedDelegate
from console.ui.text import tooltip, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, set_tip

_NUMBER_WIDTH: Final = 78  # px
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Figure(NamedTuple):
    """One service level: the reading, what was divided, and what to say beside it."""

    reading: Reading
    ratio: Ratio | None = None
    note: str = ""


def ratio_text(ratio: Ratio | None) -> str:
    """``860 / 1 060``; empty where nothing was divided."""
    return "" if ratio is None else f"{format_number(ratio.above)} / {format_number(ratio.below)}"


class VariantTable(QWidget):
    """A line for each variant: choose it, read its formula, see what it comes to.

    Signals:
        chosen: the user chose a variant; carries its id.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.radios: dict[str, QRadioButton] = {}
        self.figures: dict[str, Label] = {}
        self.ratios: dict[str, Label] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.INSIDE)
        grid.setColumnStretch(0, 1)
        for column in (1, 2):
            grid.setColumnMinimumWidth(column, _NUMBER_WIDTH)
        for row, variant in enumerate(VARIANTS):
            self._add(theme, grid, row, variant)
        self._group.buttonClicked.connect(self._on_clicked)

    def choose(self, variant: str) -> None:
        """Show which one is chosen, without a signal."""
        if variant in self.radios:
            self.radios[variant].setChecked(True)

    def show_figure(self, variant: str, figure: Figure) -> None:
        """Show what a variant comes to, or why it comes to nothing."""
        shown = show(figure.reading, 0.0)
        label = self.figures[variant]
        label.setText(shown.text)
        label.setEnabled(shown.look is Look.VALUE)
        set_tip(label, figure.reading.text or shown.tip)
        self.ratios[variant].setText(ratio_text(figure.ratio))
        words = filter(None, (shown.spoken, ratio_text(figure.ratio), figure.reading.text, figure.note))
        self.radios[variant].setAccessibleDescription(", ".join(words))

    def _add(self, theme: Theme, grid: QGridLayout, row: int, variant: Variant) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        radio = QRadioButton(f"{variant.id}   {tr(variant.title)}")
        radio.setAccessibleName(f"{variant.id}, {tr(variant.title)}: {variant.formula}")
        set_tip(radio, tr("Counted like this by: {who}", who=variant.who))
        words.addWidget(radio)
        formula = Label(theme, variant.formula, Type.SMALL, muted=True, wrap=True)
        formula.setContentsMargins(Space.GROUPS + 2, 0, 0, 0)
        words.addWidget(formula)
        self._group.addButton(radio)
        self.radios[variant.id] = radio
        ratio = self.ratios[variant.id] = Label(theme, muted=True)
        figure = self.figures[variant.id] = Label(theme, size=Type.SECTION, bold=True)
        for label in (ratio, figure):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(words, row, 0)
        grid.addWidget(ratio, row, 1)
        grid.addWidget(figure, row, 2)

    def _on_clicked(self) -> None:
        button = self._group.checkedButton()
        self.chosen.emit(next(key for key, radio in self.radios.items() if radio is button))


class QueueLine(NamedTuple):
    """One queue of the list."""

    name: str
    variant: str
    figure: Figure
    own: str


class QueueTable(QTableWidget):
    """Every queue by its own formula, the sum of all below, the system's own figure beside."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self._theme = theme
        self.setHorizontalHeaderLabels([tr("Queue"), tr("Formula"), tr("Calls"), tr("Computed"), tr("System's own")])
        self.setAccessibleName(tr("Service level by queue"))
        self.verticalHeader().hide()
        self.setItemDelegate(PaddedDelegate(self))
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(_RIGHT)
        for column in (0, 1):
            self.model().setHeaderData(column, Qt.Orientation.Horizontal, _LEFT, Qt.ItemDataRole.TextAlignmentRole)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 76), (2, 112), (3, 100), (4, 110)):
            header.resizeSection(column, width)
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        self._lines: list[QueueLine] = []

    def show_lines(self, lines: Sequence[QueueLine], total: QueueLine) -> None:
        """Show the queues and their sum."""
        wanted = [*lines, total]
        if wanted == self._lines:
            return
        self._lines = wanted
        self.setRowCount(len(wanted))
        for row, line in enumerate(wanted):
            is_total = row == len(wanted) - 1
            texts = (
                safe_text(line.name, 120),
                line.variant,
                ratio_text(line.figure.ratio),
                show(line.figure.reading, 0.0).text,
                line.own,
            )
            for column, text in enumerate(texts):
                self._put(row, column, text, is_total=is_total, tip=line.figure.reading.text or line.figure.note)

    def _put(self, row: int, column: int, text: str, *, is_total: bool, tip: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setTextAlignment(_LEFT if column < 2 else _RIGHT)
        item.setText(text)
        item.setData(Qt.ItemDataRole.ToolTipRole, tooltip(tip))
        item.setFont(self._theme.font(bold=is_total))
