"""One line of the thresholds: on or off, which way, two limits, and what they would colour now."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from console.domain.thresholds import Level, Threshold
from console.domain.values import Unit
from console.ui.connection import LightTone
from console.ui.forms.editors import set_problem_frame
from console.ui.limits.draft import Entry, text_of, threshold_of
from console.ui.marks import MessageLine
from console.ui.text import level_word, mnemonic_safe, tr
from console.ui.theme import Space, Theme, level_shape
from console.ui.widgets import Chip, IconButton, set_tip
from console.ui.windows.frame import WheelGuard

COLUMNS = 6
_TITLE_WIDTH, _SIDE_WIDTH, _LIMIT_WIDTH, _COUNT_WIDTH = 186, 134, 84, 42  # px


class LimitRow(QObject):
    """The widgets of one entry, laid into a grid that all rows share.

    Signals:
        changed: the user set something; carries the entry. Read `outcome` then.
        reset_wanted: what was set is to be taken away; carries the entry.
    """

    changed = Signal(object)
    reset_wanted = Signal(object)

    def __init__(self, theme: Theme, entry: Entry, guard: WheelGuard, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self._theme = theme
        self._is_busy = False
        self._counts: tuple[int, int] | None = None
        title = entry.title
        metrics = QFontMetrics(theme.font(bold=True))
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, _TITLE_WIDTH)
        self.switch = QCheckBox(mnemonic_safe(shown))
        self.switch.setAccessibleName(tr("{what}: watch it", what=title))
        self.side = QComboBox()
        self.side.addItem(tr("at or above"), False)
        self.side.addItem(tr("below"), True)
        self.side.setAccessibleName(tr("{what}: which figures are bad", what=title))
        self.side.installEventFilter(guard)
        self.side.setFixedWidth(_SIDE_WIDTH)
        self.caution = self._limit(tr("{what}: caution", what=title))
        self.critical = self._limit(tr("{what}: critical", what=title))
        self.now = QWidget()
        self.chips = {level: Chip(theme) for level in (Level.CAUTION, Level.CRITICAL)}
        counts = QHBoxLayout(self.now)
        counts.setContentsMargins(0, 0, 0, 0)
        counts.setSpacing(Space.TIGHT)
        for chip in self.chips.values():
            chip.setFixedWidth(_COUNT_WIDTH)
            counts.addWidget(chip)
        self.reset = IconButton(theme, "rotate-ccw", tr("{what}: back to the default", what=title))
        self.message = MessageLine(theme)
        self.switch.toggled.connect(self._on_changed)
        self.side.currentIndexChanged.connect(self._on_changed)
        self.caution.textEdited.connect(self._on_changed)
        self.critical.textEdited.connect(self._on_changed)
        self.reset.clicked.connect(self._on_reset)
        theme.changed.connect(self._paint_counts)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Lay the widgets into two rows of a grid: the line, and what is wrong with it."""
        grid.addWidget(self.switch, row, 0)  # it takes the room that is left over
        for column, widget in enumerate((self.side, self.caution, self.critical, self.now, self.reset), start=1):
            grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.message, row + 1, 1, 1, COLUMNS - 1)

    def show_value(self, value: Threshold | None, fallback: Threshold | None, *, is_own: bool, queue: str) -> None:
        """Show what holds; of one that is off, the limits it would begin with."""
        self._is_busy = True
        shown = value or fallback
        self.switch.setChecked(value is not None)
        if shown is not None:
            self.side.setCurrentIndex(int(shown.is_low_bad))
            self.caution.setText(text_of(shown.caution, self.entry.unit))
            self.critical.setText(text_of(shown.critical, self.entry.unit))
        else:
            self.side.setCurrentIndex(0)
            self.caution.clear()
            self.critical.clear()
        self._is_busy = False
        self.show_origin(is_own=is_own, queue=queue)
        self._show_problem("")
        self._enable()
        self._hint()

    def show_origin(self, *, is_own: bool, queue: str) -> None:
        """Say who set it: what was set here stands out, and can be taken back."""
        inherited = tr("as in the profile") if queue else tr("the default")
        origin = (tr("set for this queue") if queue else tr("set for this connection")) if is_own else inherited
        self.switch.setFont(self._theme.font(bold=is_own))
        self.switch.setAccessibleDescription(origin)
        set_tip(self.switch, f"{self.entry.title}: {origin}")
        self.reset.setVisible(is_own)
        set_tip(self.reset, tr("Back to what holds for the profile") if queue else tr("Back to the default"))

    def outcome(self) -> tuple[Threshold | None, str]:
        """What was set (None: off), and what is wrong with it."""
        if not self.switch.isChecked():
            return None, ""
        is_low_bad = bool(self.side.currentData())
        return threshold_of(self.caution.text(), self.critical.text(), self.entry.unit, is_low_bad=is_low_bad)

    @property
    def problem(self) -> str:
        """What is wrong, as shown."""
        return self.message.text if not self.message.isHidden() else ""

    def show_counts(self, counts: tuple[int, int] | None) -> None:
        """How many cells would be coloured now: caution and critical; None while nobody knows."""
        self._counts = counts
        self._paint_counts()

    def _paint_counts(self) -> None:
        palette = self._theme.palette
        numbers = self._counts if self._counts is not None and self.switch.isChecked() else None
        for place, (level, chip) in enumerate(self.chips.items()):
            chip.setVisible(numbers is not None and bool(numbers[place]))
            if numbers is not None:
                chip.show_state(level_shape(level), palette.level(level), str(numbers[place]))
                chip.setAccessibleName(f"{numbers[place]} {level_word(level)}")

    def _limit(self, spoken: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(spoken)
        edit.setFixedWidth(_LIMIT_WIDTH)
        edit.setMaxLength(16)
        edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return edit

    def _enable(self) -> None:
        is_on = self.switch.isChecked()
        for widget in (self.side, self.caution, self.critical):
            widget.setEnabled(is_on)

    def _hint(self) -> None:
        """What an empty caution would mean."""
        found, _ = threshold_of("", self.critical.text(), self.entry.unit, is_low_bad=bool(self.side.currentData()))
        self.caution.setPlaceholderText("" if found is None else text_of(found.caution, self.entry.unit))
        example = {Unit.MS: "1:30", Unit.PERCENT: "80 %"}.get(self.entry.unit, "10")
        self.critical.setPlaceholderText(tr("like {example}", example=example))

    def _show_problem(self, problem: str) -> None:
        self.message.say(LightTone.CRITICAL, problem)
        for edit in (self.caution, self.critical):
            set_problem_frame(edit, bool(problem))
            edit.setAccessibleDescription(problem)

    def _on_changed(self) -> None:
        if self._is_busy:
            return
        self._enable()
        self._hint()
        self._show_problem(self.outcome()[1])
        self.changed.emit(self.entry)

    def _on_reset(self) -> None:
        self.reset_wanted.emit(self.entry)
