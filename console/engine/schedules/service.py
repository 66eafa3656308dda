"""Keeps the schedules: their own files beside the settings, the system's entries, and what each last run came to."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from console.domain.errors import ConsoleError, UserError
from console.domain.messages import message
from console.engine.schedules.schedule import Outcome, Schedule, Scheduled, checked, command, from_json, to_json
from console.engine.schedules.system import Scheduler

_LARGEST: Final = 64 * 1024


def new_id() -> str:
    """An id for a new schedule."""
    return secrets.token_hex(6)


def this_program() -> tuple[str, ...]:
    """What starts the console here: the frozen program itself, or this Python."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "console")


class Schedules:
    """The schedules of this installation. Every method does its work in a thread.

    Args:
        folder: where the descriptions and outcomes are kept.
        scheduler: the system's.
        program: see `this_program`.
        config_dir: the folder the user chose, or empty.
    """

    def __init__(self, folder: Path, scheduler: Scheduler, program: Sequence[str], config_dir: str = "") -> None:
        self._folder = folder
        self._scheduler = scheduler
        self._program = tuple(program)
        self._config_dir = config_dir

    @property
    def scheduler_title(self) -> str:
        """What the system calls its scheduler."""
        return self._scheduler.title

    def command(self, schedule: Schedule) -> list[str]:
        """The command line the system runs for it, to be shown."""
        return command(schedule, self._program, self._config_dir)

    async def add(self, schedule: Schedule) -> Schedule:
        """Keep a schedule and give it to the system; one of the same id is replaced.

        Raises:
            UserError: it cannot be kept, or the system refuses it; then nothing has changed but what it replaced.
        """
        schedule = checked(schedule if schedule.id else replace(schedule, id=new_id()))
        await asyncio.to_thread(self._add, schedule)
        return schedule

    async def remove(self, schedule_id: str) -> None:
        """Take a schedule from the system and forget it. Raises UserError when the system keeps it."""
        await asyncio.to_thread(self._remove, schedule_id)

    async def all(self) -> tuple[Scheduled, ...]:
        """Every schedule as it stands, by title."""
        return await asyncio.to_thread(self._all)

    def _add(self, schedule: Schedule) -> None:
        path = self._path(schedule.id)
        former = path.read_bytes() if path.exists() else None
        _write(path, json.dumps(to_json(schedule), indent=1))
        try:
            self._scheduler.install(schedule, self.command(schedule))
        except ConsoleError:
            path.unlink(missing_ok=True) if former is None else path.write_bytes(former)
            raise

    def _remove(self, schedule_id: str) -> None:
        self._scheduler.remove(schedule_id)
        self._path(schedule_id).unlink(missing_ok=True)
        outcome_path(self._folder, schedule_id).unlink(missing_ok=True)

    def _all(self) -> tuple[Scheduled, ...]:
        found = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                schedule = from_json(json.loads(_read(path)))
            except (OSError, ValueError, KeyError, TypeError, ConsoleError):
                continue  # not one of ours, or of a newer version: left alone
            outcome = read_outcome(self._folder, schedule.id)
            found.append(Scheduled(schedule, self._scheduler.is_installed(schedule.id), outcome))
        return tuple(sorted(found, key=lambda item: item.schedule.title.casefold()))

    def _path(self, schedule_id: str) -> Path:
        return self._folder / f"{schedule_id}.json"


def outcome_path(folder: Path, schedule_id: str) -> Path:
    """Where the outcome of the last run is kept."""
    return folder / f"{schedule_id}.outcome"


def read_outcome(folder: Path, schedule_id: str) -> Outcome | None:
    """The outcome of the last run, None before the first; blocking."""
    try:
        body = json.loads(_read(outcome_path(folder, schedule_id)))
        return Outcome(datetime.fromisoformat(body["at"]), int(body["code"]), str(body["text"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_outcome(folder: Path, schedule_id: str, outcome: Outcome) -> None:
    """Note what a run came to; blocking. Raises UserError when it cannot be written or the schedule is unknown."""
    if not (folder / f"{schedule_id}.json").is_file() or Path(schedule_id).name != schedule_id:
        raise UserError(message("schedule.unknown", id=schedule_id[:40]))
    body = {"at": outcome.at.isoformat(), "code": outcome.code, "text": outcome.text[:1000]}
    _write(outcome_path(folder, schedule_id), json.dumps(body))


def _read(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_LARGEST)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        raise UserError(message("io.write", path=str(path), reason=failure.strerror or "unknown")) from failure
