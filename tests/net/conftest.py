"""Every test here fails when it leaves a task, a thread of the loop or a canary in the log behind."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from console.domain.secret import Secret
from console.net.redact import RedactingFilter, Redactor
from tests.net.support import KEY
from tests.support import no_task_is_left

__all__ = ["log_lines", "no_task_is_left"]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[list[str]]:
    """The log of the test at DEBUG, as a handler of ours would write it; scanned for the canary afterwards."""
    collector = _Collector()
    redactor = Redactor()
    redactor.register(Secret(KEY))
    collector.addFilter(RedactingFilter(redactor))
    root = logging.getLogger()
    former = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        yield collector.lines
    finally:
        root.removeHandler(collector)
        root.setLevel(former)
    text = "\n".join(collector.lines)
    for form in (KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode().rstrip("=")):
        assert form not in text
