"""The garbage collector's ways: nothing by itself, the young when there are enough, everything when asked."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from console.app import memory


class _Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def _collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.collect(1)
    yield
    gc.unfreeze()
    if was_on:
        gc.enable()


@pytest.mark.usefixtures("_collector")
def test_circles_are_looked_for_when_there_is_enough_that_is_new() -> None:
    gc.enable()
    memory.rest_collector()
    assert not gc.isenabled()
    gone = weakref.ref(_Ring())
    memory.look_when_due()
    assert gone() is not None
    kept = [[] for _ in range(memory.YOUNG + 100)]  # type: ignore[var-annotated]
    assert gone() is not None  # Python itself looks for nothing, however much there is
    memory.look_when_due()
    assert gone() is None
    assert kept


@pytest.mark.usefixtures("_collector")
def test_what_stays_is_spared_and_the_rest_found() -> None:
    memory.spare_what_stays()
    assert gc.get_freeze_count() > 0
    gone = weakref.ref(_Ring())
    memory.look_everywhere()
    assert gone() is None
