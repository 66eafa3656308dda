"""The desks there are, in the order in which they are asked."""

from __future__ import annotations

from typing import Final

from console.ui.desks.alert_desk import AlertDesk
from console.ui.desks.analysis_desk import AnalysisDesk
from console.ui.desks.base import Desk
from console.ui.desks.limits_desk import LimitsDesk
from console.ui.desks.rewind_desk import RewindDesk
from console.ui.desks.trend_desk import TrendDesk
from console.ui.desks.wall_desk import WallDesk

DESKS: Final[tuple[type[Desk], ...]] = (AlertDesk, LimitsDesk, WallDesk, RewindDesk, AnalysisDesk, TrendDesk)
