"""What a result is saved as: format, which rows, and how a CSV is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from console.reports.export import ExportFormat, ExportOptions
from console.reports.result import ReportResult
from console.ui.text import mnemonic_safe, plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label
from console.ui.windows.frame import FramedDialog

KEY = "results.save"  # the choices of last time
_DELIMITERS = (",", ";", "\t")
_INDENT, _WIDTH = 26, 620


@dataclass(frozen=True, slots=True)
class SaveChoice:
    """What was chosen.

    Attributes:
        as_shown: rows and columns as they are on screen; else everything in the server's order.
    """

    format: ExportFormat
    as_shown: bool
    options: ExportOptions


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is to save: rows and columns on screen and in all, and rows of sub-reports."""

    shown_rows: int = 0
    rows: int = 0
    shown_columns: int = 0
    columns: int = 0
    sub_rows: int = 0


class SaveDialog(FramedDialog):
    """Asks for a `SaveChoice`; `choice` has it once the dialog was accepted.

    Args:
        sizes: what is on screen.
        is_sub: the rows on screen are those of the sub-reports.
        last: the choices of last time, as `remembered` gives them.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        result: ReportResult,
        sizes: Sizes,
        *,
        is_sub: bool = False,
        last: object = None,
    ) -> None:
        super().__init__(parent, theme, tr("Save the result"), primary=tr("Choose a file…"))
        self._result = result
        self._sizes = sizes
        self._is_sub = is_sub
        self.choice: SaveChoice | None = None
        saved = last if isinstance(last, Mapping) else {}
        self._formats = QButtonGroup(self)
        self._buttons: dict[ExportFormat, QRadioButton] = {}
        self.body.addWidget(Label(theme, tr("Format"), Type.SECTION, bold=True))
        self._add_formats()
        self.csv = self._csv_options(saved)
        self.body.addWidget(self.csv)
        self.rows = self._row_choice(saved)
        self.body.addWidget(self.rows)
        self.body.addStretch(1)
        wanted = next((f for f in self._buttons if f.value == saved.get("format")), next(iter(self._buttons)))
        self._buttons[wanted].setChecked(True)
        self._on_format()
        self._formats.buttonClicked.connect(self._on_format)
        self._buttons[wanted].setFocus()

    @property
    def format(self) -> ExportFormat:
        """The format chosen now."""
        return next(format for format, button in self._buttons.items() if button.isChecked())

    def choose(self, format: ExportFormat) -> None:
        """Choose a format, as a click does."""
        self._buttons[format].setChecked(True)
        self._on_format()

    def on_primary(self) -> None:
        """Take the choices."""
        options = ExportOptions(
            bom=self.bom.isChecked(),
            delimiter=_DELIMITERS[self.delimiter.currentIndex()],
            guard_formulas=self.guard.isChecked(),
            both_durations=self.clock.isChecked(),
            sub_reports=self._is_sub,
        )
        self.choice = SaveChoice(self.format, self.as_shown.isChecked(), options)
        self.accept()

    def _add_formats(self) -> None:
        has_rows = self._result.table is not None or self._result.sub_table is not None
        offered: list[ExportFormat] = [f for f in ExportFormat if f is not ExportFormat.ORIGINAL] if has_rows else []
        if self._result.files:
            offered.append(ExportFormat.ORIGINAL)
        for format in offered or [ExportFormat.JSON]:
            button = QRadioButton(mnemonic_safe(_words(format)))
            self._formats.addButton(button)
            self._buttons[format] = button
        grid = QGridLayout()
        grid.setVerticalSpacing(Space.TIGHT)
        half = -(-len(self._buttons) // 2)
        for place, button in enumerate(self._buttons.values()):
            grid.addWidget(button, place % half, place // half)
        self.body.addLayout(grid)

    def _csv_options(self, saved: Mapping[str, object]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(_INDENT, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        self.bom = QCheckBox(tr("For Excel: begin with a UTF-8 mark"))
        self.guard = QCheckBox(tr("Keep text from being taken for a formula"))
        self.clock = QCheckBox(tr("Durations as h:mm:ss and as seconds (else seconds alone)"))
        for name, tick in (("bom", self.bom), ("guard", self.guard), ("clock", self.clock)):
            tick.setChecked(saved.get(name) is not False)
            column.addWidget(tick)
        self.delimiter = QComboBox()
        self.delimiter.addItems([tr("Comma"), tr("Semicolon"), tr("Tab")])
        self.delimiter.setAccessibleName(tr("Between the columns"))
        known = saved.get("delimiter")
        self.delimiter.setCurrentIndex(_DELIMITERS.index(known) if known in _DELIMITERS else 0)
        row = QHBoxLayout()
        row.addWidget(Label(self.theme, tr("Between the columns"), muted=True))
        row.addWidget(self.delimiter)
        row.addStretch(1)
        column.addLayout(row)
        return box

    def _row_choice(self, saved: Mapping[str, object]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, Space.INSIDE, 0, 0)
        column.setSpacing(Space.TIGHT)
        sizes = self._sizes
        of_rows = plural("{n} row", "{n} rows", sizes.rows)
        some = tr("{shown} of {rows}", shown=_spaced(sizes.shown_rows), rows=of_rows)
        shown = of_rows if sizes.shown_rows == sizes.rows else some
        columns = tr("{shown} of {all} columns", shown=sizes.shown_columns, all=sizes.columns)
        self.as_shown = QRadioButton(mnemonic_safe(tr("As on screen: {rows}, {columns}", rows=shown, columns=columns)))
        self.everything = QRadioButton(
            mnemonic_safe(tr("Everything: {rows}, all columns, in the system's order", rows=of_rows))
        )
        column.addWidget(
            Label(self.theme, tr("Rows of the sub-reports") if self._is_sub else tr("Rows"), Type.SECTION, bold=True)
        )
        group = QButtonGroup(box)
        for button in (self.as_shown, self.everything):
            group.addButton(button)
            column.addWidget(button)
        (self.everything if saved.get("as_shown") is False else self.as_shown).setChecked(True)
        self.note = Label(self.theme, size=Type.SMALL, muted=True, wrap=True)
        column.addWidget(self.note)
        return box

    @Slot()
    def _on_format(self) -> None:
        format = self.format
        self.csv.setVisible(format is ExportFormat.CSV)
        for button in (self.as_shown, self.everything):
            button.setEnabled(format is not ExportFormat.ORIGINAL)
        self.note.setText(self._note(format))
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.fit(_WIDTH, layout.totalHeightForWidth(_WIDTH))

    def _note(self, format: ExportFormat) -> str:
        if format is ExportFormat.ORIGINAL:
            return tr("The system's own file, byte for byte as it was sent; filter and columns do not matter.")
        both = self._sizes.sub_rows and format in (ExportFormat.XLSX, ExportFormat.JSON, ExportFormat.HTML)
        if both:
            rows = plural("{n} row", "{n} rows", self._sizes.sub_rows)
            return tr("Sub-reports are written too: {rows}.", rows=rows)
        if self._sizes.sub_rows and not self._is_sub:
            return tr("The rows of the sub-reports are not in this file. Save from their tab, or as XLSX or JSON.")
        return ""


def remembered(choice: SaveChoice) -> dict[str, object]:
    """A choice as plain values."""
    options = choice.options
    return {
        "format": choice.format.value,
        "as_shown": choice.as_shown,
        "bom": options.bom,
        "guard": options.guard_formulas,
        "clock": options.both_durations,
        "delimiter": options.delimiter,
    }


def completed(choice: SaveChoice, *, site: str, mark: str, columns: tuple[str, ...] | None) -> ExportOptions:
    """The options of an export whose file may be replaced: the file dialog has asked."""
    return replace(choice.options, site=site, mark=mark, columns=columns if choice.as_shown else None, replace=True)


def _words(format: ExportFormat) -> str:
    return {
        ExportFormat.CSV: tr("CSV, for any program"),
        ExportFormat.XLSX: tr("XLSX, a spreadsheet with typed cells"),
        ExportFormat.JSON: tr("JSON, with types, summary and sub-reports"),
        ExportFormat.HTML: tr("HTML, a page for a browser"),
        ExportFormat.PDF: tr("PDF, for paper"),
        ExportFormat.PARQUET: tr("Parquet, for data tools"),
        ExportFormat.ORIGINAL: tr("Original, the system's own file"),
    }[format]


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
