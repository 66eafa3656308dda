"""Thresholds and service levels, behind their commands."""

from __future__ import annotations

from console.tasks import TaskScope
from console.ui.desks.base import Desk, DeskContext
from console.ui.services import Services


class LimitsDesk(Desk):
    """``thresholds`` and ``service_level``; with ``:<profile id>/<queue>`` they begin at that place."""

    COMMANDS = frozenset({"thresholds", "service_level"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self._scope = TaskScope("limits", context.report)

    def perform(self, command: str) -> None:
        """See `Desk.perform`."""
        services = self.services
        if services is None or services.limits is None:
            return
        kind, _, which = command.partition(":")
        profile_id, _, queue = which.partition("/")
        work = self._thresholds if kind == "thresholds" else self._service_level
        self._scope.single_flight(kind, lambda: work(services, (profile_id, queue)))

    async def aclose(self) -> None:
        """See `Desk.aclose`."""
        await self._scope.aclose()

    async def _thresholds(self, services: Services, begin: tuple[str, str]) -> None:
        from console.ui.limits.dialog import ThresholdsDialog
        from console.ui.runtime.dialogs import run_dialog

        context, book = self.context, services.limits
        assert book is not None
        profiles = [profile for profile in services.profiles.all if profile.enabled]
        dialog = ThresholdsDialog(
            context.window, context.theme, context.live_clock, services.store, book, profiles, begin
        )
        await run_dialog(dialog)

    async def _service_level(self, services: Services, begin: tuple[str, str]) -> None:
        from console.ui.limits.level_dialog import ServiceLevelDialog
        from console.ui.runtime.dialogs import run_dialog

        context, book = self.context, services.limits
        assert book is not None
        profiles = [profile for profile in services.profiles.all if profile.enabled]
        dialog = ServiceLevelDialog(
            context.window,
            context.theme,
            context.live_clock,
            services.store,
            book,
            services.call_counter,
            profiles,
            begin,
            context.report,
        )
        await run_dialog(dialog, dialog.aclose)
