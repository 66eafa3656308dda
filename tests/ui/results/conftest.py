"""A result window that is open for a test's length."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from console.reports.result import ReportResult
from console.ui.results import ResultWindow
from console.ui.theme import Theme

Body = Callable[[ResultWindow], Awaitable[None]]


@pytest.fixture
def shown(arun: Callable[..., Any], theme: Theme) -> Callable[..., None]:
    """Return a function that runs a body with a window that is open; it is closed and freed after that."""

    def run(made: ReportResult, body: Body, **more: Any) -> None:
        async def inside() -> None:
            window = ResultWindow(theme, made, **more)
            window.resize(1000, 640)
            window.show()
            try:
                await body(window)
            finally:
                await window.aclose()
                window.deleteLater()
                made.close()

        arun(inside(), timeout=20)

    return run
