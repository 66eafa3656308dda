"""What if and reconcile as windows: what they ask, what they show, and what they say when they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.domain.board import Board, Source
from console.domain.clock import SystemClock
from console.domain.enums import HealthState, Section
from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.model import Health, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.values import Unit, text
from console.engine.history.base import RowName, Series, SeriesKey, Span, StateSpan
from console.engine.reconcile import Compared, Reconciled, Verdict
from console.ui.analysis.compared import ComparedModel
from console.ui.analysis.reconcile import ReconcileWindow
from console.ui.analysis.what_if import WhatIfWindow
from console.ui.theme import Theme
from tests.ui.conftest import RunCoroutine, until

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
PROFILE = Profile(ProfileId("p"), "Main site", "asternic", "http://127.0.0.1")
AGENTS = tuple(Row(str(n), f"Agent {n}", {"queues": text("Support")}) for n in range(9))
SNAPSHOT = Snapshot(PROFILE.id, "asternic", AT, {Section.QUEUES: ()}, queues=(Row("q", "Support", {}),), agents=AGENTS)
BOARD = Board((Source(PROFILE, "Asternic", SNAPSHOT, Health(HealthState.LIVE, AT)),))


class Recording:
    """An hour of nine agents: 120 calls offered, 12 abandoned, four minutes each, two callers waiting half the time."""

    is_short = False

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series | None:
        rises = {"offered": 120, "answered": 108, "abandoned": 12}
        if key.column == "waiting":
            times, values = [start_ms, (start_ms + end_ms) / 2], [2.0, 0.0]
        elif key.column in rises:
            times, values = [start_ms, end_ms - 1], [50.0, 50.0 + rises[key.column]]
        else:
            return None
        if self.is_short:
            values = [values[0], np.nan]
            times[1] = start_ms + 60_000
        return Series(key, np.array(times), np.array(values), Unit.COUNT, key.column, "Support")

    async def board_at(self, _at_ms: float) -> Board:
        return BOARD

    async def agent_states(self, profile_id: str, start_ms: float, end_ms: float) -> Any:
        span = end_ms - start_ms
        busy = start_ms + span * 0.75
        spans = (StateSpan(start_ms, busy, "on_call"), StateSpan(busy, end_ms, "available"))
        return [(RowName(profile_id, Section.AGENTS, row.id, row.name), spans) for row in AGENTS]

    async def spans(self, start_ms: float, end_ms: float, _profile_id: str = "") -> Any:
        return [Span(start_ms, end_ms)]


WHY, WHY_NOT = (message("reconcile.in_progress"),), (message("reconcile.unexplained"),)
ROWS = (
    Compared("Support", "answered", "Answered", Unit.COUNT, 99, 101, 96, Verdict.EXPLAINED, WHY),
    Compared("Support", "avg_wait", "Average wait", Unit.MS, 8000, 8000, 8000, Verdict.SAME),
    Compared("Support", "abandoned", "Abandoned", Unit.COUNT, 3, 3, 9, Verdict.DIFFERENT, WHY_NOT),
)


@dataclass
class Comparing:
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    def can(self, _profile_id: ProfileId) -> bool:
        return True

    async def reconcile(self, profile_id: ProfileId) -> Reconciled:
        self.asked.append(profile_id)
        if self.fails:
            raise UserError(message("reconcile.no_live", site="Main site"))
        return Reconciled(profile_id, "Main site", "Distribution by queue", None, AT, ROWS)


def _services(**more: object) -> Any:
    profiles = SimpleNamespace(all=(PROFILE, replace(PROFILE, id=ProfileId("off"), name="Off", enabled=False)))
    return SimpleNamespace(profiles=profiles, store=SimpleNamespace(board=BOARD), **more)


@pytest.fixture
def what_if(theme: Theme, arun: RunCoroutine) -> Iterator[WhatIfWindow]:
    async def make() -> WhatIfWindow:
        window = WhatIfWindow(theme, SystemClock(), _services(history=Recording()))
        window.show()
        await until(lambda: window.stack.currentWidget() is window.answer)
        return window

    window = arun(make())
    yield window
    arun(window.aclose())
    window.deleteLater()


def test_what_was_measured_is_filled_in_and_estimated(what_if: WhatIfWindow) -> None:
    assert what_if.arrivals.value() == 120
    assert what_if.agents.value() == 9
    assert what_if.handling.value() == 225  # 9 agents x 45 min busy by 108 calls
    assert what_if.patience.value() == 300  # 2 callers for half an hour by 12 who hung up
    outlook = what_if.table.outlook
    assert outlook is not None
    assert [row.agents for row in outlook.rows] == list(range(3, 16))
    assert what_if.headline.text().startswith("9 agents: about ")
    assert "80 %" in what_if.second.text()
    assert "10.0 %" in what_if.check.text()


def test_a_changed_figure_changes_the_estimate_and_can_be_taken_back(what_if: WhatIfWindow) -> None:
    before = what_if.headline.text()
    what_if.agents.line.setText("4")
    assert what_if.headline.text().startswith("4 agents")
    what_if.back_button.click()
    assert what_if.headline.text() == before


def test_what_makes_no_sense_is_said_beside_its_field(what_if: WhatIfWindow) -> None:
    before = what_if.headline.text()
    what_if.handling.line.setText("0")
    assert what_if.rows[what_if.handling].problem == "Enter more than zero."
    what_if.agents.line.setText("many")
    assert what_if.rows[what_if.agents].problem
    assert what_if.headline.text() == before


def test_a_narrow_window_shows_the_whole_table(what_if: WhatIfWindow) -> None:
    what_if.resize(880, 700)
    what_if.ensurePolished()
    what_if.grab()
    assert what_if.width() == 880
    assert what_if.answer.horizontalScrollBar().maximum() == 0
    what_if.resize(1200, 700)
    what_if.grab()
    assert what_if.table.width() > what_if.table.minimumSizeHint().width()


def test_nobody_hangs_up_and_too_few_agents_is_no_figure(what_if: WhatIfWindow) -> None:
    what_if.patience.line.clear()
    what_if.agents.line.setText("2")
    assert "too few" in what_if.headline.text()
    assert "ever longer" in what_if.table.text()


def test_too_short_a_recording_gives_no_estimate(theme: Theme, arun: RunCoroutine) -> None:
    recording = Recording()
    recording.is_short = True

    async def main() -> str:
        window = WhatIfWindow(theme, SystemClock(), _services(history=recording))
        await until(lambda: "Too little" in window.empty.title())
        await window.aclose()
        window.deleteLater()
        return window.empty.line()

    assert "1:00" in arun(main())


def test_without_a_recording_it_says_where_to_switch_it_on(theme: Theme, arun: RunCoroutine) -> None:
    async def main() -> str:
        window = WhatIfWindow(theme, SystemClock(), _services(history=None))
        await window.aclose()
        window.deleteLater()
        return window.empty.line()

    assert "Recorder" in arun(main())


def test_a_comparison_shows_what_needs_a_look_first(theme: Theme, arun: RunCoroutine) -> None:
    comparing = Comparing()

    async def main() -> None:
        window = ReconcileWindow(theme, _services(reconciler=comparing))
        window.show()
        window.run_button.click()
        await until(lambda: window.stack.currentWidget() is window.answer)
        assert comparing.asked == ["p"]
        assert window.headline.text() == "1 of 3 figures agree, 1 differs with a reason, 1 differs for no known reason"
        assert window.model.data(window.model.index(0, 1)) == "Abandoned"
        assert window.model.data(window.model.index(0, 4)) == "\u22126"
        window.table.selectRow(0)
        assert "No explanation" in window.reason.text()
        window.only.setChecked(True)
        assert window.model.rowCount() == 2
        await window.aclose()
        window.deleteLater()

    arun(main())


def test_a_comparison_that_fails_can_be_tried_again(theme: Theme, arun: RunCoroutine) -> None:
    comparing = Comparing(fails=True)

    async def main() -> None:
        window = ReconcileWindow(theme, _services(reconciler=comparing))
        window.compare()
        await until(lambda: window.empty.title() == "It did not work")
        assert "no live figures" in window.empty.line()
        comparing.fails = False
        window.act("again")
        await until(lambda: window.stack.currentWidget() is window.answer)
        await window.aclose()
        window.deleteLater()

    arun(main())


def test_the_model_keeps_qts_rules(theme: Theme) -> None:
    model = ComparedModel(theme)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows(ROWS)
    spoken = model.data(model.index(2, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert "Abandoned: differs" in str(spoken)
    model.show_rows(())
    assert model.rowCount() == 0
