"""Trends as the main window sees them: figures over time, and the agents' day."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from console.ui.desks.base import Desk, DeskContext

if TYPE_CHECKING:
    from console.ui.trends.agent_day import AgentDayWindow
    from console.ui.trends.past_window import PastWindow
    from console.ui.trends.window import TrendWindow

Kind = TypeVar("Kind", bound="PastWindow")


class TrendDesk(Desk):
    """Opens the windows; nothing of them is imported before they are wanted."""

    COMMANDS = frozenset({"trends", "agent_day"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self.trends: TrendWindow | None = None
        self.agent_day: AgentDayWindow | None = None

    def perform(self, command: str) -> None:
        """``trends``, ``trends:<profile_id>/<section>/<row_id>/<column>``, ``agent_day[:<profile_id>]``."""
        kind, _, which = command.partition(":")
        if kind == "trends":
            self._the_trends().open(which)
        else:
            self._the_agent_day().open(which)

    def general_changed(self) -> None:
        """Privacy names nobody."""
        for window in (self.trends, self.agent_day):
            if window is not None:
                window.general_changed()

    def save_state(self) -> None:
        """Remember the windows, if they were opened."""
        for window in (self.trends, self.agent_day):
            if window is not None:
                window.save_state()

    async def aclose(self) -> None:
        """Close the windows."""
        for window in (self.trends, self.agent_day):
            if window is not None:
                await window.aclose()
                window.deleteLater()

    def _the_trends(self) -> TrendWindow:
        if self.trends is None:
            from console.ui.trends.window import TrendWindow

            self.trends = self._make(TrendWindow)
        return self.trends

    def _the_agent_day(self) -> AgentDayWindow:
        if self.agent_day is None:
            from console.ui.trends.agent_day import AgentDayWindow

            self.agent_day = self._make(AgentDayWindow)
        return self.agent_day

    def _make(self, kind: type[Kind]) -> Kind:
        context, services = self.context, self.services
        assert services is not None
        return kind(
            context.theme,
            context.live_clock,
            services,
            context.state,
            is_private=lambda: context.general().privacy,
            perform=context.perform,
            is_demo=context.is_demo,
            report=context.report,
        )
