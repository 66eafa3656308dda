"""What a schedule is: which saved report, when, into which file; and the command that the system runs for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Final

from console.domain.errors import UserError
from console.domain.messages import message

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_DAY: Final = 28  # a day that every month has, on every scheduler
_ID = re.compile(r"[a-z0-9]{8,32}")


class Every(StrEnum):
    """How often."""

    HOUR = "hour"  # at the minute of `at`
    DAY = "day"
    WEEK = "week"  # on `weekdays`
    MONTH = "month"  # on day `day`


@dataclass(frozen=True, slots=True)
class Cadence:
    """When, by this computer's clock.

    Attributes:
        weekdays: 0 is Monday; for `Every.WEEK`.
        day: 1 to 28; for `Every.MONTH`.
    """

    every: Every
    at: time
    weekdays: tuple[int, ...] = ()
    day: int = 1

    def describe(self) -> str:
        """When, in words."""
        clock = f"{self.at:%H:%M}"
        if self.every is Every.HOUR:
            return f"every hour at minute {self.at.minute:02d}"
        if self.every is Every.DAY:
            return f"every day at {clock}"
        if self.every is Every.MONTH:
            return f"on day {self.day} of each month at {clock}"
        return f"{', '.join(WEEKDAYS[day] for day in sorted(self.weekdays))} at {clock}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule.

    Attributes:
        id: names the system's entry; lower-case letters and digits.
        profiles: names of the profiles it runs on.
        preset: name of the saved form; its dates are relative, so each run asks for its own.
        output: file name template with its folder.
        replace: whether a file of the same name is replaced; otherwise that run fails and says so.
    """

    id: str
    title: str
    profiles: tuple[str, ...]
    report: str
    preset: str
    format: str
    output: str
    cadence: Cadence
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last run came to, as the command itself wrote it down.

    Attributes:
        code: exit code of the command, 0 for success.
        text: the file written, or the sentence that says what went wrong.
    """

    at: datetime
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule as it stands.

    Attributes:
        is_installed: the system's scheduler still knows it; False when it was removed there.
        outcome: None before the first run.
    """

    schedule: Schedule
    is_installed: bool
    outcome: Outcome | None = None


def checked(schedule: Schedule) -> Schedule:
    """The schedule itself, if it can be kept.

    Raises:
        UserError: no weekday, a day that not every month has, a name that no command line can carry.
    """
    cadence = schedule.cadence
    if cadence.every is Every.WEEK and not cadence.weekdays:
        raise UserError(message("schedule.no_weekday"))
    if not 1 <= cadence.day <= LAST_DAY:
        raise UserError(message("schedule.day", last=LAST_DAY))
    if not schedule.output.strip():
        raise UserError(message("schedule.no_output"))
    texts = (*schedule.profiles, schedule.title, schedule.report, schedule.preset, schedule.output)
    if any(ord(char) < 32 for text in texts for char in text):
        raise UserError(message("schedule.characters"))
    if not _ID.fullmatch(schedule.id) or not schedule.profiles or not schedule.preset:
        raise UserError(message("schedule.incomplete"))
    return schedule


def command(schedule: Schedule, program: Sequence[str], config_dir: str = "") -> list[str]:
    """The command line the system runs. It holds no secret: the command finds those where the window does.

    Args:
        program: what starts the console here: one file, or Python with ``-m console``.
        config_dir: given when the user chose the folder.
    """
    argv = [*program]
    if config_dir:
        argv += ["--config-dir", config_dir]
    argv += ["report", "run", schedule.profiles[0], schedule.report]
    for profile in schedule.profiles[1:]:
        argv += ["--profile", profile]
    argv += ["--preset", schedule.preset, "--format", schedule.format, "--output", schedule.output]
    argv += ["--scheduled", schedule.id, "--quiet"]
    return [*argv, "--force"] if schedule.replace else argv


def to_json(schedule: Schedule) -> dict[str, Any]:
    """The form on disk."""
    cadence = schedule.cadence
    return {
        "id": schedule.id,
        "title": schedule.title,
        "profiles": list(schedule.profiles),
        "report": schedule.report,
        "preset": schedule.preset,
        "format": schedule.format,
        "output": schedule.output,
        "replace": schedule.replace,
        "every": cadence.every.value,
        "at": f"{cadence.at:%H:%M}",
        "weekdays": list(cadence.weekdays),
        "day": cadence.day,
    }


def from_json(body: Mapping[str, Any]) -> Schedule:
    """The schedule of that form; raises ValueError, KeyError, TypeError or UserError for anything else."""
    cadence = Cadence(
        Every(body["every"]),
        time.fromisoformat(body["at"]),
        tuple(day for day in body.get("weekdays", ()) if isinstance(day, int) and 0 <= day < len(WEEKDAYS)),
        int(body.get("day", 1)),
    )
    words = {key: str(body[key]) for key in ("id", "title", "report", "preset", "format", "output")}
    profiles = tuple(str(name) for name in body["profiles"])
    return checked(Schedule(**words, profiles=profiles, cadence=cadence, replace=body.get("replace") is True))
