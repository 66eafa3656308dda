"""The Asternic report that counts by queue what the realtime page counts (`Distribution by queue`)."""

from __future__ import annotations

from typing import Final

from console.reports.day_report import Counterpart, DayReport

DAY: Final = DayReport(
    report_id="distribution_by_queue",
    timeframe="timeframe",
    names=("Queue",),
    counterparts=(
        Counterpart("answered", ("Answered",), differs="reconcile.in_progress", within=("agents_busy",)),
        Counterpart("unanswered", ("Unanswered",)),
        Counterpart("abandoned", ("Abandoned",)),
        Counterpart("avg_wait", ("Avg Wait",), scale=1000, differs="reconcile.rounded"),
        Counterpart("avg_talk", ("Avg Duration",), scale=1000, differs="reconcile.talk"),
    ),
)
