"""One condition of a rule on one line: figure, comparison, limit, and how far it must come back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from console.domain.alert_rules import Compare, Condition, Scope
from console.domain.enums import AgentStatus
from console.domain.values import Unit
from console.ui.alerts.rule_words import TIMED, Known, limit_hint, limit_text, parse_limit
from console.ui.alerts.words import compare_words
from console.ui.connection import LightTone
from console.ui.forms.report_base import mark_problem
from console.ui.marks import MessageLine
from console.ui.text import state_word, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import IconButton, Label, add_action, flow_row, push_button

_LIMIT_WIDTH, _BAND_WIDTH = 116, 84  # px
_WORDS = (Compare.IS, Compare.IS_NOT)


class ConditionRow(QWidget):
    """Edits one `Condition`.

    Signals:
        changed: something else is entered.
        remove_asked: the cross was pressed.
    """

    changed = Signal()
    remove_asked = Signal()

    def __init__(self, theme: Theme, known: Known, scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self._scope = scope
        self._states: frozenset[AgentStatus] = frozenset()
        self.figure = QComboBox()
        self.figure.setAccessibleName(tr("Figure"))
        self.figure.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.figure.setMinimumContentsLength(11)
        self.compare = QComboBox()
        self.compare.setAccessibleName(tr("Comparison"))
        self.limit = QLineEdit()
        self.limit.setAccessibleName(tr("Limit"))
        self.limit.setFixedWidth(_LIMIT_WIDTH)
        self.word = QComboBox()
        self.word.setEditable(True)
        self.word.setAccessibleName(tr("Word"))
        self.word.setFixedWidth(_LIMIT_WIDTH)
        self.states = push_button(theme, tr("in any state"), "quiet")
        self.states.clicked.connect(self._on_states)
        self.band = QLineEdit()
        self.band.setAccessibleName(tr("How far it must come back before it is over"))
        self.band.setFixedWidth(_BAND_WIDTH)
        self.band_label = Label(theme, tr("over once back by"), Type.SMALL, muted=True)
        self.remove = IconButton(theme, "x", tr("Remove this condition"))
        self.remove.clicked.connect(self.remove_asked)
        self.message = MessageLine(theme)
        self._arrange()
        self.set_known(known, scope)
        self.figure.currentIndexChanged.connect(self._on_figure)
        for signal in (self.compare.currentIndexChanged, self.limit.textChanged, self.word.currentTextChanged):
            signal.connect(self._on_changed)
        self.band.textChanged.connect(self._on_changed)

    def _arrange(self) -> None:
        back = QHBoxLayout()
        back.setContentsMargins(0, 0, 0, 0)
        back.setSpacing(Space.INSIDE)
        self.back = QWidget()
        self.back.setLayout(back)
        back.addWidget(self.band_label)
        back.addWidget(self.band)
        parts, flow = flow_row(self)  # a narrow dialog has them in two lines
        for widget in (self.figure, self.compare, self.limit, self.word, self.states, self.back):
            flow.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(Space.INSIDE)
        row.addWidget(parts, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        column.addLayout(row)
        column.addWidget(self.message)

    # what the form calls

    def set_known(self, known: Known, scope: Scope) -> None:
        """Offer the figures of what the rule looks at."""
        self._known, self._scope = known, scope
        chosen = self.column()
        self.figure.blockSignals(True)
        self.figure.clear()
        for one in known.figures.get(scope, ()):
            self.figure.addItem(one.title, one.id)
        self.figure.blockSignals(False)
        self._choose_figure(chosen)
        self._show_unit()

    def show_condition(self, condition: Condition) -> None:
        """Show one."""
        self.blockSignals(True)
        self._states = condition.states
        self._choose_figure(condition.column)
        self._show_unit()
        self.compare.setCurrentIndex(max(0, self.compare.findData(condition.compare)))
        unit = self._unit()
        if unit is Unit.TEXT:
            at = self.word.findData(str(condition.limit))
            if at >= 0:
                self.word.setCurrentIndex(at)
            else:
                self.word.setEditText(str(condition.limit))
        else:
            self.limit.setText(limit_text(condition.limit, unit))
        self.band.setText(limit_text(condition.dead_band, unit) if condition.dead_band else "")
        self._show_states()
        self.blockSignals(False)

    def condition(self) -> Condition | None:
        """What is entered; None where a limit is missing or cannot be read."""
        column, unit = self.column(), self._unit()
        compare = self.compare.currentData()
        limit = self._word() if unit is Unit.TEXT else parse_limit(self.limit.text(), unit)
        band = parse_limit(self.band.text(), unit) if self.band.text().strip() and self._has_band() else 0.0
        if not column or compare is None or limit is None or band is None or isinstance(band, str) or band < 0:
            return None
        states = self._states if column == TIMED else frozenset()
        return Condition(column, Compare(compare), limit, band, states)

    def check(self) -> str:
        """What is wrong with it, shown below; empty when nothing is."""
        problem, unit = "", self._unit()
        bad_limit = unit is not Unit.TEXT and parse_limit(self.limit.text(), unit) is None
        bad_word = unit is Unit.TEXT and not self._word()
        band = parse_limit(self.band.text(), unit) if self.band.text().strip() and self._has_band() else 0.0
        bad_band = band is None or isinstance(band, str) or band < 0
        if not self.column():
            problem = tr("No system has such a figure now.")
        elif bad_limit or bad_word:
            problem = tr("Enter a limit: {hint}.", hint=limit_hint(unit))
        elif bad_band:
            problem = tr("Enter how far it must come back, or nothing: {hint}.", hint=limit_hint(unit))
        mark_problem(self.limit, bad_limit)
        mark_problem(self.word, bad_word)
        mark_problem(self.band, bad_band)
        self.message.say(LightTone.CRITICAL, problem)
        return problem

    def column(self) -> str:
        """The id of the chosen figure; empty for none."""
        return str(self.figure.currentData() or "")

    # inside

    def _unit(self) -> Unit:
        return self._known.figure(self._scope, self.column()).unit if self.column() else Unit.COUNT

    def _has_band(self) -> bool:
        return self._unit() is not Unit.TEXT and self.compare.currentData() not in _WORDS

    def _word(self) -> str:
        at = self.word.findText(self.word.currentText())
        found = self.word.itemData(at) if at >= 0 else None
        return str(found if found is not None else self.word.currentText().strip())

    def _choose_figure(self, column: str) -> None:
        at = self.figure.findData(column)
        if at < 0 and column:
            self.figure.addItem(self._known.figure(self._scope, column).title, column)
            at = self.figure.count() - 1
        self.figure.setCurrentIndex(max(0, at))

    def _show_unit(self) -> None:
        """Offer the comparisons and the kind of limit that fit the figure."""
        unit = self._unit()
        is_word = unit is Unit.TEXT
        kept = self.compare.currentData()
        self.compare.blockSignals(True)
        self.compare.clear()
        for compare in _WORDS if is_word else tuple(Compare):
            self.compare.addItem(compare_words(compare, is_word=is_word), compare)
        self.compare.setCurrentIndex(max(0, self.compare.findData(kept)))
        self.compare.blockSignals(False)
        self.limit.setVisible(not is_word)
        self.limit.setPlaceholderText(limit_hint(unit))
        self.band.setPlaceholderText(limit_hint(unit))
        self.word.setVisible(is_word)
        if is_word:
            self._fill_words()
        self.states.setVisible(self.column() == TIMED)
        self._show_band()

    def _fill_words(self) -> None:
        self.word.blockSignals(True)
        self.word.clear()
        if self.column() == "state":
            for status in AgentStatus:
                if status is not AgentStatus.UNKNOWN:
                    self.word.addItem(state_word(status), status.value)
        else:
            self.word.setEditText("")
        self.word.blockSignals(False)

    def _show_band(self) -> None:
        has_band = self._has_band()
        self.back.setVisible(has_band)

    def _show_states(self) -> None:
        chosen = [state_word(status).lower() for status in AgentStatus if status in self._states]
        text = tr("in any state") if not chosen else tr("while {states}", states=", ".join(chosen))
        self.states.setText(text)

    def states_menu(self) -> QMenu:
        """In which states the time counts."""
        menu = QMenu(self)
        for status in AgentStatus:
            if status is AgentStatus.UNKNOWN:
                continue
            action = add_action(menu, state_word(status))
            action.setCheckable(True)
            action.setChecked(status in self._states)
            action.setData(status.value)
            action.toggled.connect(self._on_state)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _on_states(self) -> None:
        self.states_menu().popup(self.states.mapToGlobal(self.states.rect().bottomLeft()))

    def _on_state(self, is_on: bool) -> None:
        status = AgentStatus(self.sender().data())  # type: ignore[attr-defined]
        self._states = self._states | {status} if is_on else self._states - {status}
        self._show_states()
        self.changed.emit()

    def _on_figure(self) -> None:
        self._show_unit()
        self.limit.clear()
        self.band.clear()
        self._on_changed()

    def _on_changed(self) -> None:
        self._show_band()
        self.changed.emit()
