"""The Yeastar report that counts by queue what the console shows live (`Queue Performance`).

The P-Series says no counts of the day by its status calls: the live columns are read from this very report now and
then, so the two differ by no more than what has happened since.
"""

from __future__ import annotations

from typing import Final

from console.reports.day_report import Counterpart, DayReport

DAY: Final = DayReport(
    report_id="queueperformance",
    timeframe="range",
    queues="queue_id_list",
    names=("Queue", "Queue number"),
    notes=("reconcile.same_source",),
    counterparts=(
        Counterpart("offered", ("Total Calls",)),
        Counterpart("answered", ("Answered",)),
        Counterpart("unanswered", ("Missed", "Abandoned")),
        Counterpart("abandoned", ("Abandoned",)),
        Counterpart("abandon_rate", ("Abandon Rate",)),
        Counterpart("avg_wait", ("AVG Waiting Time (Answered Calls)",)),
        Counterpart("avg_talk", ("Average Talking Time",)),
        Counterpart("service_level", ("SLA",)),
    ),
)
