"""What a demo can be asked for, and the command line that asks."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.demo.world.zone import Zone

MAX_QUEUES = 500
MAX_AGENTS = 10_000
MAX_SPEED = 3600.0


@dataclass(frozen=True, slots=True)
class Options:
    """Everything adjustable. The second block is for tests; the command line does not offer it.

    ``quirks`` are the habits of installations, ``backend.name=value`` each (`console.demo.quirks`).
    ``start`` is the simulated start as ISO 8601, in the site's zone if it names none (None = now), and
    ``start_ms`` the same in epoch ms; ``manual`` stops the clock but for `step`;
    ``cold_after_s`` is how long a metric may go unasked before it must warm up again (at the clients' pace);
    ``warm_polls`` is how many polls a metric answers "initializing" (None = one to three, by metric);
    ``socket_snapshot`` sends all values when a socket opens; ``push_interval_s`` is the pace of its updates.
    """

    seed: int = 1
    speed: float = 1.0
    queues: int = 12
    agents: int = 60
    site_zone: str | None = None
    tls: bool = False
    chronicall_port: int = 0
    xima_port: int = 0
    parent_pid: int | None = None
    start: str | None = None
    quirks: tuple[str, ...] = ()

    start_ms: int | None = None
    manual: bool = False
    cold_after_s: float = 300.0
    warm_polls: int | None = None
    socket_snapshot: bool = True
    push_interval_s: float = 1.0

    def problem(self) -> str | None:
        """Say in a plain sentence what cannot be, or None."""
        if not 1 <= self.queues <= MAX_QUEUES:
            return f"The number of queues must be from 1 to {MAX_QUEUES}."
        if not 1 <= self.agents <= MAX_AGENTS:
            return f"The number of agents must be from 1 to {MAX_AGENTS}."
        if not 0.01 <= self.speed <= MAX_SPEED:
            return f"The speed must be from 0.01 to {MAX_SPEED:g}."
        for port in (self.chronicall_port, self.xima_port):
            if not 0 <= port <= 65535:
                return "A port must be from 0 to 65535; 0 takes any free one."
        if self.chronicall_port and self.chronicall_port == self.xima_port:
            return "The two servers need two different ports."
        if self.parent_pid is not None and self.parent_pid <= 0:
            return "The parent process id must be a positive number."
        return None

    def start_at(self, zone: Zone) -> int:
        """Give the simulated start in epoch ms. ValueError says in a plain sentence what is wrong with it."""
        if self.start_ms is not None:
            return self.start_ms
        if self.start is None:
            return int(time.time() * 1000)
        try:
            moment = datetime.fromisoformat(self.start)
        except ValueError as exc:
            raise ValueError(f"{self.start!r} is not a time such as 2026-09-24T11:00.") from exc
        if not 1971 <= moment.year <= 2200:
            raise ValueError("The start must lie between 1971 and 2200.")
        return zone.instant(moment) if moment.tzinfo is None else round(moment.timestamp() * 1000)


class UsageError(Exception):
    """The command line makes no sense; the text is for the user."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."))


def parse(arguments: Sequence[str]) -> Options:
    """Read a command line. UsageError carries one plain sentence; ``--help`` prints and exits."""
    parser = _Parser(
        prog="python -m console.demo",
        description="The demo call centre: one simulated floor behind real wire formats, on this computer only.",
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed gives another floor (default 1)")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster than real time (default 1)")
    parser.add_argument("--queues", type=int, default=12, help=f"number of queues, up to {MAX_QUEUES} (default 12)")
    parser.add_argument("--agents", type=int, default=60, help=f"number of agents, up to {MAX_AGENTS} (default 60)")
    parser.add_argument("--site-zone", help="time zone of the site, such as Europe/Berlin (default: this computer's)")
    parser.add_argument("--tls", action="store_true", help="speak https and wss with a throwaway certificate")
    parser.add_argument("--chronicall-port", type=int, default=0, help="port of the Chronicall server (default: any)")
    parser.add_argument("--xima-port", type=int, default=0, help="port of the Xima CCaaS server (default: any)")
    parser.add_argument("--start", help="simulated time of the start, such as 2026-09-24T11:00 (default: now)")
    parser.add_argument(
        "--quirk",
        action="append",
        default=[],
        metavar="BACKEND.NAME=VALUE",
        help="a habit of one installation, such as asternic.clock_times=true or yeastar.is_12_hour=false; repeatable",
    )
    parser.add_argument("--parent-pid", type=int, help="end when this process is gone")
    found = vars(parser.parse_args(list(arguments)))
    options = Options(quirks=tuple(found.pop("quirk")), **found)
    if (problem := options.problem()) is not None:
        raise UsageError(problem)
    return options
