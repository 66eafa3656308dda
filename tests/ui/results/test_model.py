"""The paged model: every cell is the table's, whatever the order, and no page is asked for on the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.domain.errors import ConsoleError
from console.reports.columns import Column, ColumnKind
from console.reports.table import Filter, SortKey, Table, TableBuilder
from console.tasks import TaskScope
from console.ui.results.model import CELL_ROLE, KEPT, PAGE, ResultModel
from tests.ui.conftest import until

Run = Callable[..., Any]
COLUMNS = (
    Column("n", "Number", ColumnKind.NUMBER),
    Column("talk", "Talk", ColumnKind.DURATION, has_text=True, help="Time spoken"),
    Column("name", "Name"),
)


def make(rows: int) -> Table:
    builder = TableBuilder(COLUMNS)
    builder.append([(i, (i * 1000, f"{i} s" if i % 2 else None), f"agent {i % 10}") for i in range(rows)])
    return builder.finish()


def with_model(arun: Run, rows: int, body: Callable[[ResultModel], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        scope = TaskScope("results")
        table = make(rows)
        model = ResultModel(table, scope)
        try:
            await body(model)
        finally:
            model.stop()
            await scope.aclose()
            table.close()

    arun(run())


async def text(model: ResultModel, row: int, column: int) -> str:
    index = model.index(row, column)
    await until(lambda: bool(model.data(index)))
    return str(model.data(index))


def test_cells_arrive_page_by_page_off_the_windows_thread(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        threads: set[str] = set()
        fetch = model._page
        model._page = lambda *args: (threads.add(threading.current_thread().name), fetch(*args))[1]  # type: ignore[method-assign]
        assert model.rowCount() == 1000
        assert model.data(model.index(700, 0)) == ""
        assert await text(model, 700, 0) == "700"
        assert await text(model, 701, 1) == "701 s"
        assert await text(model, 700, 1) == "0:11:40"
        assert threading.main_thread().name not in threads
        assert model.data(model.index(701, 1), CELL_ROLE) == (701_000, "701 s")
        assert model.data(model.index(701, 1), Qt.ItemDataRole.ToolTipRole) == "<qt>701 s<br>sorted as 0:11:41</qt>"

    with_model(arun, 1000, body)


def test_order_and_filter_are_the_engines(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        model.order((SortKey("n", True),), Filter("agent 7"))
        await until(lambda: model.rowCount() == 100)
        assert await text(model, 0, 0) == "997"
        model.order((SortKey("n", False),))
        await until(lambda: model.sort_keys[0].descending is False and not model._pages)
        assert await text(model, 0, 0) == "7"
        model.order(where=None, keep=False)
        await until(lambda: model.rowCount() == 1000)

    with_model(arun, 1000, body)


def test_the_newest_wish_wins(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        busy: list[bool] = []
        model.busy_changed.connect(busy.append)
        for digit in range(10):
            model.order(where=Filter(f"agent {digit}"))
        await until(lambda: bool(busy) and not busy[-1])
        assert await text(model, 0, 2) == "agent 9"

    with_model(arun, 5000, body)


def test_the_model_obeys_qt_through_orders_and_empty_results(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for where in (Filter("agent 3"), Filter("nobody"), Filter("")):
            done: list[bool] = []
            model.reordered.connect(lambda done=done: done.append(True))
            model.order(where=where)
            await until(lambda done=done: bool(done))
            for row in range(0, model.rowCount(), 97):
                await text(model, row, 0)
        tester.deleteLater()

    with_model(arun, 1000, body)


def test_memory_is_bounded_by_pages(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        for page in range(KEPT + 6):
            await text(model, page * PAGE, 0)
        assert len(model._pages) == KEPT

    with_model(arun, (KEPT + 8) * PAGE, body)


def test_rows_are_copied_whole_from_anywhere(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        assert await model.rows([999, 3, 4]) == [
            ["3", "3 s", "agent 3"],
            ["4", "0:00:04", "agent 4"],
            ["999", "999 s", "agent 9"],
        ]

    with_model(arun, 1000, body)


def test_own_texts_replace_the_vendors(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        assert await text(model, 1, 1) == "1 s"
        model.set_vendor_texts(False)
        assert await text(model, 1, 1) == "0:00:01"

    with_model(arun, 10, body)


def test_a_closed_table_is_told_not_raised(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        failures: list[ConsoleError] = []
        model.failed.connect(failures.append)
        model.table.close()
        model.data(model.index(0, 0))
        await until(lambda: bool(failures))
        assert isinstance(failures[0], ConsoleError)

    with_model(arun, 10, body)


def test_headers_tell_what_a_figure_is(arun: Run) -> None:
    async def body(model: ResultModel) -> None:
        header = Qt.Orientation.Horizontal
        assert model.headerData(1, header) == "Talk"
        assert model.headerData(1, header, Qt.ItemDataRole.ToolTipRole) == "<qt>Talk<br>Time spoken</qt>"
        assert model.headerData(9, header) is None

    with_model(arun, 1, body)
