"""The form of a report: one row for each parameter of its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from console.reports.schema import Json, ParamKind, ReportDefinition, Values
from console.reports.validate import Problem, Surroundings, default_values, is_visible, validate
from console.reports.validate_rules import has_rule
from console.tasks import TaskScope
from console.ui.connection import LightTone
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.report_base import UNSET, Held, ParamEditor
from console.ui.forms.report_directories import Directories, LoadChoices
from console.ui.forms.report_kinds import make_param_editor
from console.ui.forms.report_row import ParamRow
from console.ui.forms.timeframe_editor import FormSite, PeriodEditor, TimeframeEditor
from console.ui.marks import MessageLine
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme
from console.ui.widgets import Label

Validate = Callable[[ReportDefinition, Values, Surroundings], Sequence[Problem]]
_SAID_BY_EDITOR = ("value.choice_unknown",)  # keys outside the list are marked in the field itself


class ReportForm(QWidget):
    """Edits the values of a report's parameters. What it holds is `values()`, and nothing else need be kept.

    Args:
        load_choices: gives the lists of the system; None where there is none (a form without a connection).
        scope: owns the loading; both are needed for lists.
        site: zone, first day of the week and clock for ranges.
        check: finds the problems of values.

    Signals:
        changed: the user changed a value, or `set_values` was called.
        problems_changed: `problems` is another.
    """

    changed = Signal()
    problems_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        definition: ReportDefinition,
        *,
        load_choices: LoadChoices | None = None,
        scope: TaskScope | None = None,
        site: FormSite | None = None,
        check: Validate = validate,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.definition = definition
        self._site = self._own(site or FormSite())
        self._check = check
        self._rows: dict[str, ParamRow] = {}
        self._others: dict[str, Json] = {}
        self._touched: set[str] = set()
        self._shows_all = False
        self._problems: tuple[tuple[str, str], ...] = ()
        self._whole = MessageLine(theme)
        self._build(theme)
        params = {param.id: param for param in definition.params}
        editors = {
            name: row.editor
            for name, row in self._rows.items()
            if isinstance(row.editor, ChoicesEditor) and row.param.directory
        }
        self._lists = Directories(self, scope, load_choices, editors, params, self._held)
        self.reset()

    # -- values

    def values(self) -> dict[str, Json]:
        """The values of all parameters that are set, hidden ones too, and of names the definition does not know."""
        found: dict[str, Json] = {}
        for name, row in self._rows.items():
            held = row.editor.value()
            if held is not UNSET:
                found[name] = held
        return found | self._others

    def set_values(self, values: Values, drafts: Mapping[str, str] | None = None) -> None:
        """Show values; a parameter without one is not set. `drafts` are those of `drafts()`."""
        for name, row in self._rows.items():
            row.editor.set_value(values.get(name, UNSET))
        for name, text in (drafts or {}).items():
            if name in self._rows:
                self._rows[name].editor.restore_draft(text)
        self._others = {name: value for name, value in values.items() if name not in self._rows}
        self._touched.clear()
        self._shows_all = False
        for name in self._rows:
            self._lists.note_change(name)
        self._refresh()
        self.changed.emit()

    def drafts(self) -> dict[str, str]:
        """Text that its value does not keep to the letter (the layout of JSON), by parameter."""
        found = {name: row.editor.draft() for name, row in self._rows.items()}
        return {name: text for name, text in found.items() if text}

    def reset(self) -> None:
        """Show the definition's defaults."""
        values = default_values(self.definition)
        for param in self.definition.params:
            if param.kind is ParamKind.BOOLEAN and param.required:
                values.setdefault(param.id, False)  # an empty box is an answer
        self.set_values(values)

    # -- lists and site

    def load(self) -> None:
        """Begin to load the lists; call it once, with a running loop."""
        self._lists.begin()

    def stop(self) -> None:
        """Cancel what is loading; call it before the form is dropped."""
        self._lists.stop()

    def set_site(self, site: FormSite) -> None:
        """Take the zone, first day of the week and clock of the site, once they are known."""
        self._site = self._own(site)
        for row in self._rows.values():
            if isinstance(row.editor, TimeframeEditor | PeriodEditor):
                row.editor.set_site(self._site)
        self._refresh()

    # -- problems

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """Everything that is wrong: parameter (empty for the whole) and sentence, in the order of the form."""
        return self._problems

    def show_problems(self) -> None:
        """Show all problems, also of fields nobody has touched."""
        self._shows_all = True
        self._refresh()

    def focus_first_problem(self) -> bool:
        """Show all problems and go to the first; False when there is none."""
        self.show_problems()
        for name, _ in self._problems:
            row = self._rows.get(name)
            if row is not None:
                row.editor.focus().setFocus(Qt.FocusReason.OtherFocusReason)
                self._bring_into_view(row)
                break
        return bool(self._problems)

    # -- parts

    def editor(self, name: str) -> ParamEditor:
        """The editor of a parameter."""
        return self._rows[name].editor

    def row(self, name: str) -> ParamRow:
        """The row of a parameter."""
        return self._rows[name]

    def is_shown(self, name: str) -> bool:
        """Whether the conditions of a parameter hold."""
        param = self.definition.param(name)
        return param is not None and is_visible(self.definition, param, self.values())

    # -- inside

    def _build(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.AROUND)
        if not self.definition.params:
            column.addWidget(Label(theme, tr("This report asks for nothing."), muted=True))
        for param in self.definition.params:
            editor = make_param_editor(theme, param, self._site)
            editor.setObjectName(f"report.field.{param.id}")
            row = ParamRow(theme, param, editor)
            if not param.editable:
                editor.set_read_only()
            editor.changed.connect(self._on_changed)
            self._rows[param.id] = row
            column.addWidget(row)
        column.addWidget(self._whole)

    def _own(self, site: FormSite) -> FormSite:
        """Ranges end now where the report says so."""
        return replace(site, until_now=site.until_now or has_rule(self.definition.rules, "until_now"))

    def _held(self, name: str) -> Held:
        row = self._rows.get(name)
        return row.editor.value() if row is not None else UNSET

    def _on_changed(self) -> None:
        editor = self.sender()
        for name, row in self._rows.items():
            if row.editor is editor:
                self._touched.add(name)
                self._lists.note_change(name)
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        values = self.values()
        shown = {p.id for p in self.definition.params if is_visible(self.definition, p, values)}
        for name, row in self._rows.items():
            row.setVisible(name in shown)
        found = self._find_problems(values, shown)
        problems = tuple((name, text) for name, text, is_warning in found if not is_warning)
        is_other = problems != self._problems
        self._problems = problems
        told: dict[str, tuple[str, bool]] = {}
        for name, text, is_warning in found:
            if name not in told or (told[name][1] and not is_warning):
                told[name] = (text, is_warning)
        for name, row in self._rows.items():
            is_told = self._shows_all or name in self._touched
            row.set_problem(*(told.get(name, ("", False)) if is_told else ("", False)))
        whole = [text for name, text in problems if name not in self._rows]
        self._whole.say(LightTone.CRITICAL, " ".join(whole) if self._shows_all or self._touched else "")
        if is_other:
            self.problems_changed.emit()

    def _find_problems(self, values: Mapping[str, Json], shown: set[str]) -> list[tuple[str, str, bool]]:
        """Parameter, sentence and whether it is a mere warning, in the order of the form."""
        own = {name: text for name, row in self._rows.items() if name in shown and (text := row.editor.problem())}
        site = self._site
        around = Surroundings(site.now(), site.zone, site.week_start)
        known = {name: value for name, value in values.items() if name in self._rows}
        found = [(name, text, False) for name, text in own.items()]
        for problem in self._check(self.definition, known, around):
            name = problem.param
            if name in own or (name in self._rows and name not in shown) or problem.message.code in _SAID_BY_EDITOR:
                continue
            found.append((name, translate(problem.message), problem.is_warning))
        order = {name: at for at, name in enumerate(self._rows)}
        return sorted(found, key=lambda item: order.get(item[0], len(order)))

    def _bring_into_view(self, row: QWidget) -> None:
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(row, 0, Space.GROUPS)
                return
            above = above.parentWidget()
