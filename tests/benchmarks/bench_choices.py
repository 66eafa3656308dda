"""A report's form with 10,000 agents in a multi-select: open it, open its panel, filter at each key.

Everything is on the UI thread, offscreen, in a process of its own; the repaint of what is on screen is included. The
panel is opened for the first time in each run, as a user does.
"""

from __future__ import annotations

import os
from statistics import median
from time import perf_counter

from harness import options, show
from PySide6.QtWidgets import QApplication

from console.app.memory import rest_collector, spare_what_stays
from console.reports.schema import Choice, Param, ParamKind, ReportDefinition
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.report_form import ReportForm
from console.ui.theme import Theme

AGENTS = 10_000
TYPED = "agent 09 team 7"
FIRST = ("Anna", "Bert", "Chidi", "Dolores", "Émile", "Fatima", "Agent")


def agents(turn: int) -> tuple[Choice, ...]:
    """Agents under forty headings, with extensions; new objects each time."""
    names = ((FIRST[n % len(FIRST)], n) for n in range(turn, AGENTS + turn))
    return tuple(Choice(f"id-{n}", f"{first} {n:05d}", f"Team {n % 40}", str(20_000 + n)) for first, n in names)


def definition(choices: tuple[Choice, ...]) -> ReportDefinition:
    """A report that asks for agents, half of which are chosen."""
    chosen = [choice.value for choice in choices[::2]]
    params = (
        Param("when", ParamKind.TIMEFRAME, "Timeframe", required=True),
        Param("agents", ParamKind.MULTI_CHOICE, "Agents", choices=choices, default=list(chosen)),
    )
    return ReportDefinition("calls", "bench", "Calls", params=params)


def main() -> None:
    """Measure and print."""
    runs = options(__doc__, seconds=0, runs=9).runs
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(["choices"])
    theme = Theme("dark")
    theme.apply(app)
    rest_collector()
    spare_what_stays()
    forms, panels, keys = [], [], []
    for turn in range(runs + 1):
        asked = definition(agents(turn))
        started = perf_counter()
        form = ReportForm(theme, asked)
        form.resize(420, 400)
        form.show()
        app.processEvents()
        opened = perf_counter()
        editor = form.editor("agents")
        assert isinstance(editor, ChoicesEditor)
        editor.open_panel()
        app.processEvents()
        ready = perf_counter()
        panel = editor.panel
        assert panel is not None
        strokes = []
        for end in (*range(1, len(TYPED) + 1), *range(len(TYPED) - 1, -1, -1)):
            before = perf_counter()
            panel.search.setText(TYPED[:end])
            app.processEvents()
            strokes.append((perf_counter() - before) * 1000)
        if turn:
            forms.append((opened - started) * 1000)
            panels.append((ready - opened) * 1000)
            keys += strokes
        panel.close()
        form.close()
        form.deleteLater()
        app.processEvents()
    both = [one + other for one, other in zip(forms, panels, strict=True)]
    show("choices.form", median(forms), "ms", 150.0, f"aim <= 150 (max {max(forms):.1f}; n={runs})")
    show("choices.form_and_panel", median(both), "ms", 150.0, f"aim <= 150 (max {max(both):.1f}; n={runs})")
    show("choices.key", median(keys), "ms", 16.0, f"aim <= 16 (max {max(keys):.1f}; n={len(keys)})")


if __name__ == "__main__":
    main()
