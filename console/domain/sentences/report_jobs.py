"""Sentences about jobs, presets, history, the report commands, schedules."""

from __future__ import annotations

JOBS: dict[str, str] = {}
