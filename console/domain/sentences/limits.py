"""Sentences about thresholds and service levels."""

from __future__ import annotations

LIMITS: dict[str, str] = {
    "limits.broken": "The file of the thresholds could not be read and was set aside as {path}. The defaults are in use.",
    "limits.unreadable": "The thresholds in {path} cannot be read ({reason}). The defaults are in use, and changes are not saved.",
    "limits.newer": "The thresholds in {path} were written by a newer version ({version}). They are used as far as they are understood; changes are not saved.",
    "limits.not_saved": "The thresholds could not be saved to {path} ({reason}). They are kept in memory; the console tries again.",
    "levels.no_list": "{system} gives no list of calls with their waits, so calls cannot be counted one by one.",
    "levels.failed": "The list of calls could not be read.",
    "levels.last_queue": "One row for each finished call, under the last queue it was in: passes through other queues are not in it. Waits are whole seconds.",
}
