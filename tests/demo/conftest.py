"""Demos with a clock moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from console.demo.main import RunningDemo, start
from console.demo.options import Options
from tests.demo.wire import START, Wire


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        yield client


@pytest.fixture
async def demo() -> AsyncIterator[RunningDemo]:
    """A small site in Denver whose metrics are warm from the start."""
    options = Options(
        seed=3, queues=12, agents=40, site_zone="America/Denver", start_ms=START, manual=True, warm_polls=0
    )
    async with start(options) as running:
        yield running


@pytest.fixture
def wire(demo: RunningDemo, session: aiohttp.ClientSession) -> Wire:
    """The Chronicall server as the supervisor's service user sees it."""
    return Wire(demo, session)


@pytest.fixture
def ccaas(demo: RunningDemo, session: aiohttp.ClientSession) -> Wire:
    """The Xima CCaaS server."""
    return Wire(demo, session, "xima")
