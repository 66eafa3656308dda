"""Trends as the main window sees them: figures over time, and the agents' day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.desks.base import Desk, DeskContext

if TYPE_CHECKING:
    from console.ui.trends.window import TrendWindow


class TrendDesk(Desk):
    """Opens the windows; nothing of them is imported before they are wanted."""

    COMMANDS = frozenset({"trends"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.trends: TrendWindow | None = None

    def perform(self, command: str) -> None:
        """``trends`` or ``trends:<profile_id>/<section>/<row_id>/<column>``."""
        kind, _, which = command.partition(":")
        if kind == "trends":
            self._the_trends().open(which)

    def general_changed(self) -> None:
        """Privacy names nobody."""
        if self.trends is not None:
            self.trends.general_changed()

    def save_state(self) -> None:
        """Remember the windows, if they were opened."""
        if self.trends is not None:
            self.trends.save_state()

    async def aclose(self) -> None:
        """Close the windows."""
        if self.trends is not None:
            await self.trends.aclose()
            self.trends.deleteLater()

    def _the_trends(self) -> TrendWindow:
        if self.trends is None:
            from console.ui.trends.window import TrendWindow

            context, services = self.context, self.services
            assert services is not None
            self.trends = TrendWindow(
                context.theme,
                context.live_clock,
                services,
                context.state,
                is_private=lambda: context.general().privacy,
                perform=context.perform,
                is_demo=context.is_demo,
                report=context.report,
            )
        return self.trends
