"""Tables used from several threads, stopped and closed in the middle of work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from console.reports.table import Filter, Interrupted, SortKey, Stop, Table, TableError
from console.reports.table_engine import Store
from tests.reports.tables import NUMBER, TEXT, column, columns, made

FOR_EVER = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def runs(store: Store) -> bool:
    with store._state:
        return bool(store._running)


def started(pool: ThreadPoolExecutor, store: Store, stop: Stop | None = None) -> Future[object]:
    """A statement that never ends by itself, running."""
    work: Future[object] = pool.submit(store.rows, FOR_EVER, (), stop)
    pause = threading.Event()
    while not runs(store):
        pause.wait(0.001)
    return work


def test_stop_ends_a_running_statement_and_the_store_lives_on(store: Store, pool: ThreadPoolExecutor):
    stop = Stop()
    work = started(pool, store, stop)
    stop.set()
    with pytest.raises(Interrupted):
        work.result(30)
    assert store.rows("SELECT 1") == [(1,)]
    with pytest.raises(Interrupted):
        store.rows("SELECT 1", (), stop)


@pytest.mark.parametrize("_", range(10))
def test_stop_is_never_too_early(store: Store, pool: ThreadPoolExecutor, _: int):
    """The engine forgets an interrupt that comes just before a statement; the request must not be lost by that."""
    stop = Stop()
    work = pool.submit(store.rows, FOR_EVER, (), stop)
    stop.set()
    with pytest.raises(Interrupted):
        work.result(30)


def test_close_ends_what_runs(store: Store, pool: ThreadPoolExecutor):
    work = started(pool, store)
    store.close()
    with pytest.raises(Interrupted):
        work.result(30)
    with pytest.raises(TableError, match="closed"):
        store.rows("SELECT 1")


def test_interrupt_ends_what_runs_and_nothing_else(store: Store, pool: ThreadPoolExecutor):
    work = started(pool, store)
    pause = threading.Event()
    while not work.done():
        store.interrupt()
        pause.wait(0.005)
    with pytest.raises(Interrupted):
        work.result()
    assert store.rows("SELECT 2") == [(2,)]


def test_pages_are_read_while_something_long_runs(pool: ThreadPoolExecutor):
    with made(columns(NUMBER), [[n] for n in range(100)]) as table:
        work = started(pool, table._store)
        assert table.view().page(5, 1) == [((5, None),)]
        assert not work.done()
        table.close()
        with pytest.raises(Interrupted):
            work.result(30)


def test_many_threads_one_table(pool: ThreadPoolExecutor):
    rows = [[f"Queue {n % 50}", n] for n in range(5_000)]

    def look(number: int, table: Table) -> bool:
        view = table.view([SortKey("a"), SortKey("b", descending=True)], Filter(text=f"queue {number}"))
        found = column(view, 1)
        wanted = [row for row in rows if f"Queue {number}" in str(row[0])]
        wanted.sort(key=lambda row: (int(str(row[0])[6:]), -int(row[1])))
        return found == [row[1] for row in wanted] and view.totals()["b"].count == len(wanted)

    with made(columns(TEXT, NUMBER), rows) as table:
        assert all(pool.map(lambda number: look(number, table), range(16)))


def test_a_request_after_the_work_does_no_harm():
    stop = Stop()
    with made(columns(NUMBER), [[1]]) as table:
        view = table.view(stop=stop)
        stop.set()
        assert view.page(0, 1) == [((1, None),)]
        ask: list[Callable[[], object]] = [lambda: view.page(0, 1, stop), lambda: view.totals(stop)]
        for question in ask:
            with pytest.raises(Interrupted):
                question()
