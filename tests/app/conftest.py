"""The demo call centre for the window's tests."""

from __future__ import annotations

from tests.cli.conftest import demo, demo_servers
from tests.ui.conftest import _windows_do_not_quit, arun, loop_errors, theme

__all__ = ["_windows_do_not_quit", "arun", "demo", "demo_servers", "loop_errors", "theme"]
