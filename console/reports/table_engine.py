"""The database under a table: one sandboxed in-memory DuckDB per table, its temporary folder, and how to stop it.

Everything here blocks and belongs on a worker thread. DuckDB is imported on first use: it never stands between the
user and the first paint. User text reaches SQL only as a bound value or through `literal`; column names never do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.domain.errors import ConsoleError
from console.domain.messages import message

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY: Final = "1500MB"  # what one table may hold in memory before it spills to its folder
THREADS: Final = 4  # more gains little on a million rows and takes the UI's cores
_AGAIN_S: Final = 0.02


class TableError(ConsoleError):
    """The table engine could not do it: unreadable file, full disk, closed table. `detail` has its own words."""


class Interrupted(ConsoleError):
    """The work was stopped on request, by `Stop.set()`, `Table.interrupt()` or `Table.close()`."""

    def __init__(self) -> None:
        super().__init__(message("table.interrupted"))


class Stop:
    """A request to stop that another thread can make at any time; it stays made.

    Give a new one to each blocking call that must be cancellable. `set` never blocks.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = False
        self._running: list[Callable[[], None]] = []

    def set(self) -> None:
        """Stop what runs under this request now, and whatever starts under it later."""
        with self._lock:
            self._set = True
            running = bool(self._running)
        if running:
            # the engine forgets an interrupt that arrives just before a statement begins: ask until it has left
            threading.Thread(target=self._insist, name="table-stop", daemon=True).start()

    @property
    def is_set(self) -> bool:
        """Whether the request was made."""
        return self._set

    def check(self) -> None:
        """Raise `Interrupted` when the request was made."""
        if self._set:
            raise Interrupted

    @contextmanager
    def watching(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Call `interrupt` when the request is made while the block runs."""
        with self._lock:
            self._running.append(interrupt)
        try:
            self.check()
            yield
            self.check()
        finally:
            with self._lock:
                self._running.remove(interrupt)

    def _insist(self) -> None:
        pause = threading.Event()
        while True:
            with self._lock:
                if not self._running:
                    return
                for interrupt in self._running:
                    interrupt()
            pause.wait(_AGAIN_S)


class Store:
    """One in-memory database with a private folder (mode 0700) for what does not fit.

    Safe to use from several threads: each statement runs on a cursor of its own, so that a page can be read while
    a sort runs. It can read files below its own folder and `readable`, and nothing else; no extension is ever loaded
    or fetched, nothing is written outside its folder.

    Args:
        folder: where the private folder is made; None means the system's temporary folder.
        readable: one further file the database may read.
    """

    def __init__(self, folder: Path | None = None, readable: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="table-", dir=folder))  # mkdtemp makes it 0700
        self.making = threading.Lock()  # held while something is added to the database beside the rows
        self._state = threading.Condition()
        self._running: list[DuckDBPyConnection] = []
        self._closed = False
        try:
            with translated():
                self._database = _open(self.folder, readable)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    @contextmanager
    def cursor(self, stop: Stop | None = None) -> Iterator[DuckDBPyConnection]:
        """A connection for the statements of one block; engine errors leave it as `TableError` or `Interrupted`."""
        with self._state:
            if self._closed:
                raise TableError(message("table.closed"))
            with translated():
                cursor = self._database.cursor()
            self._running.append(cursor)
        try:
            with translated(), (stop or Stop()).watching(cursor.interrupt):
                yield cursor
        finally:
            with self._state:
                self._running.remove(cursor)
                self._state.notify_all()
            cursor.close()

    def rows(self, sql: str, values: Sequence[object] = (), stop: Stop | None = None) -> list[tuple[Any, ...]]:
        """All rows of a statement; for results that are small."""
        with self.cursor(stop) as cursor:
            return cursor.execute(sql, list(values)).fetchall()

    def interrupt(self) -> None:
        """Stop every statement that runs now, from any thread; later ones are not concerned."""
        with self._state:
            for cursor in self._running:
                cursor.interrupt()

    def close(self) -> None:
        """Stop what runs, free memory and folder; safe to call twice."""
        with self._state:
            if self._closed:
                return
            self._closed = True
            while self._running:
                for cursor in self._running:
                    cursor.interrupt()
                self._state.wait(_AGAIN_S)
            self._database.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the engine's errors into ours."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException:
        raise Interrupted from None
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise TableError(message("table.space"), detail=str(error)) from error
    except duckdb.Error as error:
        code = "table.space" if "No space left" in str(error) else "table.failed"
        raise TableError(message(code), detail=str(error)) from error


def literal(text: str) -> str:
    """A text as an SQL literal: quotes doubled; NUL cannot stand in a statement and is refused with ValueError."""
    if "\0" in text:
        raise ValueError("NUL in an SQL literal")
    return "'" + text.replace("'", "''") + "'"


def _open(folder: Path, readable: Path | None) -> DuckDBPyConnection:
    import duckdb

    own = str(folder)
    database = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "custom_extension_repository": own,  # INSTALL would go to the network otherwise; here it finds nothing
            "autoinstall_extension_repository": own,
            "python_enable_replacements": "false",  # a table name never means a variable of ours
            "temp_directory": own,
            "extension_directory": own,
            "home_directory": own,
            "memory_limit": MEMORY,
            "threads": str(max(1, min(THREADS, os.cpu_count() or 1))),
        },
    )
    database.execute(f"SET allowed_directories = [{literal(own)}]")
    if readable is not None:
        database.execute(f"SET allowed_paths = [{literal(str(readable))}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database
