"""The trends window and the agents' day as somebody uses them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.domain.alert_rules import Scope
from console.domain.alerts import Alert
from console.domain.enums import Section
from console.domain.frames import Frame
from console.domain.thresholds import Level
from console.domain.values import Unit
from console.engine.history.base import RowName, SeriesKey, StateSpan, Usage
from console.ui.desks.trend_desk import TrendDesk
from console.ui.runtime import dialogs
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.trends.agent_day import AgentDayWindow
from console.ui.trends.choice import Picked
from console.ui.trends.window import CHOICE_KEY, TrendWindow
from tests.ui.boards import START_MS, StillClock
from tests.ui.conftest import RunCoroutine, until
from tests.ui.trends.fakes import QUEUES, FakeFrames, FakeHistory, floor, services, walk

HOUR = 3_600_000.0


def key(row: str, column: str = "waiting", profile: str = "p1") -> SeriesKey:
    return SeriesKey(profile, Section.QUEUES, row, column)


def recorded() -> FakeHistory:
    history = FakeHistory(units={"longest_wait": Unit.MS})
    for number in range(len(QUEUES)):
        history.curves[key(f"q{number}")] = walk(key(f"q{number}"), seed=number)
    return history


def alert(row: str) -> Alert:
    return Alert(
        "1", "r", "Too many wait", Scope.QUEUE, Level.CRITICAL, "p1", "Munich", row, "Support", "waiting",
        Unit.COUNT, 10, 12, 12, START_MS - HOUR / 2, START_MS - HOUR / 2,
    )  # fmt: skip


def unclipped(window: QWidget) -> list[str]:
    """Captions that do not fit where they stand."""
    widgets = [*window.findChildren(QPushButton), *window.findChildren(QLabel)]
    return [each.text() for each in widgets if each.isVisible() and each.text() and _needed(each) > each.height() + 1]


def _needed(widget: QWidget) -> int:
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    return widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()


def test_queues_are_drawn_live_and_the_choice_is_remembered(theme: Theme, arun: RunCoroutine) -> None:
    async def go() -> None:
        frames, clock, state = FakeFrames(), StillClock(), MemoryState()
        parts = services(floor(), history=recorded(), frames=frames, alerts=SimpleNamespace(alerts=(alert("q4"),)))
        frames.send(Frame(START_MS - 1000, floor(), START_MS + 9000))
        window = TrendWindow(theme, clock, parts, state, is_demo=True)
        window.open()
        window.resize(1100, 650)
        await until(lambda: window.panels.is_drawn and not window.is_loading)
        chart = window.panels.panels[0].chart
        assert [curve.name for curve in chart.content.curves] == ["Billing", QUEUES[2], "Sales"]
        assert len(chart.content.marks) == 1
        assert "Too many wait" in chart.content.marks[0].words
        assert chart.content.threshold is not None
        clock.step(5)
        frames.send(Frame(clock.ms, floor(waiting=40), clock.ms + 10_000))
        window.tick()
        assert chart.in_sight[1] == clock.ms
        assert chart.content.curves[0].values[-1] == 44
        window.picker._on_toggled(Picked("p1", "q0"))
        await until(lambda: len(chart.content.curves) == 4 and not window.is_loading)
        assert not unclipped(window)
        window.close()
        assert not frames.listeners, "nothing grows while nobody looks"
        window.general_changed()
        assert not window.panels.is_drawn, "names that must not be shown any more are not there when it opens"
        window.open()
        await until(lambda: window.panels.is_drawn and not window.is_loading)
        await window.aclose()
        saved: Any = state.get(CHOICE_KEY)
        assert saved["picked"][-1] == ["p1", "q0"]
        again = TrendWindow(theme, clock, parts, state)
        assert len(again.choice.picked) == 4
        await again.aclose()

    arun(go())


def test_two_charts_move_together_and_become_one_picture(
    theme: Theme, arun: RunCoroutine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def name(*_args: object, **_more: object) -> Path:
        return tmp_path / "two.png"

    monkeypatch.setattr(dialogs, "save_file", name)

    async def go() -> None:
        frames = FakeFrames()
        frames.send(Frame(START_MS - 1000, floor(), START_MS + 9000))
        window = TrendWindow(theme, StillClock(), services(floor(), history=recorded(), frames=frames), MemoryState())
        window.open("p1/queues/q0/waiting")
        await until(lambda: window.panels.is_drawn and not window.is_loading)
        window.picker.second.setCurrentIndex(window.picker.second.findData("longest_wait"))
        window.picker._on_columns()
        await until(lambda: len(window.panels.panels) == 2 and not window.is_loading)
        upper, lower = (panel.chart for panel in window.panels.panels)
        upper._zoom(0.5)
        assert upper.in_sight == lower.in_sight
        assert upper.frame.places.plot.left() == lower.frame.places.plot.left()
        window.table_button.setChecked(True)
        assert window.panels.panels[0].table.figures.rowCount() > 100
        window.png_button.click()
        await until(lambda: "two.png" in window.readout.full_text())
        assert QImage(str(tmp_path / "two.png")).width() == 2400
        await window.aclose()

    arun(go())


@pytest.mark.parametrize(
    ("history", "which", "title"),
    [
        (FakeHistory(), "p1/queues/q0/avg_talk", "Nothing was known in this time"),
        (FakeHistory(size=Usage(0, None, None, False)), "p1/queues/q0/avg_talk", "The recording is switched off"),
        (None, "p1/queues/q0/avg_talk", "The recording is switched off"),
        (FakeHistory(size=Usage(1, None, None, True)), "p1/queues/q0/avg_talk", "Nothing recorded yet"),
        (FakeHistory(), "p1/queues/q0/metric:x", "Waiting"),
    ],
)
def test_where_there_is_nothing_it_is_said_why(
    theme: Theme, arun: RunCoroutine, history: FakeHistory | None, which: str, title: str
) -> None:
    async def go() -> None:
        window = TrendWindow(theme, StillClock(), services(floor(), history=history), MemoryState())
        window.open(which)
        await until(lambda: not window.is_loading and window.panels.empty.title() != "Reading the recording")
        if title == "Waiting":  # no such column: one that there is is proposed
            assert window.choice.column == "waiting"
        else:
            assert window.panels.empty.title() == title
            assert not window.png_button.isEnabled()
        await window.aclose()

    arun(go())


def states(*parts: tuple[float, float, str]) -> list[StateSpan]:
    return [StateSpan(START_MS + a * 60_000, START_MS + b * 60_000, state) for a, b, state in parts]


def test_the_agents_day_is_sorted_searched_read_and_saved(
    theme: Theme, arun: RunCoroutine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def name(*_args: object, **_more: object) -> Path:
        return tmp_path / "day.png"

    monkeypatch.setattr(dialogs, "save_file", name)
    people: Any = [
        (RowName("p1", Section.AGENTS, "a0", "Ann"), states((-90, -60, "available"), (-60, 0, "on_call"))),
        (RowName("p1", Section.AGENTS, "a1", "Bea"), states((-30, -10, "paused"), (-10, 0, ""))),
    ]
    people += [(RowName("p1", Section.AGENTS, f"x{n}", f"Zoe {n}"), states((-20, 0, "after_call"))) for n in range(500)]

    async def go() -> None:
        private = [False]
        parts = services(floor(), history=FakeHistory(states={"p1": people}))
        window = AgentDayWindow(theme, StillClock(), parts, MemoryState(), is_private=lambda: private[0], is_demo=True)
        window.open()
        window.resize(1100, 650)
        bars = window.bars
        await until(lambda: len(bars.rows) == 502)
        said: list[str] = []
        bars.pointed.connect(said.append)
        bars._mark("a0", bars.rows[0].span_at(START_MS - 600_000))
        assert said[-1].startswith("Ann: On call")
        bars.sort_by("signed_in")
        assert [row.name for row in bars.rows[:2]] == ["Ann", "Bea"]
        bars.sort_by("signed_in")
        assert bars.rows[-1].name == "Ann"
        assert "502 agents" in window.sentence.text()
        assert not unclipped(window)
        window.search.setText("bea")
        assert [row.name for row in bars.rows] == ["Bea"]
        window.png_button.click()
        await until(lambda: "day.png" in window.readout.full_text())
        window.search.setText("nobody at all")
        assert window.empty.title() == "Nobody of that name"
        window.search.setText("")
        window.table_button.setChecked(True)
        assert window.table.totals.rowCount() == 502
        private[0] = True
        window.general_changed()
        await until(lambda: not any(row.name in ("Ann", "Bea", "Zoe 1") for row in bars.rows))
        await window.aclose()

    arun(go())


def test_the_desk_opens_each_window_once_and_closes_them(theme: Theme, arun: RunCoroutine) -> None:
    async def go() -> None:
        state = MemoryState()
        context: Any = SimpleNamespace(
            window=None,
            theme=theme,
            live_clock=StillClock(),
            state=state,
            is_demo=True,
            report=None,
            general=lambda: SimpleNamespace(privacy=False),
            perform=lambda _command: None,
        )
        desk = TrendDesk(context)
        desk.attach(services(floor(), history=recorded()))
        desk.save_state()
        assert not state.values
        desk.perform("trends:p1/queues/q1/longest_wait")
        desk.perform("agent_day")
        first = desk.trends
        desk.perform("trends")
        assert desk.trends is first
        assert first is not None
        assert (first.choice.column, first.choice.picked) == ("longest_wait", (Picked("p1", "q1"),))
        desk.general_changed()
        await desk.aclose()
        assert {"trends.choice", "agent_day.order"} <= set(state.values)

    arun(go())
