"""Sentences about thresholds and service levels."""

from __future__ import annotations

LIMITS: dict[str, str] = {
    "limits.broken": "The file of the thresholds could not be read and was set aside as {path}. The defaults are in use.",
    "limits.unreadable": "The thresholds in {path} cannot be read ({reason}). The defaults are in use, and changes are not saved.",
    "limits.newer": "The thresholds in {path} were written by a newer version ({version}). They are used as far as they are understood; changes are not saved.",
    "limits.not_saved": "The thresholds could not be saved to {path} ({reason}). They are kept in memory; the console tries again.",
}
