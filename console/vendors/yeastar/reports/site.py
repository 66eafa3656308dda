"""What the PBX says of its clock, firmware and report interface, read again when it has become old.

Newer firmware keeps new data under v2.0 and older data under v1.0, and an empty v1.0 looks like a success (vendor page
"Query Call Report List"; the rest as seen on real units). So v2.0 is taken wherever it is there, which is asked once
per firmware by a request that lacks its ids: an interface that is there refuses the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.errors import NotPermitted, ProtocolError, ServerBusy, TransientError
from console.domain.messages import Message, message
from console.reports.runner import SiteFacts
from console.vendors.yeastar.backend import Access
from console.vendors.yeastar.dates import DateFormat, PbxClock, read_clock
from console.vendors.yeastar.envelope import BAD_PARAMETER, INTERNAL, NO_DATA, CodeError, NotOffered
from console.vendors.yeastar.fields import text
from console.vendors.yeastar.paths import REPORT_V2
from console.vendors.yeastar.reports.explain import BAD_SYNTAX, PURPOSE

REMEMBERED = 64
_PROBE = (("type", "queueperformance"),)
_THERE = frozenset({BAD_PARAMETER, BAD_SYNTAX, NO_DATA})


@dataclass(frozen=True, slots=True)
class _Said:
    """What one server has said of itself."""

    clock: PbxClock
    firmware: str
    version: str
    learned: DateFormat | None


# connections come and go between the questions of one form; a new one starts from what the last one knew
_memory: dict[tuple[str, ...], _Said] = {}


class Site:
    """Facts of one server. A plan may be made before they are read again: then those of the last connection count.

    Attributes:
        version: ``v1.0`` or ``v2.0``, for plans.
        learned: the date format the server has named itself, which wins until its own clock changes.
    """

    def __init__(self, access: Access, believe_s: float) -> None:
        self._access = access
        self._believe_s = believe_s
        self._read_at = float("-inf")
        self._clock = PbxClock()
        self._probed: str | None = None
        self._notes: tuple[Message, ...] = ()
        self.firmware = ""
        self.learned: DateFormat | None = None
        self.version = access.version if access.version != "automatic" else "v2.0"
        self._key = (access.profile.id, access.profile.url, *sorted(access.profile.fields.values()))
        if (said := _memory.get(self._key)) is not None:
            self._clock, self.firmware, self.version, self.learned = (
                said.clock,
                said.firmware,
                said.version,
                said.learned,
            )

    @property
    def clock(self) -> PbxClock:
        """Format and offset, the learned format first."""
        if self.learned is None:
            return self._clock
        return PbxClock(self.learned, self._clock.offset)

    async def facts(self) -> SiteFacts:
        """See `ReportRunner.site`; read again after a minute, for an administrator may change the format."""
        mono = self._access.clock.monotonic()
        if mono - self._read_at >= self._believe_s:
            await self._read()
            self._read_at = mono
            self._remember()
        offset = self._clock.offset
        dates = self.clock.dates
        return SiteFacts(
            utc_offset_min=None if offset is None else round(offset.total_seconds() / 60),
            date_format=dates.label if dates is not None else "",
            notes=self._notes,
        )

    def learn(self, dates: DateFormat) -> None:
        """Take up the format the server has named."""
        self.learned = dates
        self._remember()

    def _remember(self) -> None:
        _memory.pop(self._key, None)
        _memory[self._key] = _Said(self._clock, self.firmware, self.version, self.learned)
        while len(_memory) > REMEMBERED:
            del _memory[next(iter(_memory))]

    async def _read(self) -> None:
        host = self._access.http.host
        try:
            data = await self._access.client.system()
        except (NotOffered, CodeError, NotPermitted) as error:
            if isinstance(error, NotPermitted) and error.message.code != "http.forbidden":
                raise
            self._clock = PbxClock(self._access.forced, None)
            self._notes = (error.message,)
        else:
            fresh, firmware = read_clock(data, self._access.forced), text(data.get("firmware_version"))
            if fresh.dates != self._clock.dates or firmware != self.firmware:
                self.learned = None
            self._clock, self.firmware = fresh, firmware
            unknown = message("api.dates", host=host, what=fresh.problem)
            self._notes = (unknown,) if fresh.dates is None else ()
        if self._access.version == "automatic" and self._probed != self.firmware:
            try:
                self.version = await self._probe()
            except TransientError:
                return  # asked again with the next reading; v2.0 is the likelier one
            self._probed = self.firmware

    async def _probe(self) -> str:
        """Whether v2.0 is there; a server that is busy or does not permit it has it."""
        try:
            await self._access.client.read(REPORT_V2, _PROBE, also=_THERE, purpose=PURPOSE)
        except (NotOffered, CodeError) as error:
            missing = isinstance(error, NotOffered) or error.number == INTERNAL
            return "v1.0" if missing else "v2.0"
        except ServerBusy as error:
            if error.message.code != "api.busy":
                raise
        except NotPermitted as error:
            if error.message.code != "http.forbidden":
                raise
        except ProtocolError as error:
            if error.status != 404:
                raise
            return "v1.0"
        return "v2.0"
