"""A connection test of a saved profile, with its findings."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.domain.profile import Profile
from console.domain.text import safe_text
from console.tasks import Report, TaskScope
from console.ui.services import ProfileService
from console.ui.text import tr
from console.ui.theme import Theme, Type
from console.ui.widgets import Label
from console.ui.windows.check_panel import CheckPanel
from console.ui.windows.frame import FramedDialog


class CheckDialog(FramedDialog):
    """Runs the test once it is told to `begin`, and again on demand."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, profiles: ProfileService, profile: Profile, report: Report | None
    ) -> None:
        super().__init__(parent, theme, tr("Test {name}", name=profile.name))
        self._profiles = profiles
        self._profile = profile
        self._scope = TaskScope("check", report)
        self.panel = CheckPanel(theme, self._scope)
        self.panel.wanted.connect(self.begin)
        self.body.addWidget(Label(theme, safe_text(profile.name), Type.SECTION, bold=True))
        self.body.addWidget(Label(theme, safe_text(profile.url), muted=True))
        self.body.addWidget(self.panel)
        self.body.addStretch(1)
        self.fit(560, 300)

    def begin(self) -> None:
        """Start the test."""
        self.panel.run(lambda: self._profiles.check(self._profile))

    async def aclose(self) -> None:
        """End a running test."""
        await self._scope.aclose()
