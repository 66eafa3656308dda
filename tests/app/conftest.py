"""The demo call centre for the window's tests."""

from __future__ import annotations

from tests.cli.conftest import demo, demo_servers
from tests.ui.conftest import arun, loop_errors

__all__ = ["arun", "demo", "demo_servers", "loop_errors"]
