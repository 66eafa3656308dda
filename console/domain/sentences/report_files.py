"""Sentences about results and files: export, download, tables."""

from __future__ import annotations

FILES: dict[str, str] = {}
