"""The demo's process spares its world from the garbage collector, so that folding days stops nobody."""

from __future__ import annotations

import gc

import pytest

from console.demo import main
from console.demo.options import Options


async def test_the_world_is_spared_once_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    with monkeypatch.context() as patch:  # until here: the loop that runs this test gives its own signals back after it
        patch.setattr(main.signal, "signal", lambda *_: None)
        patch.setattr(main, "_watch_standard_input", lambda tell: tell())
        patch.setattr(main.sys.stdout, "write", lambda line: done.append("told"))
        patch.setattr(gc, "freeze", lambda: done.append("frozen"))
        patch.setattr(gc, "set_threshold", lambda *thresholds: done.append(thresholds))
        await main.serve(Options(queues=1, agents=2, manual=True, start_ms=1_790_269_200_000))
    assert done[:2] == ["told", "frozen"]
    young, middle, old = done[2]  # type: ignore[misc]
    assert old > 1000 * middle
    assert young > 0
