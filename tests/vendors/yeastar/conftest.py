"""Every test here fails when it leaves a task behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    yield
    me = asyncio.current_task()
    for _ in range(100):
        left = [task for task in asyncio.all_tasks() if task is not me and not task.done()]
        if not left:
            return
        await asyncio.sleep(0.02)
    assert left == []
