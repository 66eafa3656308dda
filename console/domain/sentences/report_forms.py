"""Sentences about what is asked: values, timeframes, definitions, imports."""

from __future__ import annotations

FORMS: dict[str, str] = {}
