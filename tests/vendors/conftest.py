"""Every adapter's test fails when it leaves a task behind."""

from __future__ import annotations

from tests.support import no_task_is_left

__all__ = ["no_task_is_left"]
