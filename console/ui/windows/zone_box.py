"""Choosing a time zone among some six hundred: typed, searched or picked."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from console.ui.text import tr


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The IANA names this computer knows, those of places only, in order."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def week_days() -> tuple[str, ...]:
    """The days of the week, Monday first."""
    return (
        tr("Monday"),
        tr("Tuesday"),
        tr("Wednesday"),
        tr("Thursday"),
        tr("Friday"),
        tr("Saturday"),
        tr("Sunday"),
    )


class ZoneBox(QComboBox):
    """An IANA zone, or nothing for "as the system says"; any part of a name finds it."""

    def __init__(self, zone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(16)
        self.addItems(["", *zone_names()])
        if zone and self.findText(zone) < 0:
            self.addItem(zone)  # a fixed offset, or a name of another computer
        self.setCurrentText(zone)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.setAccessibleName(tr("Time zone of the site"))
        edit = self.lineEdit()
        if edit is not None:
            edit.setAccessibleName(tr("Time zone of the site"))
            edit.setPlaceholderText(tr("As the system says, else as this computer"))

    def name(self) -> str:
        """The zone as it is to be kept; empty for none of its own."""
        return self.currentText().strip()
