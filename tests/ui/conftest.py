"""The application as in the program, with its theme, and coroutines under Qt's event loop: the ``arun`` fixture.

Inside the coroutine use pytest-qt's mouse and key functions, which are synchronous, and ``await until(...)``;
never ``qtbot.wait*``: it nests an event loop in a task, and that hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from console.ui.runtime.loop import make_loop
from console.ui.theme import Theme

Result = TypeVar("Result")
_STEP_S = 0.005


class RunCoroutine(Protocol):
    """What ``arun`` is: run a coroutine to its end under Qt's loop, with a time limit in seconds."""

    def __call__(self, coro: Coroutine[Any, Any, Result], timeout: float = 5) -> Result: ...


@pytest.fixture(autouse=True)
def _windows_do_not_quit(qapp: QApplication) -> None:
    """Closing the last window does not end the loop."""
    qapp.setQuitOnLastWindowClosed(False)


@contextmanager
def applied(app: QApplication, mode: str) -> Iterator[Theme]:
    """Apply a theme, and leave the application as it was: a style sheet must not outlive the theme's icons.

    What the test has asked Qt to delete is deleted before the sheet goes.
    """
    sheet, palette, font = app.styleSheet(), app.palette(), app.font()
    theme = Theme(mode)
    theme.apply(app)
    yield theme
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # None: of every object
    app.styleHints().colorSchemeChanged.disconnect(theme._on_scheme_changed)
    app.setStyleSheet(sheet)
    app.setPalette(palette)
    app.setFont(font)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """Yield the light theme, applied."""
    with applied(qapp, "light") as theme:
        yield theme


@pytest.fixture
def loop_errors() -> list[str]:
    """Return what the loop's exception handler was told. A test that means it clears the list."""
    return []


@pytest.fixture
def arun(qapp: QApplication, loop_errors: list[str]) -> Iterator[RunCoroutine]:
    """Yield a function that runs a coroutine under Qt's loop; errors nobody awaited fail the test at its end."""

    def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        loop_errors.append(f"{context.get('message')}: {context.get('exception')!r}")

    with asyncio.Runner(loop_factory=lambda: make_loop(qapp, note)) as runner:

        def run(coro: Coroutine[Any, Any, Result], timeout: float = 5) -> Result:
            return runner.run(asyncio.wait_for(coro, timeout))

        yield run
    if loop_errors:
        pytest.fail("errors in tasks nobody awaited:\n" + "\n".join(loop_errors))


async def until(predicate: Callable[[], bool], timeout: float = 3) -> None:
    """Wait until ``predicate()`` is true, letting Qt and the tasks run; AssertionError after ``timeout`` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while not predicate():
        assert loop.time() < deadline, f"not within {timeout} s"
        await asyncio.sleep(_STEP_S)
