"""The service-level dialog: seven formulas over the same calls, one chosen by queue, totals that are sums over sums."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.model import ProfileId, Row
from console.domain.service_level import Call, Choice
from console.domain.values import count
from console.engine.limits import LimitBook
from console.engine.service_levels import CallCounter, DayOfCalls
from console.engine.store import Store
from console.ui.limits.level_dialog import ServiceLevelDialog
from console.ui.limits.levels import LevelDraft
from console.ui.theme import Theme
from tests.ui.boards import StillClock, percent, snapshot, source

P1 = ProfileId("p1")


@dataclass
class Counter:
    """Stands for `CallCounter`: two calls a queue, or a refusal."""

    is_broken: bool = False

    def can(self, profile_id: ProfileId) -> bool:
        return True

    async def today(self, profile_id: ProfileId) -> DayOfCalls:
        if self.is_broken:
            raise UserError(message("levels.failed"))
        calls = (Call("Support", 19, "answered"), Call("Support", 25, "answered"), Call("Sales", 30, "abandoned"))
        return DayOfCalls(profile_id, datetime.now(UTC), calls, notes=(message("levels.last_queue"),), unread=1)


def calls(answered: int, in_time: int, abandoned: int) -> dict[str, object]:
    """Return the readings of a queue's day."""
    return {
        "offered": count(answered + abandoned),
        "answered": count(answered),
        "answered_in_target": count(in_time),
        "abandoned": count(abandoned),
        "service_level": percent(50.0),
    }


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LimitBook:
    """Return a book that writes nothing: there is no loop."""
    result = LimitBook(tmp_path / "thresholds.json", tell=lambda _: None)
    monkeypatch.setattr(result, "_is_closed", True)
    return result


@pytest.fixture
def counter() -> Counter:
    """Return the counter the dialog asks."""
    return Counter()


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, book: LimitBook, counter: CallCounter) -> ServiceLevelDialog:
    """Return the dialog over two queues: a large good one and a small bad one."""
    store = Store(book.complete)
    rows = [Row("1", "Support", calls(1000, 900, 0)), Row("2", "Sales", calls(8, 1, 2))]  # type: ignore[arg-type]
    given = source(snapshot(queues=rows, has={}))
    store.arrange([(given.profile, given.backend_title, given.health)])
    store.put(P1, given.health, given.snapshot)
    clock = StillClock()
    result = ServiceLevelDialog(None, theme, clock, store, book, counter, [given.profile])  # type: ignore[arg-type]
    qtbot.addWidget(result)
    result.show()
    return result


def shown(dialog: ServiceLevelDialog, variant: str) -> tuple[str, str]:
    """Return what a line says: percent and ratio."""
    return dialog.variants.figures[variant].text(), dialog.variants.ratios[variant].text().replace("\u202f", "")


def test_totals_are_sums_and_missing_counts_are_named(dialog: ServiceLevelDialog) -> None:
    assert shown(dialog, "SL-2") == ("89.4\u202f%", "901 / 1008")
    assert shown(dialog, "SL-3") == ("89.2\u202f%", "901 / 1010")
    assert shown(dialog, "SL-1")[1] == ""
    assert "cannot be added up" in dialog.own.text()
    dialog.queue.setCurrentIndex(dialog.queue.findData("Sales"))
    assert shown(dialog, "SL-2") == ("12.5\u202f%", "1 / 8")
    assert "abandoned in time" in dialog.variants.radios["SL-1"].accessibleDescription()
    assert "50.0" in dialog.own.text()


def test_a_queue_gets_its_own_formula(dialog: ServiceLevelDialog, book: LimitBook) -> None:
    dialog.queue.setCurrentIndex(dialog.queue.findData("Sales"))
    dialog.variants.radios["SL-2"].click()
    items = [[dialog.table.item(row, column) for column in range(5)] for row in range(3)]
    rows = [[item.text() if item is not None else "" for item in row] for row in items]
    assert [row[1] for row in rows] == ["SL-2", "SL-3", "mixed"]
    assert rows[2][2].replace("\u202f", "") == "901 / 1008"
    dialog.on_primary()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert book.choices(P1).of("sales") == Choice("SL-2")
    assert book.choices(P1).of("Support") == Choice()


def test_a_target_is_typed_as_a_time(dialog: ServiceLevelDialog, book: LimitBook) -> None:
    dialog.target.selectAll()
    QTest.keyClicks(dialog.target, "x")
    assert dialog.problem.text
    dialog.on_primary()
    assert dialog.isVisible()
    QTest.keyClick(dialog.target, Qt.Key.Key_Backspace)
    QTest.keyClicks(dialog.target, "0:30")
    assert not dialog.problem.text
    dialog.on_primary()
    assert book.choices(P1).profile == Choice("SL-3", 30)


def test_calls_are_counted_one_by_one_at_any_target(dialog: ServiceLevelDialog, arun) -> None:  # type: ignore[no-untyped-def]
    async def count_now() -> None:
        dialog.basis.setCurrentIndex(1)
        dialog.count_button.click()
        for _ in range(50):
            if P1 in dialog._days:
                break
            await asyncio.sleep(0)
        await dialog.aclose()

    arun(count_now())
    assert shown(dialog, "SL-2") == ("50.0\u202f%", "1 / 2")
    assert shown(dialog, "SL-1") == ("33.3\u202f%", "1 / 3")
    assert "1 row could not be read" in dialog.note.text
    dialog.target.selectAll()
    QTest.keyClicks(dialog.target, "30")
    assert shown(dialog, "SL-1")[0] == "100.0\u202f%"


def test_a_refusal_is_said(dialog: ServiceLevelDialog, counter: Counter, arun) -> None:  # type: ignore[no-untyped-def]
    counter.is_broken = True

    async def count_now() -> None:
        dialog.basis.setCurrentIndex(1)
        dialog.count_button.click()
        for _ in range(10):
            await asyncio.sleep(0)
        await dialog.aclose()

    arun(count_now())
    dialog.refresh()
    assert "could not be read" in dialog.note.text


def test_a_draft_writes_down_only_what_differs(book: LimitBook) -> None:
    draft = LevelDraft(book.choices)
    draft.set(P1, "Sales", Choice("SL-2"))
    draft.set(P1, "Sales", Choice())
    assert not draft.edits()
    draft.set(P1, "", Choice("SL-1"))
    assert [(edit.queue, edit.value) for edit in draft.edits()[P1]] == [("", Choice("SL-1"))]
