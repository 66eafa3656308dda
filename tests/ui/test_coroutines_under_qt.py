"""The ``arun`` fixture: coroutines run under Qt's loop, and an error nobody awaited is not lost."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer

from tests.ui.conftest import until


def test_qt_timers_run_while_a_coroutine_waits(arun):
    fired = []

    async def wait() -> str:
        QTimer.singleShot(0, lambda: fired.append("timer"))
        await until(lambda: bool(fired))
        return "back"

    assert arun(wait()) == "back"


def test_a_coroutine_that_hangs_is_ended(arun):
    with pytest.raises(TimeoutError):
        arun(asyncio.sleep(60), timeout=0.02)


def test_an_error_nobody_awaited_is_noted(arun, loop_errors):
    async def fail() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)
        await until(lambda: bool(loop_errors))

    arun(fail())
    assert "ZeroDivisionError" in loop_errors[0]
    loop_errors.clear()  # it was meant
