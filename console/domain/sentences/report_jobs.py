"""Sentences about jobs, presets, history, the report commands, schedules."""

from __future__ import annotations

JOBS: dict[str, str] = {
    "profile.zone": "There is no time zone {zone}. Write it like Europe/Berlin or America/New_York, or leave it empty.",
    "profile.week_start": "The first day of a week must be one of {days}.",
    "report.profile_changed": "The profile {profile} was changed or removed while the report ran, so it was stopped. Run it again.",
    "report.closed": "The console was closing, so the report was stopped.",
    "report.profile_gone": "The profile of this report no longer exists.",
    "report.none": "Reports are not available from {title}.",
    "report.bug": "The console met a fault of its own while it ran this report. The log has the details.",
    "report.busy_wait": "{host} asks for patience; try {number} of {limit} begins in {seconds} s.",
    "report.disk": "The report could not be kept in {path} ({reason}). Make room there, then run it again.",
}
