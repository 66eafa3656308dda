"""Why a live figure and the same day's report differ."""

from __future__ import annotations

RECONCILE: dict[str, str] = {
    "reconcile.unknown": "The console knows no report of {system} that counts what its live figures count.",
    "reconcile.no_live": "{site} has no live figures now, so there is nothing to compare with.",
    "reconcile.failed": "The report failed. {reason}",
    "reconcile.empty": "The report named none of the queues that are shown live. Is the profile allowed to see them?",
    "reconcile.moved": "Calls ended while the report ran: it lies between the live figure before and after.",
    "reconcile.in_progress": "The report counts a call when it has ended, the live figure at once: calls still in progress are missing from the report.",
    "reconcile.reset": "The live figure went down at {at}: the system began to count anew. Before that it stood at {before}; together that is {sum}.",
    "reconcile.reset_unequal": "The live figure went down at {at}, so it does not hold the whole day: before that it stood at {before}.",
    "reconcile.zone": "The report's day begins at midnight in {zone}. When the system sets its live figures to zero is not said by its interface; this computer's midnight is {here}.",
    "reconcile.too_much": "But there are only {calls} calls in progress, which does not make up the difference.",
    "reconcile.unexplained": "No explanation found. Compare the definitions in both places, and who may see what.",
    "reconcile.gone": "Only in the report: no live queue has this name.",
    "reconcile.absent": "Only live: the report has no row for this queue. Reports leave out queues without calls.",
    "reconcile.missed": "The report calls every call missed that rang or waited and was never talked, callbacks included.",
    "reconcile.rounded": "The report rounds to whole seconds or percent.",
    "reconcile.older": "The live counts of this system are read from this very report, as often as the profile says: they are a little older than the report.",
    "reconcile.talk": "The report's average is of calls that have ended, the live one may hold those in progress.",
}
