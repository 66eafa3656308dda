"""What the user can do with connections: each is one task at a time, and its dialogs are awaited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from console.domain.errors import ConsoleError
from console.domain.messages import Message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.values import Reading
from console.tasks import Report, TaskScope
from console.ui.runtime.dialogs import ask, open_file, run_dialog, save_file, tell
from console.ui.services import Services
from console.ui.text import tr, translate
from console.ui.theme import Theme

EXPORT_NAME = "connections.json"


class ConnectionActions(QObject):
    """Carries out commands of chips, strips, menus and empty states. Dialogs are imported when they are opened.

    Signals:
        only_wanted: show one profile alone (its id), or all (empty).
        said: there is something to tell that needs no answer; carries sentences.
    """

    only_wanted = Signal(str)
    said = Signal(object)

    def __init__(self, window: QWidget, theme: Theme, report: Report | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._report = report
        self._scope = TaskScope("window", report)
        self._services: Services | None = None
        self._is_private = False
        self._is_replay = False

    def set_privacy(self, is_private: bool) -> None:
        """While privacy is on, no raw request or reply is shown: it names callers and agents."""
        self._is_private = is_private

    def set_replay(self, is_replay: bool) -> None:
        """While a recording is shown, nothing that only makes sense now is done on account of it."""
        self._is_replay = is_replay

    def attach(self, services: Services) -> None:
        """Take the services; commands before that do nothing."""
        self._services = services

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    def run(self, command: str, profile_id: str = "") -> None:
        """Carry out a command of `ProfileChip`, or ``add``, ``import``, ``export``, ``try_all``, ``list``."""
        services = self._services
        if services is None:
            return
        if self._is_replay and command in ("try_now", "try_all"):
            self.said.emit([tr("A recording cannot be asked. Go back to now to try a connection.")])
        elif command in ("only", "all"):
            self.only_wanted.emit(profile_id if command == "only" else "")
        elif command == "try_all":
            services.profiles.try_all_now()
        elif command == "try_now":
            services.profiles.try_now(ProfileId(profile_id))
        else:
            self._start(services, command, profile_id)

    def open(self, make: Callable[[], QDialog]) -> None:
        """Open a dialog that needs no more than being closed, unless one is open."""
        self._scope.single_flight("dialog", lambda: self._open(make))

    def show_source(self, reading: Reading, heading: str) -> None:
        """Show the request a figure came from, unless privacy forbids it; that of a recorded figure is not kept."""
        if self._is_replay:
            self.said.emit(
                [tr("This is a recorded figure: the reply is not kept. Go back to now to see where figures come from.")]
            )
        elif self._is_private:
            self.said.emit(
                [tr("Privacy is on: replies of the systems name callers and agents, so they are not shown.")]
            )
        elif self._services is not None:
            services = self._services
            self._scope.single_flight("dialog", lambda: self._show_source(services, reading, heading))

    async def _open(self, make: Callable[[], QDialog]) -> None:
        await run_dialog(make())

    async def _show_source(self, services: Services, reading: Reading, heading: str) -> None:
        from console.ui.windows.inspector import SourceDialog

        source = reading.source
        exchange = services.exchange(source.exchange_id) if source is not None else None
        formula = services.formula(source.formula) if source is not None and source.formula else ""
        dialog = SourceDialog(self._window, self._theme, reading, exchange, heading, formula, self._report)
        dialog.ask_requests_by(services.requests_of)
        dialog.begin()
        await run_dialog(dialog, dialog.aclose)

    def _start(self, services: Services, command: str, profile_id: str) -> None:
        profile = services.profiles.get(ProfileId(profile_id)) if profile_id else None
        whole: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "add": lambda: self._add(services),
            "import": lambda: self._import(services),
            "export": lambda: self._export(services),
            "list": lambda: self._list(services),
        }
        single: dict[str, Callable[[Profile], Coroutine[Any, Any, None]]] = {
            "edit": lambda p: self._edit(services, p),
            "duplicate": lambda p: self._duplicate(services, p),
            "test": lambda p: self._test(services, p),
            "enable": lambda p: self._switch(services, p, True),
            "disable": lambda p: self._switch(services, p, False),
            "remove": lambda p: self._remove(services, p),
        }
        if command in whole:
            self._scope.single_flight("dialog", lambda: self._guarded(whole[command]()))
        elif command in single and profile is not None:
            self._scope.single_flight("dialog", lambda: self._guarded(single[command](profile)))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """A foreseen failure of what the user asked for is told where he asked."""
        try:
            await work
        except ConsoleError as error:
            await tell(self._window, self._theme, tr("That did not work"), translate(error.message))

    def _say(self, messages: Sequence[Message]) -> None:
        if messages:
            self.said.emit([translate(msg) for msg in messages])

    async def _add(self, services: Services) -> None:
        from console.ui.windows.profile_editor import add_profile

        await add_profile(self._window, self._theme, services.profiles, report=self._report)

    async def _edit(self, services: Services, profile: Profile, parent: QWidget | None = None) -> None:
        from console.ui.windows.profile_editor import edit_profile

        await edit_profile(parent or self._window, self._theme, services.profiles, profile, report=self._report)

    async def _duplicate(self, services: Services, profile: Profile) -> None:
        saved = await services.profiles.duplicate(profile)
        self._say(saved.messages)
        await self._edit(services, saved.profile)

    async def _test(self, services: Services, profile: Profile) -> None:
        from console.ui.windows.check_dialog import CheckDialog

        dialog = CheckDialog(self._window, self._theme, services.profiles, profile, self._report)
        dialog.begin()
        await run_dialog(dialog, dialog.aclose)

    async def _switch(self, services: Services, profile: Profile, is_on: bool) -> None:
        self._say(await services.profiles.set_enabled(profile, is_on))

    async def _remove(self, services: Services, profile: Profile) -> None:
        question = tr("The connection and its secret are removed from this computer. The server is not touched.")
        title = tr("Remove {name}?", name=profile.name)
        if await ask(self._window, self._theme, title, question, confirm=tr("Remove")):
            self._say(await services.profiles.remove(profile))

    async def _list(self, services: Services) -> None:
        from console.ui.windows.connections import ConnectionsDialog

        dialog = ConnectionsDialog(self._window, self._theme, services.profiles, self._report)
        await run_dialog(dialog, dialog.aclose)

    async def _import(self, services: Services) -> None:
        await self._with_file(
            services.import_profiles, await open_file(self._window, tr("Import profiles"), _filters())
        )

    async def _export(self, services: Services) -> None:
        path = await save_file(
            self._window, self._theme, tr("Export profiles without secrets"), EXPORT_NAME, _filters()
        )
        await self._with_file(services.export_profiles, path)

    async def _with_file(self, work: Callable[[Any], Awaitable[Sequence[Message]]] | None, path: object) -> None:
        if work is not None and path is not None:
            self._say(await work(path))


def _filters() -> list[str]:
    return [tr("Profiles (*.json)"), tr("All files (*)")]
