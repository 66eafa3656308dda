"""The file of `Records`: presets, history, stars and imported reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.domain.messages import Message
from console.engine import report_records as records_of
from console.engine.report_records import Records
from console.settings.book import RETRY_S, Book, Kind
from console.settings.disk import Disk

KIND: Final = Kind("reports-file", "report.book_", records_of.VERSION, records_of.decode, records_of.encode, Records)


class ReportBook(Book[Records]):
    """Holds the records and keeps them on disk; see `Book`."""

    def __init__(
        self, path: Path, *, tell: Callable[[Message], None], disk: Disk | None = None, retry_s: float = RETRY_S
    ) -> None:
        super().__init__(KIND, path, tell=tell, disk=disk, retry_s=retry_s)

    @property
    def records(self) -> Records:
        """What is remembered; empty before `load`."""
        return self.state
