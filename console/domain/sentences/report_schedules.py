"""Sentences about schedules."""

from __future__ import annotations

SCHEDULES: dict[str, str] = {
    "schedule.no_weekday": "Choose at least one day of the week.",
    "schedule.day": "The day of the month must lie between 1 and {last}: every month has those.",
    "schedule.no_output": "Name the file that each run writes, with its folder.",
    "schedule.characters": "Names and the file must not hold line ends or other control characters.",
    "schedule.incomplete": "A schedule needs a connection and a saved preset, so that each run asks for its own dates.",
    "schedule.refused": "The {scheduler} did not accept the schedule ({what}). Nothing was scheduled.",
    "schedule.unknown": "There is no schedule {id}. It may have been removed; remove it from the system's scheduler as well.",
}
