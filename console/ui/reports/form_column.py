"""The middle column: what the report is, its form, what it comes as, and Run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.reports.schema import Format, ReportDefinition
from console.ui.connection import LightTone
from console.ui.forms.report_form import ReportForm
from console.ui.forms.report_row import Badge
from console.ui.marks import MessageLine
from console.ui.reports.list_rows import needs_words
from console.ui.text import mnemonic_safe, plural, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import EmptyState, IconButton, Label, line, push_button, set_tip
from console.ui.windows.frame import WheelGuard, scrolled

RUN_KEY = "Ctrl+Return"


def format_title(name: str) -> str:
    """A format in words."""
    titles = {
        Format.TABLE.value: tr("Table"),
        Format.JSON.value: tr("JSON file"),
        Format.CSV.value: tr("CSV file"),
        Format.PDF.value: tr("PDF file"),
        Format.HTML.value: tr("HTML file"),
        Format.XLS.value: tr("Excel file (xls)"),
        Format.XLSX.value: tr("Excel file (xlsx)"),
        Format.ODT.value: tr("OpenDocument text (odt)"),
    }
    return titles.get(name, name)


class FormColumn(QWidget):
    """Holds one report's form at a time.

    Signals:
        run_wanted, reset_wanted, preset_wanted, schedule_wanted, star_wanted: the buttons.
        format_changed: something else is to be asked for.
    """

    run_wanted = Signal()
    reset_wanted = Signal()
    preset_wanted = Signal()
    schedule_wanted = Signal()
    star_wanted = Signal()
    format_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = Label(theme, size=Type.SECTION, bold=True, wrap=True)
        self.star = IconButton(theme, "star", tr("Star this report"))
        self.star.setCheckable(True)
        self.star.clicked.connect(self.star_wanted)
        self.summary = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self._badges = QHBoxLayout()
        self._badges.setSpacing(Space.INSIDE)
        self.area: QScrollArea = scrolled(QWidget())
        self.problem = MessageLine(theme)
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Comes as"))
        self.format.installEventFilter(WheelGuard(self))
        self.format.setMinimumWidth(130)
        self.format.currentTextChanged.connect(self._on_format)
        self.reset_button = push_button(theme, tr("Reset"), "quiet")
        self.reset_button.clicked.connect(self.reset_wanted)
        self.preset_button = push_button(theme, tr("Save as preset…"))
        self.preset_button.clicked.connect(self.preset_wanted)
        self.schedule_button = push_button(theme, tr("Schedule…"))
        self.schedule_button.clicked.connect(self.schedule_wanted)
        self.run_button = push_button(theme, tr("Run"), "primary")
        self.run_button.clicked.connect(self.run_wanted)
        set_tip(self.run_button, QKeySequence(RUN_KEY).toString(QKeySequence.SequenceFormat.NativeText))
        self.empty = EmptyState(theme)
        self._pages = QStackedWidget()
        self._build()
        self.show_empty(tr("No report chosen"), tr("Choose one in the list: its form appears here."))

    # -- what the window sets

    def show_empty(self, title: str, sentence: str, icon: str = "file-text") -> None:
        """Say why there is no form."""
        self.empty.show_state(icon, title, sentence)
        self._pages.setCurrentWidget(self.empty)

    def show_report(self, definition: ReportDefinition, form: ReportForm, format_name: str, *, starred: bool) -> None:
        """Show another report's form; the former form is deleted."""
        self.title.setText(safe_text(definition.title, 200))
        self.summary.setText(safe_text(definition.summary, 400))
        self.summary.setVisible(bool(definition.summary))
        self._show_badges(definition)
        self.show_starred(starred)
        self._fill_formats(definition, format_name)
        self.problem.say(LightTone.QUIET, "")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, Space.TIGHT, Space.BETWEEN, Space.BETWEEN)
        column.addWidget(form)
        column.addStretch(1)
        self.area.setWidget(holder)  # Qt deletes the former holder with its form
        holder.setAutoFillBackground(False)  # which setting it has switched on
        self._pages.setCurrentIndex(1)

    def show_starred(self, starred: bool) -> None:
        """Show whether the report is starred."""
        self.star.setChecked(starred)
        self.star.setAccessibleName(tr("Take the star from this report") if starred else tr("Star this report"))

    def show_sites(self, count: int) -> None:
        """Say on the button how many sites it runs on."""
        self.run_button.setText(mnemonic_safe(tr("Run") if count <= 1 else plural("Run", "Run on {n} sites", count)))

    def set_running(self, is_starting: bool) -> None:
        """A run is being prepared."""
        self.run_button.setEnabled(not is_starting)

    def format_name(self) -> str:
        """What to ask for: a `Format` value, or the free word."""
        text = self.format.currentText().strip()
        at = self.format.findText(text)
        return str(self.format.itemData(at)) if at >= 0 else text

    def set_format(self, name: str) -> None:
        """Choose a format; a free word is entered."""
        at = self.format.findData(name)
        if at >= 0:
            self.format.setCurrentIndex(at)
        elif name and self.format.isEditable():
            self.format.setEditText(name)

    # -- inside

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._pages.addWidget(self.empty)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.TIGHT, Space.BETWEEN)
        column.setSpacing(Space.INSIDE)
        head = QHBoxLayout()
        head.setSpacing(Space.INSIDE)
        head.addWidget(self.title, 1)
        head.addLayout(self._badges)
        head.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self.summary)
        column.addWidget(line())
        column.addWidget(self.area, 1)
        column.addWidget(line())
        column.addWidget(self.problem)
        form_row = QHBoxLayout()
        form_row.setSpacing(Space.INSIDE)
        form_row.addWidget(Label(self._theme, tr("Comes as"), Type.SMALL, muted=True))
        form_row.addWidget(self.format, 1)
        form_row.addWidget(self.reset_button)
        column.addLayout(form_row)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.INSIDE)
        buttons.addWidget(self.preset_button)
        buttons.addWidget(self.schedule_button)
        buttons.addStretch(1)
        buttons.addWidget(self.run_button)
        column.addLayout(buttons)
        for layout in (form_row, buttons):
            layout.setContentsMargins(0, 0, Space.BETWEEN, 0)
        self._pages.addWidget(page)
        self.setMinimumWidth(340)

    def _show_badges(self, definition: ReportDefinition) -> None:
        while (item := self._badges.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if definition.inferred:
            tip = tr("That this report exists, or how it is asked for, is inferred and not documented.")
            self._badges.addWidget(Badge(self._theme, tr("inferred"), tip))
        if definition.is_custom:
            tip = tr("Imported from request details; it is kept on this computer.")
            self._badges.addWidget(Badge(self._theme, tr("imported"), tip))
        if definition.needs:
            self._badges.addWidget(Badge(self._theme, tr("not everywhere"), needs_words(definition)))

    def _fill_formats(self, definition: ReportDefinition, chosen: str) -> None:
        self.format.blockSignals(True)
        self.format.clear()
        for item in definition.formats:
            self.format.addItem(format_title(item.value), item.value)
        self.format.setEditable(definition.free_format)
        edit = self.format.lineEdit()
        if edit is not None:
            edit.setAccessibleName(tr("Comes as"))
        self.format.setCurrentIndex(0)
        self.set_format(chosen)
        self.format.setEnabled(definition.free_format or len(definition.formats) > 1)
        self.format.blockSignals(False)

    def _on_format(self, _text: str) -> None:
        self.format_changed.emit()
