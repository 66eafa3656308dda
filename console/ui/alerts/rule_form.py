"""The editor of one rule, with a sentence that says what it would do while it is being edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.alert_rules import Action, Condition, QuietHours, Rule, Scope
from console.domain.text import safe_text
from console.domain.values import Unit
from console.reports.schema import Choice, Param, ParamKind
from console.ui.alerts.condition_row import ConditionRow
from console.ui.alerts.quiet_row import QuietRow
from console.ui.alerts.rule_words import Known, action_word, limit_text, parse_limit, rule_sentence
from console.ui.alerts.words import LEVELS, NAME, scope_word
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.row import FieldRow
from console.ui.text import level_word, mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type, level_shape
from console.ui.widgets import Chip, Label, flow_row, line, push_button
from console.ui.windows.frame import WheelGuard, scrolled

_LONGEST_MS = 24 * 3600 * 1000.0
_NIGHT = QuietHours(20 * 60, 7 * 60)


class RuleForm(QWidget):
    """Edits one `Rule`; what it shows is `rule()`.

    Signals:
        changed: something else is entered.
    """

    changed = Signal()

    def __init__(self, theme: Theme, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._known = known
        self._rule: Rule | None = None
        self._is_showing = False
        self.conditions: list[ConditionRow] = []
        self.quiets: list[QuietRow] = []
        self._guard = WheelGuard(self)
        self.name = QLineEdit()
        self.name.setMaxLength(NAME)
        self.name.setAccessibleName(tr("Name"))
        self.scope = self._combo(tr("Looks at"), [(scope_word(one), one) for one in Scope])
        self.level = self._combo(tr("Level"), [(level_word(one), one) for one in LEVELS])
        self.held = self._duration(tr("For at least"))
        self.silence = self._duration(tr("Then silent for"))
        self.profiles = self._choices("profiles", tr("Connections"), tr("All connections"))
        self.rows = self._choices("rows", tr("Only these"), tr("All of them"))
        self.queues = self._choices("queues", tr("Queues"), tr("All queues"))
        self.doing = {action: QCheckBox(mnemonic_safe(action_word(action))) for action in Action}
        self.chip = Chip(theme)
        self.sentence = Label(theme, wrap=True)
        self.add_condition = push_button(theme, tr("Add a condition"), "quiet")
        self.add_quiet = push_button(theme, tr("Add quiet hours"), "quiet")
        self._build()
        self._connect()

    # what the dialog calls

    def show_rule(self, rule: Rule, known: Known) -> None:
        """Show a rule."""
        self._is_showing = True
        self._rule, self._known = rule, known
        self.name.setText(rule.name)
        self.scope.setCurrentIndex(max(0, self.scope.findData(rule.scope)))
        self.level.setCurrentIndex(max(0, self.level.findData(rule.level)))
        self._offer_names()
        for row in list(self.conditions):
            self._drop(row)
        for condition in rule.conditions:
            self._add(condition)
        self.held.setText(limit_text(rule.for_s * 1000, Unit.MS))
        self.silence.setText(limit_text(rule.cooldown_s * 1000, Unit.MS))
        for editor, chosen in ((self.profiles, rule.profiles), (self.rows, rule.rows), (self.queues, rule.queues)):
            editor.set_value([*sorted(chosen)])
        for action, box in self.doing.items():
            box.setChecked(action in rule.actions)
        for quiet_row in list(self.quiets):
            self._drop_quiet(quiet_row)
        for quiet in rule.quiet:
            self._add_quiet(quiet)
        self._is_showing = False
        self.check()
        self._refresh()

    def rule(self) -> Rule | None:
        """What is entered; None where something cannot be read."""
        base = self._rule
        conditions = [row.condition() for row in self.conditions]
        held, silence = self._seconds(self.held), self._seconds(self.silence)
        if base is None or held is None or silence is None or not self.name.text().strip():
            return None
        found = tuple(one for one in conditions if one is not None)
        if not found or len(found) != len(conditions):
            return None
        scope = Scope(self.scope.currentData())
        return replace(
            base,
            name=safe_text(self.name.text(), NAME),
            scope=scope,
            conditions=found,
            level=self.level.currentData(),
            profiles=tuple(_texts(self.profiles)),
            rows=frozenset(_texts(self.rows)) if scope in (Scope.QUEUE, Scope.AGENT) else frozenset(),
            queues=frozenset(_texts(self.queues)) if scope in (Scope.AGENT, Scope.CALLER) else frozenset(),
            for_s=held,
            cooldown_s=silence,
            quiet=tuple(row.quiet() for row in self.quiets),
            actions=frozenset(action for action, box in self.doing.items() if box.isChecked()),
        )

    def check(self) -> bool:
        """Mark what is wrong beside its field; returns whether all is well."""
        problems = [row.check() for row in self.conditions]
        self.name_row.set_problem("" if self.name.text().strip() else tr("Give the rule a name."))
        hint = tr("Enter a time as m:ss, or 30 s, 2 min; at most 24 hours.")
        for row, edit in ((self.held_row, self.held), (self.silence_row, self.silence)):
            row.set_problem("" if self._seconds(edit) is not None else hint)
        rows = (self.name_row, self.held_row, self.silence_row)
        return not any((*problems, *(row.problem for row in rows))) and bool(self.conditions)

    def set_read_only(self, is_read_only: bool) -> None:
        """Show only."""
        self._content.setEnabled(not is_read_only)

    # building

    def _build(self) -> None:
        theme = self._theme
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, Space.BETWEEN, Space.BETWEEN, Space.INSIDE)
        column.setSpacing(Space.BETWEEN)
        self.name_row = FieldRow(theme, tr("Name"), self.name)
        first = QHBoxLayout()
        first.setSpacing(Space.BETWEEN)
        first.addWidget(self.name_row, 2)
        for label, editor in ((tr("Looks at"), self.scope), (tr("Level"), self.level)):
            first.addWidget(FieldRow(theme, label, editor), 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(first)
        column.addWidget(self._heading(tr("When all of these hold in one row")))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.INSIDE)
        column.addLayout(self._rows)
        column.addWidget(self.add_condition, 0, Qt.AlignmentFlag.AlignLeft)
        times = QHBoxLayout()
        times.setSpacing(Space.BETWEEN)
        self.held_row = FieldRow(theme, tr("For at least"), self.held)
        self.silence_row = FieldRow(theme, tr("Then the same row is silent for"), self.silence)
        times.addWidget(self.held_row, 1, Qt.AlignmentFlag.AlignTop)
        times.addWidget(self.silence_row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(times)
        column.addWidget(self._heading(tr("Where")))
        where = QHBoxLayout()
        where.setSpacing(Space.BETWEEN)
        self.rows_row = FieldRow(theme, tr("Only these"), self.rows)
        self.queues_row = FieldRow(theme, tr("In queues"), self.queues)
        for row in (FieldRow(theme, tr("Connections"), self.profiles), self.rows_row, self.queues_row):
            where.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(where)
        column.addWidget(self._heading(tr("What is done")))
        boxes, flow = flow_row(self._content)
        for box in self.doing.values():
            flow.addWidget(box)
        column.addWidget(boxes)
        column.addWidget(self._heading(tr("Quiet hours: listed, but no banner, notification or sound")))
        self._quiet_rows = QVBoxLayout()
        self._quiet_rows.setSpacing(Space.TIGHT)
        column.addLayout(self._quiet_rows)
        column.addWidget(self.add_quiet, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.INSIDE)
        outer.addWidget(scrolled(self._content), 1)
        outer.addWidget(line())
        says = QHBoxLayout()
        says.setSpacing(Space.BETWEEN)
        says.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        says.addWidget(self.sentence, 1)
        outer.addLayout(says)

    def _connect(self) -> None:
        self.name.textChanged.connect(self._on_changed)
        self.scope.currentIndexChanged.connect(self._on_scope)
        self.level.currentIndexChanged.connect(self._on_changed)
        for edit in (self.held, self.silence):
            edit.textChanged.connect(self._on_changed)
        for editor in (self.profiles, self.rows, self.queues):
            editor.changed.connect(self._on_changed)
        for box in self.doing.values():
            box.toggled.connect(self._on_changed)
        self.add_condition.clicked.connect(self._on_add)
        self.add_quiet.clicked.connect(self._on_add_quiet)
        self._theme.changed.connect(self._refresh)

    def _heading(self, text: str) -> Label:
        return Label(self._theme, text, Type.SMALL, bold=True)

    def _combo(self, name: str, entries: Iterable[tuple[str, object]]) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.installEventFilter(self._guard)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for caption, value in entries:
            combo.addItem(caption, value)
        return combo

    def _duration(self, name: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(name)
        edit.setPlaceholderText(tr("m:ss"))
        return edit

    def _choices(self, key: str, label: str, hint: str) -> ChoicesEditor:
        editor = ChoicesEditor(self._theme, Param(key, ParamKind.MULTI_CHOICE, label, placeholder=hint))
        editor.name_parts(label)
        return editor

    # conditions and quiet hours

    def _add(self, condition: Condition | None = None) -> ConditionRow:
        row = ConditionRow(self._theme, self._known, Scope(self.scope.currentData()))
        if condition is not None:
            row.show_condition(condition)
        row.changed.connect(self._on_changed)
        row.remove_asked.connect(self._on_remove)
        self.conditions.append(row)
        self._rows.addWidget(row)
        self._show_removes()
        return row

    def _drop(self, row: ConditionRow) -> None:
        self.conditions.remove(row)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show_removes()

    def _show_removes(self) -> None:
        for row in self.conditions:
            row.remove.setVisible(len(self.conditions) > 1)

    def _add_quiet(self, quiet: QuietHours) -> None:
        row = QuietRow(self._theme, quiet)
        row.changed.connect(self._on_changed)
        row.remove_asked.connect(self._on_remove_quiet)
        self.quiets.append(row)
        self._quiet_rows.addWidget(row)

    def _drop_quiet(self, row: QuietRow) -> None:
        self.quiets.remove(row)
        self._quiet_rows.removeWidget(row)
        row.hide()
        row.deleteLater()

    # inside

    def _seconds(self, edit: QLineEdit) -> float | None:
        found = parse_limit(edit.text() or "0", Unit.MS)
        if not isinstance(found, float) or found > _LONGEST_MS:
            return None
        return found / 1000

    def _offer_names(self) -> None:
        """The names there are to choose from, for what the rule looks at."""
        scope = Scope(self.scope.currentData())
        self.rows_row.setVisible(scope in (Scope.QUEUE, Scope.AGENT))
        self.queues_row.setVisible(scope in (Scope.AGENT, Scope.CALLER))
        profiles = [Choice(key, safe_text(name, NAME)) for key, name in self._known.profiles.items()]
        self.profiles.set_choices(profiles, is_complete=False)
        names = [*self._known.names.get(scope, ())]
        if self._rule is not None and self._rule.scope is scope:
            present = {name.casefold() for name in names}
            names += sorted(name for name in self._rule.rows if name.casefold() not in present)
        rows = [Choice(name.casefold(), self._known.named(scope, name)) for name in names]
        self.rows.set_choices(rows, is_complete=False)
        self.queues.set_choices(_by_name(self._known.names.get(Scope.QUEUE, ())), is_complete=False)

    def _refresh(self) -> None:
        rule = self.rule()
        level = self.level.currentData()
        self.chip.show_state(level_shape(level), self._theme.palette.level(level), level_word(level))
        words = rule_sentence(rule, self._known) if rule is not None else tr("Something is missing; see above.")
        self.sentence.setText(words)
        self.sentence.setAccessibleName(words)

    # slots

    def _on_changed(self, *_: object) -> None:
        if not self._is_showing:
            self.check()
            self._refresh()
            self.changed.emit()

    def _on_scope(self, *_: object) -> None:
        if self._is_showing:
            return
        self._offer_names()
        self.rows.set_value([])
        for row in list(self.conditions):
            self._drop(row)
        self._add()
        self._on_changed()

    def _on_add(self) -> None:
        row = self._add()
        self._on_changed()
        row.figure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_remove(self) -> None:
        self._drop(self.sender())  # type: ignore[arg-type]
        self._on_changed()

    def _on_add_quiet(self) -> None:
        self._add_quiet(_NIGHT)
        self._on_changed()

    def _on_remove_quiet(self) -> None:
        self._drop_quiet(self.sender())  # type: ignore[arg-type]
        self._on_changed()


def _by_name(names: Iterable[str]) -> list[Choice]:
    return [Choice(name.casefold(), safe_text(name, NAME)) for name in names]


def _texts(editor: ChoicesEditor) -> list[str]:
    value = editor.value()
    return [str(one) for one in value] if isinstance(value, list) else []
