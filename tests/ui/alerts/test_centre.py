"""The alert centre: its lists, its words, what keys do, and thousands of alerts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Scope
from console.domain.alerts import AlertState
from console.domain.thresholds import Level
from console.domain.values import Unit
from console.ui.alerts.alert_list import AlertCells, AlertModel
from console.ui.alerts.centre import AlertCentre
from console.ui.alerts.figures import FiguresNow
from console.ui.theme import Theme
from tests.ui.alerts.fakes import FakeAlerts, alert, rule
from tests.ui.boards import START_MS, StillClock

_ROLE = Qt.ItemDataRole


def centre_of(qtbot: QtBot, theme: Theme, service: FakeAlerts) -> AlertCentre:
    clock = StillClock()
    centre = AlertCentre(theme, clock)
    qtbot.addWidget(centre)
    centre.resize(460, 640)
    centre.attach(service, FiguresNow(None, clock))
    centre.show()
    return centre


def test_the_worst_and_newest_stand_first_and_each_list_is_counted(qtbot: QtBot, theme: Theme) -> None:
    service = FakeAlerts(
        (
            alert(1, "Sales", level=Level.CAUTION),
            alert(2, "Support"),
            alert(3, "Billing"),
            alert(4, "Seen", state=AlertState.ACKNOWLEDGED),
            alert(5, "Over", state=AlertState.CLEARED, cleared_ms=START_MS),
        )
    )
    centre = centre_of(qtbot, theme, service)
    assert [row.row_name for row in centre.model.rows] == ["Support", "Billing", "Sales"]
    assert [chip.count() for chip in centre.chips.values()] == [3, 1, 1, 0]
    centre.show_state(AlertState.CLEARED)
    assert [row.row_name for row in centre.model.rows] == ["Over"]


def test_a_row_is_spoken_whole_and_names_nobody_while_privacy_is_on(qtbot: QtBot, theme: Theme) -> None:
    paused = alert(
        1, "Erika Muster", scope=Scope.AGENT, column="time_in_state", rule_name="Long pause", has_data=False, note="x"
    )
    centre = centre_of(qtbot, theme, FakeAlerts((paused,)))
    index = centre.model.index(0, 0)
    said = str(index.data(_ROLE.AccessibleTextRole))
    assert said.startswith("Erika Muster: Long pause, Critical, Active, Time in state 2 minutes 41 seconds")
    assert "limit 2 minutes" in said
    assert "no data now" in said
    assert said.endswith("note: x")
    centre.set_private(True)
    assert str(index.data(_ROLE.AccessibleTextRole)).startswith("Agent: Long pause")
    centre.search.setText("Erika")
    assert centre.model.rowCount() == 0


def test_keys_act_on_the_selection(qtbot: QtBot, theme: Theme) -> None:
    centre = centre_of(qtbot, theme, FakeAlerts((alert(1), alert(2, "Sales"))))
    told: list[tuple[str, list[str]]] = []
    centre.acted.connect(lambda command, alerts: told.append((command, [each.id for each in alerts])))
    centre.list.selectAll()
    qtbot.keyClick(centre.list, Qt.Key.Key_A)
    qtbot.keyClick(centre.list, Qt.Key.Key_Return)  # one row at a time can be gone to
    centre.list.choose(["a2"])
    qtbot.keyClick(centre.list, Qt.Key.Key_Return)
    qtbot.keyClick(centre.list, Qt.Key.Key_N)
    assert told == [("acknowledge", ["a1", "a2"]), ("go", ["a2"]), ("note", ["a2"])]


def test_acknowledging_goes_on_with_the_next_row(qtbot: QtBot, theme: Theme) -> None:
    service = FakeAlerts((alert(1), alert(2, "Sales"), alert(3, "Billing")))
    centre = centre_of(qtbot, theme, service)
    centre.acted.connect(lambda _command, alerts: service.acknowledge([each.id for each in alerts]))
    centre.list.setFocus()
    centre.list.choose(["a2"])
    qtbot.keyClick(centre.list, Qt.Key.Key_A)
    centre.refresh()
    assert [row.id for row in centre.model.rows] == ["a1", "a3"]
    assert len(centre.list.selected()) == 1


def test_details_tell_the_life_of_the_one_selected(qtbot: QtBot, theme: Theme) -> None:
    over = alert(
        1,
        state=AlertState.CLEARED,
        acknowledged_ms=START_MS - 20_000,
        cleared_ms=START_MS - 5_000,
        firings=3,
        unit=Unit.MS,
    )
    centre = centre_of(qtbot, theme, FakeAlerts((over,)))
    centre.choose(["a1"])
    events = [label.full_text() for label in centre.details._events if not label.isHidden()]
    assert events == [
        "The conditions began to hold",
        "Fired at 2:01, limit 2:00",
        "Acknowledged",
        "Cleared; worst 2:41",
    ]
    assert "came back 2 times" in centre.details.more.text()


def test_what_is_new_comes_in_without_losing_the_selection(qtbot: QtBot, theme: Theme) -> None:
    service = FakeAlerts((alert(1), alert(2, "Sales")))
    centre = centre_of(qtbot, theme, service)
    centre.list.choose(["a2"])
    service.put(alert(0, "Billing"))
    centre.refresh()
    assert [row.id for row in centre.model.rows] == ["a0", "a1", "a2"]
    assert [row.id for row in centre.list.selected()] == ["a2"]


def test_empty_lists_say_why(qtbot: QtBot, theme: Theme) -> None:
    service = FakeAlerts(rules=(rule(is_enabled=False),))
    centre = centre_of(qtbot, theme, service)
    assert centre.empty.title() == "Nothing is watched"
    service.rules = [rule()]
    centre.refresh()
    assert centre.empty.title() == "Nothing needs you now"


def test_thousands_of_alerts_pass_the_model_tester(qtbot: QtBot, theme: Theme) -> None:
    made: list[str] = []
    cells = AlertCells(lambda: START_MS, lambda each: made.append(each.id))
    model = AlertModel(cells)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    many = [alert(number, f"Queue {number}") for number in range(5000)]
    model.apply(many)
    model.apply(many[::-1][:4000])
    model.apply(many[1000:])
    assert model.rowCount() == 4000
    assert len(set(made)) < 100, "only what is looked at is worded"
    del tester
