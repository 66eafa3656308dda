"""TaskScope: the one way tasks are started. Standard library only.

Every task has a name, an owner that keeps a reference, one report of its failure, and somebody who awaits it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
Report = Callable[[str, BaseException], None]


def _log_failure(name: str, error: BaseException) -> None:
    log.error("task %s failed", name, exc_info=error)


class TaskScope:
    """Owns tasks: starts them, reports each failure once, cancels and awaits them at `aclose()`.

    Args:
        name: prefix of the task names, for logs.
        report: called once for each task that ends in an exception (not for cancellation).
    """

    def __init__(self, name: str, report: Report | None = None) -> None:
        self._name = name
        self._report = report or _log_failure
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._flights: dict[str, asyncio.Task[Any]] = {}
        self._closed = False

    def start(self, coro: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start a task; raises RuntimeError (and closes the coroutine) when the scope is closed."""
        if self._closed:
            coro.close()
            raise RuntimeError(f"scope {self._name} is closed")
        task = asyncio.get_running_loop().create_task(coro, name=f"{self._name}.{name}")
        self._tasks[task] = name
        task.add_done_callback(self._on_done)
        return task

    def single_flight(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Start `make()` unless a flight of that name is still running; then give that one back."""
        running = self._flights.get(name)
        if running is not None and not running.done():
            return running
        task = self.start(make(), name)
        self._flights[name] = task
        return task

    def restart(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Cancel the running flight of that name, if any, and start a new one: the newest wish wins."""
        running = self._flights.get(name)
        if running is not None:
            running.cancel()
        task = self.start(make(), name)
        self._flights[name] = task
        return task

    def cancel(self, name: str) -> None:
        """Cancel the flight of that name, if it is running."""
        task = self._flights.get(name)
        if task is not None:
            task.cancel()

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the tasks that have not ended."""
        return tuple(self._tasks.values())

    async def aclose(self, timeout_s: float = 2.0) -> None:
        """Cancel everything and wait; what ignores its cancellation for `timeout_s` is left behind and logged."""
        self._closed = True
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=timeout_s)
            for task in pending:
                log.warning("task %s ignored its cancellation", task.get_name())

    async def __aenter__(self) -> TaskScope:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        name = self._tasks.pop(task, task.get_name())
        if self._flights.get(name) is task:
            del self._flights[name]
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._report(task.get_name(), failure)
