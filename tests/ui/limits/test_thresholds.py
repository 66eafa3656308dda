"""The thresholds dialog: limits by profile and queue in people's units, said wrong beside the field, previewed live."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from console.domain.enums import AgentStatus, Section
from console.domain.model import ProfileId
from console.domain.thresholds import DEFAULT_LIMITS, Limits, Threshold
from console.domain.values import Unit
from console.engine.limits import LimitBook
from console.engine.store import Store
from console.ui.limits.dialog import ThresholdsDialog
from console.ui.limits.draft import Draft, Entry, groups, read, text_of, threshold_of
from console.ui.limits.row import LimitRow
from console.ui.theme import Theme
from tests.ui.boards import StillClock, agent, columns, queue, snapshot, source

P1 = ProfileId("p1")
WAITING = Entry("columns", "waiting", "Waiting", Unit.COUNT, Section.QUEUES)


@pytest.fixture
def book(tmp_path: Path) -> LimitBook:
    """Return a book that has not been read."""
    return LimitBook(tmp_path / "thresholds.json", tell=lambda _: None)


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, book: LimitBook, monkeypatch: pytest.MonkeyPatch) -> ThresholdsDialog:
    """Return the dialog over one profile with two queues and two agents; what it saves stays in memory."""
    monkeypatch.setattr(book, "_is_closed", True)  # no writing: there is no loop
    store = Store(book.complete)
    given = source(
        snapshot(
            queues=[queue("1", "Support", 12, 90), queue("2", "Sales", 6, 5)],
            agents=[agent("a", "Ann", AgentStatus.PAUSED, 4000), agent("b", "Ben", AgentStatus.PAUSED, 10)],
            has=columns(Section.QUEUES, Section.AGENTS),
        )
    )
    store.arrange([(given.profile, given.backend_title, given.health)])
    store.put(P1, given.health, given.snapshot)
    result = ThresholdsDialog(None, theme, StillClock(), store, book, [given.profile])  # type: ignore[arg-type]
    qtbot.addWidget(result)
    result.show()
    return result


def row(dialog: ThresholdsDialog, key: str) -> LimitRow:
    """Return the row of a column or state."""
    return next(row for entry, row in dialog.rows.items() if entry.key == key)


def write(line: QLineEdit, text: str) -> None:
    """Type over what a field holds."""
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1:30", Unit.MS, 90_000),
        ("90", Unit.MS, 90_000),
        ("1:00:00", Unit.MS, 3_600_000),
        ("80 %", Unit.PERCENT, 80),
        ("101", Unit.PERCENT, None),
        ("-1", Unit.COUNT, None),
        ("many", Unit.COUNT, None),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, unit: Unit, value: float | None) -> None:
    assert read(text, unit) == value
    if value is not None:
        assert read(text_of(value, unit), unit) == value


def test_two_limits_stand_in_order_whichever_way_is_bad() -> None:
    assert threshold_of("", "10", Unit.COUNT, is_low_bad=False)[0] == Threshold(7, 10)
    assert threshold_of("80", "60", Unit.PERCENT, is_low_bad=True)[0] == Threshold(80, 60, is_low_bad=True)
    for caution, critical, is_low_bad in (("9", "5", False), ("5", "9", True), ("x", "5", False), ("", "", False)):
        found, problem = threshold_of(caution, critical, Unit.COUNT, is_low_bad=is_low_bad)
        assert found is None
        assert problem


def test_a_draft_knows_what_differs() -> None:
    saved = Limits(columns={"waiting": Threshold(1, 2)})
    draft = Draft(lambda _: saved)
    draft.set(P1, "Support", WAITING, None)
    draft.set(P1, "", WAITING, Threshold(5, 10))  # the default: nothing of its own any more
    (edits,) = draft.edits().values()
    assert {(edit.queue, edit.key, edit.is_reset) for edit in edits} == {
        ("support", "waiting", False),
        ("", "waiting", True),
    }
    draft.set(P1, "", WAITING, Threshold(1, 2))
    draft.reset(P1, "support", WAITING)
    assert not draft.edits()


def test_states_belong_to_the_profile_only() -> None:
    shown = [entry.part for _, entries in groups(None) for entry in entries]
    assert "states" in shown
    assert "states" not in [entry.part for _, entries in groups(None, "Support") for entry in entries]


def test_a_limit_is_previewed_and_saved(dialog: ThresholdsDialog, book: LimitBook) -> None:
    waiting, paused = row(dialog, "waiting"), row(dialog, "paused")
    assert waiting._counts == (1, 1)
    assert paused._counts == (0, 1)
    write(waiting.critical, "13")
    assert waiting._counts == (2, 0)
    paused.switch.click()
    assert paused._counts == (0, 0)
    assert not paused.caution.isEnabled()
    dialog.on_primary()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert book.limits(P1).threshold("waiting") == Threshold(5, 13)
    assert book.limits(P1).threshold("time_in_state", state=AgentStatus.PAUSED) is None


def test_one_queue_has_its_own(dialog: ThresholdsDialog, book: LimitBook) -> None:
    dialog.queue.setCurrentIndex(dialog.queue.findData("Sales"))
    waiting = row(dialog, "waiting")
    assert waiting._counts == (1, 0)
    write(waiting.caution, "")
    write(waiting.critical, "6")
    assert waiting.caution.placeholderText() == "4"
    assert waiting._counts == (0, 1)
    assert not waiting.reset.isHidden()
    dialog.on_primary()
    limits = book.limits(P1)
    assert limits.threshold("waiting", queue="sales") == Threshold(4, 6)
    assert limits.threshold("waiting", queue="Support") == DEFAULT_LIMITS.threshold("waiting")


def test_a_wrong_limit_is_said_beside_it_and_not_saved(dialog: ThresholdsDialog, book: LimitBook) -> None:
    waiting = row(dialog, "waiting")
    write(waiting.critical, "3")
    assert "lower one" in waiting.problem
    dialog.on_primary()
    assert dialog.isVisible()
    assert book.limits(P1) == DEFAULT_LIMITS
    write(waiting.caution, "2")
    assert not waiting.problem
    waiting.reset.click()
    assert (waiting.caution.text(), waiting.critical.text()) == ("5", "10")
    assert not dialog.reset_button.isEnabled()
