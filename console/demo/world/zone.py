"""The site's time zone: the PC's own, or one by name."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Zone:
    """Turns epoch milliseconds into local time and back.

    Without a name it is the PC's own zone, asked from the operating system for each instant, so that changes to
    and from summer time are respected.
    """

    def __init__(self, name: str | None = None) -> None:
        """Raise ValueError with a plain sentence when there is no such zone."""
        self._info: ZoneInfo | None = None
        if name is not None:
            try:
                self._info = ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
                raise ValueError(f"There is no time zone called {name!r}.") from exc
        self.name = name if name is not None else self._own_name()

    def local(self, ms: int) -> datetime:
        """Give the aware local time of an instant."""
        moment = datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
        return moment.astimezone(self._info)

    def iso(self, ms: int) -> str:
        """Give an instant as ISO 8601 with milliseconds and the site's offset."""
        return self.local(ms).isoformat(timespec="milliseconds")

    def instant(self, wall: datetime) -> int:
        """Give the epoch milliseconds of a naive local time; of two equal ones the first."""
        aware = wall.astimezone() if self._info is None else wall.replace(tzinfo=self._info)
        return int(aware.timestamp()) * 1000 + wall.microsecond // 1000

    def _own_name(self) -> str:
        return datetime.now(UTC).astimezone().tzname() or "local"
