"""All desks of a window, as the window drives them: one call each, whatever there is."""

from __future__ import annotations

from collections.abc import Callable

from console.ui.desks.base import Desk, DeskContext
from console.ui.services import Services


class DeskRow:
    """Makes the desks once the window has been painted, and hands them what comes.

    Args:
        context: makes what they are given, once.
    """

    def __init__(self, context: Callable[[], DeskContext]) -> None:
        self._context = context
        self.desks: tuple[Desk, ...] = ()

    def attach(self, services: Services) -> None:
        """Make them; what they need is imported now, not on the way to the first paint."""
        from console.ui.desks.all import DESKS

        context = self._context()
        self.desks = tuple(kind(context) for kind in DESKS)
        for desk in self.desks:
            desk.attach(services)

    def perform(self, command: str) -> bool:
        """Carry out a command; False when it is no desk's."""
        kind = command.partition(":")[0]
        desk = next((desk for desk in self.desks if kind in desk.COMMANDS), None)
        if desk is not None:
            desk.perform(command)
        return desk is not None

    def general_changed(self) -> None:
        """The preferences are others now."""
        for desk in self.desks:
            desk.general_changed()

    def save_state(self) -> None:
        """Remember what was opened where."""
        for desk in self.desks:
            desk.save_state()

    async def aclose(self) -> None:
        """Close what was opened."""
        for desk in self.desks:
            await desk.aclose()
