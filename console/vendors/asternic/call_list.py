"""The Asternic report that lists calls with their waits: the search of the page "Call Data API"."""

from __future__ import annotations

from typing import Final

from console.domain.service_level import ABANDONED, ANSWERED
from console.reports.call_list import CallList

CALLS: Final = CallList(
    report_id="search",
    timeframe="timeframe",
    queue=("Queue name", "Queue"),
    wait="Wait",
    ending="Ending",
    endings={
        "completecaller": ANSWERED,
        "completeagent": ANSWERED,
        "transfer": ANSWERED,
        "blindtransfer": ANSWERED,
        "attendedtransfer": ANSWERED,
        "abandon": ABANDONED,
    },
    note="levels.last_queue",
)
