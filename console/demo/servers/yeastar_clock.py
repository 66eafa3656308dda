"""The exchange's wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from console.demo.servers.yeastar_quirks import Quirks
from console.demo.world.world import World


class WallClock:
    """Local time as the exchange shows it.

    Its zone is the site's, or a fixed one where midnight would fall into the day's trade: an exchange counts from
    its own midnight, while every other figure of the world counts from opening.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._zone = _fixed_zone(world)

    def local(self, ms: int) -> datetime:
        """An instant as an aware local time."""
        if self._zone is None:
            return self._world.zone.local(ms)
        return datetime.fromtimestamp(ms // 1000, UTC).astimezone(self._zone)

    def instant(self, quirks: Quirks, text: str) -> int:
        """Epoch ms of a time in the display format; ValueError when it is in another."""
        moment = quirks.read(text)
        if moment is None:
            raise ValueError(text)
        return self.at(moment)

    def at(self, moment: datetime) -> int:
        """Epoch ms of a naive local time."""
        if self._zone is None:
            return self._world.zone.instant(moment)
        return int(moment.replace(tzinfo=self._zone).timestamp()) * 1000


def _fixed_zone(world: World) -> timezone | None:
    opening = world.opening(world.day)
    local = world.zone.local(opening)
    if timedelta(minutes=45) <= timedelta(hours=local.hour, minutes=local.minute) <= timedelta(hours=9):
        return None
    in_utc = datetime.fromtimestamp(opening / 1000, UTC)
    quarters = round((8 * 60 - in_utc.hour * 60 - in_utc.minute) / 15)
    return timezone(timedelta(minutes=15 * ((quarters + 48) % 96 - 48)))
