"""What if and reconcile, as the main window opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.desks.base import Desk, DeskContext

if TYPE_CHECKING:
    from console.ui.analysis.window import AnalysisWindow


class AnalysisDesk(Desk):
    """Opens the windows of analyses; each is made when it is first wanted, anew where connections have changed."""

    COMMANDS = frozenset({"what_if", "reconcile"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.windows: dict[str, AnalysisWindow] = {}

    def perform(self, command: str) -> None:
        """Open one, or bring it to the front."""
        window = self.windows.get(command)
        if window is not None and window.isHidden():
            window.deleteLater()  # the connections and queues may be others now
            window = None
        if window is None:
            window = self.windows[command] = self._make(command)
        window.bring()

    async def aclose(self) -> None:
        """Close what was opened."""
        for window in self.windows.values():
            await window.aclose()
            window.deleteLater()
        self.windows.clear()

    def _make(self, command: str) -> AnalysisWindow:
        context, services = self.context, self.services
        assert services is not None
        if command == "what_if":
            from console.ui.analysis.what_if import WhatIfWindow

            return WhatIfWindow(
                context.theme, context.live_clock, services, is_demo=context.is_demo, report=context.report
            )
        from console.ui.analysis.reconcile import ReconcileWindow

        return ReconcileWindow(context.theme, services, is_demo=context.is_demo, report=context.report)
