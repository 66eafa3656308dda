"""A tab's page that is made when it is first looked at, so that the rows come first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Page = TypeVar("Page", bound=QWidget)


class LatePage(QWidget, Generic[Page]):
    """Holds the place of a page; `page` is None until then."""

    def __init__(self, make: Callable[[], Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.page: Page | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def made(self) -> Page:
        """The page, made now if it was not."""
        if self.page is None:
            self.page = self._make()
            layout = self.layout()
            if layout is not None:
                layout.addWidget(self.page)
        return self.page

    def showEvent(self, event: QShowEvent) -> None:
        """It is looked at."""
        self.made()
        super().showEvent(event)
