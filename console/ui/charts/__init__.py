"""Charts of results; the one place that knows the plotting library, imported when the first chart is looked at."""

from __future__ import annotations

from console.ui.charts.page import ChartPage

__all__ = ["ChartPage"]
