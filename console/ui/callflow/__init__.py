"""The course of a call, drawn to scale. Imported when the first one is asked for."""

from __future__ import annotations

from console.ui.callflow.window import CallFlowWindow

__all__ = ["CallFlowWindow"]
