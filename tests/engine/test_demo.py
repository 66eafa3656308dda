"""console.engine.demo: the child is heard out, and told apart from one that did not start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console.domain.errors import UserError
from console.engine import demo
from console.engine.demo import DemoServers

TALKER = """
import sys
for number in range(4000):
    print("a complaint of fifty characters, again and again", number, file=sys.stderr, flush=True)
print('{"profiles": []}', flush=True)
sys.stdin.read()
"""


def _spawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> DemoServers:
    file = tmp_path / "child.py"
    file.write_text(script)
    monkeypatch.setattr(demo, "child_command", lambda arguments: [sys.executable, str(file), *arguments])
    return DemoServers.spawn([])


async def test_a_child_that_complains_a_lot_is_not_stopped_by_a_full_pipe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo, "READY_S", 20.0)
    servers = _spawn(monkeypatch, tmp_path, TALKER)
    assert await servers.ready() == ()
    servers.stop()
    assert not servers.is_running


async def test_a_child_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    servers = _spawn(monkeypatch, tmp_path, "raise SystemExit('no port is free')")
    with pytest.raises(UserError) as failure:
        await servers.ready()
    assert "no port is free" in str(failure.value)
