"""What a window is given: a clock and profiles."""

from __future__ import annotations

import pytest

from tests.ui.conftest import theme
from tests.ui.windows.fakes import FakeProfiles, StillClock, profile

__all__ = ["clock", "profiles", "theme"]


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands."""
    return StillClock()


@pytest.fixture
def profiles() -> FakeProfiles:
    """A profile service with one profile."""
    return FakeProfiles((profile("Berlin"),))
