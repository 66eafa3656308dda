"""Sentences about the tables of reports."""

from __future__ import annotations

TABLES: dict[str, str] = {
    "table.interrupted": "Stopped on request.",
    "table.closed": "This result has been closed. Run the report again to see it.",
    "table.space": "There is not enough room for this result. Free some disk space and memory, or ask for a shorter timeframe.",
    "table.failed": "This result cannot be read or worked out. The file as the server sent it is kept: save the original, and look at its details.",
    "table.unreadable": "The file {name} cannot be read: {reason}.",
}
