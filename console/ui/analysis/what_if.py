"""What if there were more or fewer agents: the recorded figures of queues, open to change, and what they come to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.clock import Clock, day_start, to_datetime
from console.domain.erlang import Load
from console.domain.text import format_duration, safe_text
from console.engine.history.base import History
from console.engine.what_if import Basis, around, basis, fewest
from console.reports.schema import Choice, Param, ParamKind
from console.tasks import Report
from console.ui.analysis.outlook import Outlook, OutlookTable
from console.ui.analysis.window import AnalysisWindow
from console.ui.connection import LightTone
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.editors import ChoiceEditor
from console.ui.forms.report_base import Held, ParamEditor
from console.ui.forms.report_clocks import DurationEditor
from console.ui.forms.report_editors import NumberEditor
from console.ui.forms.row import FieldRow
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.marks import MessageLine
from console.ui.services import Services
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button
from console.ui.windows.frame import scrolled

TARGET_S: Final = 20.0
GOAL: Final = 80.0  # percent within the target: 80/20, the usual goal
SPANS: Final = ("hour", "two_hours", "today", "yesterday")
LEAST_MS: Final = 5 * 60_000.0  # a shorter recording says nothing of a rate


class WhatIfWindow(AnalysisWindow):
    """Asks the recording, lets every figure be changed, and shows the estimate."""

    def __init__(
        self, theme: Theme, clock: Clock, services: Services, *, is_demo: bool = False, report: Report | None = None
    ) -> None:
        lead = tr("An estimate from recorded figures: what to expect with more or fewer agents.")
        super().__init__(theme, services, tr("What if"), lead, is_demo=is_demo, report=report)
        self._clock = clock
        self._basis: Basis | None = None
        self._is_filling = False
        self.profile = ChoiceEditor(tuple((str(p.id), p.name) for p in services.profiles.all if p.enabled))
        self.queues = ChoicesEditor(theme, Param("queues", ParamKind.MULTI_CHOICE, tr("Queues"), required=True))
        self.span = ChipRow(theme, _span_words())
        self.span.show_key(SPANS[0])
        self.arrivals = self._number("arrivals", tr("Calls an hour"))
        self.handling = self._duration("handling", tr("Handling time"))
        self.patience = self._duration("patience", tr("Patience of callers"))
        self.ringing = self._duration("ringing", tr("Ringing before an answer"))
        self.agents = self._number("agents", tr("Agents there and ready"))
        self.target = self._duration("target", tr("Answer within"))
        self.goal = self._number("goal", tr("Goal"), "%")
        self.rows: dict[ParamEditor, FieldRow] = {
            editor: FieldRow(theme, editor.param.label, editor, help_text)
            for editor, help_text in (
                (self.arrivals, " "),
                (self.handling, " "),
                (self.patience, " "),
                (self.ringing, " "),
                (self.agents, " "),
                (self.target, ""),
                (self.goal, ""),
            )
        }
        self._fill_questions()
        self.answer = scrolled(self._answer())  # a low window has the table's end below
        self.answer.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.stack.addWidget(self.answer)
        self.target.set_value(TARGET_S)
        self.goal.set_value(GOAL)
        for editor in self.rows:
            editor.name_parts(editor.param.label)
        self.profile.changed.connect(self._on_profile)
        self.queues.changed.connect(self.measure)
        self.span.chosen.connect(self._on_span)
        for editor in self.rows:
            editor.changed.connect(self._on_figure)
        self.fit(1060, 720)
        self._on_profile()

    def measure(self) -> None:
        """Read the chosen queues' figures out of the recording."""
        history = self.services.history
        rows = self._chosen()
        if history is None:
            self.say("hourglass", tr("Nothing is recorded"), tr("Switch the recorder on under History, Recorder."))
        elif not rows:
            self.say("inbox", tr("Choose the queues"), tr("Take all queues that share the same agents together."))
        else:
            self.say("hourglass", tr("Reading the recording"))
            self.ask(lambda: self._measure(history, rows))

    def act(self, action: str) -> None:
        """Try again."""
        self.measure()

    # -- the questions

    def _number(self, name: str, label: str, unit: str = "") -> NumberEditor:
        return NumberEditor(self.theme, Param(name, ParamKind.NUMBER, label, unit=unit))

    def _duration(self, name: str, label: str) -> DurationEditor:
        return DurationEditor(self.theme, Param(name, ParamKind.DURATION, label))

    def _fill_questions(self) -> None:
        theme, column = self.theme, self.questions
        column.addWidget(FieldRow(theme, tr("Connection"), self.profile))
        column.addWidget(FieldRow(theme, tr("Queues"), self.queues, tr("Together those that share their agents.")))
        column.addWidget(FieldRow(theme, tr("Recorded time"), self.span))
        column.addSpacing(Space.INSIDE)
        column.addWidget(Label(theme, tr("Measured, and yours to change"), Type.SECTION, bold=True))
        for editor in (self.arrivals, self.handling, self.patience, self.ringing, self.agents):
            column.addWidget(self.rows[editor])
        self.back_button = push_button(theme, tr("Back to what was measured"), "quiet")
        self.back_button.clicked.connect(self._fill)
        column.addWidget(self.back_button)
        column.addSpacing(Space.INSIDE)
        column.addWidget(Label(theme, tr("What is wanted"), Type.SECTION, bold=True))
        column.addWidget(self.rows[self.target])
        column.addWidget(self.rows[self.goal])
        column.addStretch(1)

    def _answer(self) -> QWidget:
        theme = self.theme
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.GROUPS, Space.GROUPS, Space.GROUPS, Space.AROUND)
        column.setSpacing(Space.BETWEEN)
        self.headline = Label(theme, "", Type.TITLE, bold=True, wrap=True)
        self.second = Label(theme, "", wrap=True)
        self.check = Label(theme, "", muted=True, wrap=True)
        self.table = OutlookTable(theme)
        self.notes = QVBoxLayout()
        self.notes.setSpacing(Space.TIGHT)
        self.formula = Label(
            theme,
            tr(
                "Estimate by Erlang-A: calls come at random, agents are alike and serve these queues alone, callers "
                "hang up when their patience ends. Real floors differ; use it to compare, not to promise."
            ),
            Type.SMALL,
            muted=True,
            wrap=True,
        )
        self.copy_button = push_button(theme, tr("Copy the table"), "quiet")
        self.copy_button.clicked.connect(self._on_copy)
        for widget in (self.headline, self.second, self.check, self.table):
            column.addWidget(widget)
        column.addLayout(self.notes)
        column.addStretch(1)
        column.addWidget(self.formula)
        column.addWidget(self.copy_button)
        return page

    def _on_profile(self) -> None:
        """Offer the queues of the chosen connection; all of them are chosen at first: they may share agents."""
        source = next((s for s in self.services.store.board.sources if s.profile.id == self.profile.value()), None)
        rows = source.snapshot.queues if source is not None and source.snapshot is not None else ()
        choices = [Choice(row.id, safe_text(row.name, 80)) for row in rows]
        self.queues.set_choices(choices, is_complete=True)
        self.queues.set_value([choice.value for choice in choices])
        self.measure()

    def _on_span(self, _name: str) -> None:
        self.measure()

    def _chosen(self) -> list[tuple[str, str]]:
        chosen = self.queues.value()
        ids = [str(each) for each in chosen] if isinstance(chosen, list) else []
        return [(row_id, self.queues.book.label(row_id)) for row_id in ids]

    def _stretch(self) -> tuple[float, float]:
        """The recorded time that is looked at, epoch ms."""
        now_ms = self._clock.now_ms()
        today = to_datetime(now_ms).astimezone().date()
        midnight_ms = day_start(today).timestamp() * 1000
        if self.span.key == "hour":
            return now_ms - 3_600_000, now_ms
        if self.span.key == "two_hours":
            return now_ms - 7_200_000, now_ms
        if self.span.key == "yesterday":
            return day_start(today - timedelta(days=1)).timestamp() * 1000, midnight_ms
        return midnight_ms, now_ms

    # -- the answer

    async def _measure(self, history: History, rows: list[tuple[str, str]]) -> None:
        start_ms, end_ms = self._stretch()
        found = await basis(history, self.profile.value(), rows, start_ms, end_ms)
        if found.known_s * 1000 < LEAST_MS:
            known = format_duration(found.known_s * 1000)
            line = tr("Only {known} of that time are recorded. Let it run on, or choose another time.", known=known)
            self.say("hourglass", tr("Too little is recorded"), line)
            return
        self._basis = found
        self._fill()

    def _fill(self) -> None:
        """Put what was measured into the fields."""
        found = self._basis
        if found is None:
            return
        self._is_filling = True
        said = tr("measured over {known}", known=format_duration(found.known_s * 1000))
        figures: tuple[tuple[ParamEditor, float | None], ...] = (
            (self.arrivals, found.arrivals_per_hour),
            (self.handling, found.handling_s),
            (self.patience, found.patience_s),
            (self.ringing, found.ring_s),
            (self.agents, found.agents),
        )
        for editor, value in figures:
            editor.set_value(None if value is None else round(value, 1 if editor is self.agents else 0))
            self.rows[editor].set_help(said if value is not None else tr("not recorded: enter it yourself"))
        self._is_filling = False
        self._on_figure()

    def _on_figure(self) -> None:
        if self._is_filling or self._basis is None:
            return
        for editor, row in self.rows.items():
            row.set_problem(editor.problem() or _too_small(editor))
        if any(row.problem for row in self.rows.values()):
            return
        figures = {editor: _figure(editor.value()) for editor in self.rows}
        arrivals, handling, agents = (figures[each] for each in (self.arrivals, self.handling, self.agents))
        if arrivals is None or handling is None or agents is None:
            title = tr("Some figures are missing")
            self.say("inbox", title, tr("Enter calls an hour, handling time and agents on the left."))
            return
        load = Load(arrivals / 3600, handling, figures[self.patience])
        goal = (figures[self.goal] or GOAL) / 100
        self._show(load, round(agents), figures[self.target] or TARGET_S, figures[self.ringing] or 0.0, goal)

    def _show(self, load: Load, agents: int, target_s: float, ring_s: float, goal: float) -> None:
        rows = around(load, agents, target_s, ring_s=ring_s)
        self.table.show_outlook(Outlook(rows, agents, target_s, goal))
        now = next(row for row in rows if row.agents == agents)
        target = format_duration(target_s * 1000)
        said = plural("{n} agent", "{n} agents", agents)
        if now.is_stable:
            share = f"{now.within_target * 100:.0f} %"
            line = tr("{agents}: about {share} within {target}", agents=said, share=share, target=target)
        else:
            line = tr("{agents}: too few, the queue would grow and grow", agents=said)
        self.headline.setText(line)
        best = fewest(load, target_s, goal, ring_s=ring_s)
        percent = f"{goal * 100:.0f} %"
        if best is None:
            self.second.setText(tr("No number of agents reaches {goal}.", goal=percent))
        else:
            change = best.agents - agents
            more = tr("as many as now") if change == 0 else f"{change:+d}".replace("-", "\u2212")
            needed = tr("{goal} within {target} needs about {n} agents ({change}).", goal=percent, target=target,
                        n=best.agents, change=more)  # fmt: skip
            self.second.setText(needed)
        self.check.setText(self._checked(now.mean_wait_s, now.abandoned))
        self._say_notes()
        self.stack.setCurrentWidget(self.answer)

    def _checked(self, wait_s: float, abandoned: float) -> str:
        """How the estimate for the present stands to what was measured: the reader's own measure of trust."""
        found = self._basis
        if found is None or found.mean_wait_s is None or found.abandon_rate is None:
            return ""
        return tr(
            "To judge it by: measured in that time were a mean wait of {wait} and {abandoned} abandoned; "
            "the estimate for the present is {own_wait} and {own_abandoned}.",
            wait=format_duration(found.mean_wait_s * 1000),
            abandoned=f"{found.abandon_rate * 100:.1f} %",
            own_wait=format_duration(wait_s * 1000) if wait_s < 86_400 else tr("ever longer"),
            own_abandoned=f"{abandoned * 100:.1f} %",
        )

    def _say_notes(self) -> None:
        while item := self.notes.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for note in self._basis.notes if self._basis is not None else ():
            line = MessageLine(self.theme)
            line.say(LightTone.CAUTION, translate(note))
            self.notes.addWidget(line)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.text())


def _span_words() -> tuple[tuple[str, str, str], ...]:
    words = {
        "hour": tr("Last hour"),
        "two_hours": tr("Last two hours"),
        "today": tr("Today"),
        "yesterday": tr("Yesterday"),
    }
    return tuple((name, words[name], "") for name in SPANS)


def _figure(value: Held) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _too_small(editor: ParamEditor) -> str:
    """What Erlang-A has no answer for."""
    value = _figure(editor.value())
    name = editor.param.id
    if value is None:
        return ""
    if name in ("arrivals", "handling", "patience") and value <= 0:
        return tr("Enter more than zero.")
    if name == "goal" and not 0 < value < 100:
        return tr("Enter a share between 0 and 100 %.")
    if name in ("agents", "target", "ringing") and value < 0:
        return tr("Enter zero or more.")
    if name == "agents" and value > 2000:
        return tr("Enter at most 2,000.")
    return ""
