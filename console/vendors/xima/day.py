"""The Xima reports that count by group or skill what the realtime metrics count.

Group Call Summary (Chronicall) and Skill Call Summary (CCaaS); both inferred from their neighbours in the vendor's
list of standard reports, as their definitions say.
"""

from __future__ import annotations

from typing import Final

from console.reports.day_report import Counterpart, DayReport

_COUNTERPARTS: Final = (
    Counterpart("offered", ("Calls Presented",), differs="reconcile.in_progress", within=("agents_busy", "waiting")),
    Counterpart("answered", ("Calls Answered",), differs="reconcile.in_progress", within=("agents_busy",)),
    Counterpart("unanswered", ("Calls Missed",), differs="reconcile.missed"),
)

DAYS: Final = {
    "chronicall": DayReport("group-call-summary", "timeframe", _COUNTERPARTS, ("Group",), queues="rows_groups"),
    "xima": DayReport("skill-call-summary", "timeframe", _COUNTERPARTS, ("Skill",), queues="rows_skills"),
}
