"""Rewind and the recorder's dialog, behind their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.tasks import TaskScope
from console.ui.desks.base import Desk, DeskContext
from console.ui.text import tr

if TYPE_CHECKING:
    from console.settings.schema import General
    from console.ui.rewind.room import RewindRoom
    from console.ui.services import Services


class RewindDesk(Desk):
    """``rewind`` opens the replay or goes back to now, ``rewind:<epoch ms>`` goes to a moment, ``now`` goes back."""

    COMMANDS = frozenset({"rewind", "now", "recorder"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context)
        self._scope = TaskScope("rewind", context.report)
        self.room: RewindRoom | None = None
        self._terms: tuple[object, ...] = ()

    @property
    def is_replay(self) -> bool:
        """Whether the window shows a recorded moment."""
        return self.room is not None and self.room.replay is not None

    def leave(self) -> None:
        """Back to now, if it is not now."""
        if self.room is not None:
            self.room.leave()

    def attach(self, services: Services) -> None:
        """See `Desk.attach`."""
        super().attach(services)
        self._terms = recording_terms(self.context.general())

    def general_changed(self) -> None:
        """The recorder goes by other preferences at once, not with the next figures."""
        general = self.context.general()
        if recording_terms(general) != self._terms:
            self._terms = recording_terms(general)
            apply = getattr(self.services.history, "apply", None) if self.services is not None else None
            if callable(apply):
                self._scope.start(apply(general), "apply")

    def perform(self, command: str) -> None:
        """See `Desk.perform`."""
        kind, _, which = command.partition(":")
        if kind == "recorder":
            self._scope.single_flight("recorder", self._recorder)
        elif kind == "now" or (not which and self.is_replay):
            self.leave()
        else:
            self._scope.single_flight("open", lambda: self._open(_moment(which)))

    async def aclose(self) -> None:
        """See `Desk.aclose`."""
        if self.room is not None:
            await self.room.aclose()
        await self._scope.aclose()

    async def _open(self, at_ms: float | None) -> None:
        services = self.services
        if services is None:
            return
        history = services.history
        if history is not None:
            from console.ui.rewind.room import RewindRoom

            if self.room is None:
                self.room = RewindRoom(self.context, services)
            if await self.room.open(history, at_ms):
                return
        await self._offer_recorder()

    async def _offer_recorder(self) -> None:
        from console.ui.runtime.dialogs import ask

        if self.context.general().record:
            text = tr("Nothing is recorded yet. As soon as a system has answered, its figures can be gone back to.")
        else:
            text = tr("Recording is off, and nothing is recorded. Switch it on to be able to go back from then on.")
        title, confirm = tr("Nothing to rewind"), tr("Recorder…")
        context = self.context
        if await ask(context.window, context.theme, title, text, confirm=confirm, cancel=tr("Close")):
            self._scope.single_flight("recorder", self._recorder)

    async def _recorder(self) -> None:
        from console.ui.rewind.recorder_dialog import RecorderDialog
        from console.ui.runtime.dialogs import run_dialog

        if self.services is None:
            return
        dialog = RecorderDialog(self.context, self.services)
        dialog.begin()
        dialog.forgetting.connect(self.leave)  # what is looked at is about to go
        await run_dialog(dialog, dialog.aclose)


def recording_terms(general: General) -> tuple[object, ...]:
    """What of the preferences the recorder goes by."""
    return general.record, general.record_masked, general.record_days, general.record_mb


def _moment(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
