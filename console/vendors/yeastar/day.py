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
    counterparts=(
        Counterpart("offered", ("Total Calls",), differs="reconcile.older"),
        Counterpart("answered", ("Answered",), differs="reconcile.older"),
        Counterpart("unanswered", ("Missed", "Abandoned"), differs="reconcile.older"),
        Counterpart("abandoned", ("Abandoned",), differs="reconcile.older"),
        Counterpart("abandon_rate", ("Abandon Rate",), differs="reconcile.older"),
        Counterpart("avg_wait", ("AVG Waiting Time (Answered Calls)",), differs="reconcile.older"),
        Counterpart("avg_talk", ("Average Talking Time",), differs="reconcile.older"),
        Counterpart("service_level", ("SLA",), differs="reconcile.older"),
    ),
)
