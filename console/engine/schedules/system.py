"""The three schedulers: systemd user timers, launchd agents, the Windows Task Scheduler, each as files and commands.

Formats: https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html,
https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/Chapters/ScheduledJobs.html,
https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from xml.sax.saxutils import escape

from console.domain.errors import UserError
from console.domain.messages import message
from console.engine.schedules.schedule import WEEKDAYS, Cadence, Every, Schedule

PREFIX: Final = "supervisor-console"
_PATIENCE_S: Final = 20.0
_DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a system command came to."""

    code: int
    output: str = ""


Run = Callable[[Sequence[str]], Ran]


def run_command(argv: Sequence[str]) -> Ran:
    """Run a system command and wait for it; blocking. A command that is missing or hangs has code 127 or 124."""
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console window flashes up on Windows
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, arguments as a list
            argv, capture_output=True, timeout=_PATIENCE_S, check=False, stdin=subprocess.DEVNULL, creationflags=flags
        )
    except subprocess.TimeoutExpired:
        return Ran(124, "no answer")
    except OSError as failure:
        return Ran(127, failure.strerror or "cannot be run")
    words = (done.stderr or done.stdout).decode(errors="replace").strip()
    return Ran(done.returncode, words.splitlines()[-1][:300] if words else "")


class Scheduler(Protocol):
    """The system's scheduler. All methods block; call them in a thread."""

    title: str

    def install(self, schedule: Schedule, argv: Sequence[str]) -> None:
        """Make or replace the entry. Raises UserError with the system's own words as its detail."""
        ...

    def remove(self, schedule_id: str) -> None:
        """Remove the entry; one that is gone already is no error."""
        ...

    def is_installed(self, schedule_id: str) -> bool:
        """Whether the system still knows it."""
        ...


class Systemd:
    """A timer and a service of the user's own systemd, under ``systemd/user`` of the configuration folder."""

    title = "systemd user timers"

    def __init__(self, folder: Path, run: Run = run_command) -> None:
        self._folder = folder
        self._run = run

    def install(self, schedule: Schedule, argv: Sequence[str]) -> None:
        """See `Scheduler.install`."""
        timer = self._path(schedule.id, "timer")
        _write(self._path(schedule.id, "service"), systemd_service(schedule, argv))
        _write(timer, systemd_timer(schedule))
        for step in (["daemon-reload"], ["enable", "--now", timer.name]):
            done = self._run(["systemctl", "--user", *step])
            if done.code:
                self._unlink(schedule.id)
                raise _refused(self.title, done)

    def remove(self, schedule_id: str) -> None:
        """See `Scheduler.remove`."""
        timer = self._path(schedule_id, "timer")
        if timer.exists():
            self._run(["systemctl", "--user", "disable", "--now", timer.name])
        self._unlink(schedule_id)
        self._run(["systemctl", "--user", "daemon-reload"])

    def is_installed(self, schedule_id: str) -> bool:
        """See `Scheduler.is_installed`."""
        timer = self._path(schedule_id, "timer")
        return timer.exists() and self._run(["systemctl", "--user", "is-enabled", timer.name]).code == 0

    def _path(self, schedule_id: str, suffix: str) -> Path:
        return self._folder / f"{PREFIX}-{schedule_id}.{suffix}"

    def _unlink(self, schedule_id: str) -> None:
        for suffix in ("timer", "service"):
            self._path(schedule_id, suffix).unlink(missing_ok=True)


class Launchd:
    """An agent of the user's own launchd, under ``~/Library/LaunchAgents``."""

    title = "launchd"

    def __init__(self, folder: Path, user: int, run: Run = run_command) -> None:
        self._folder = folder
        self._domain = f"gui/{user}"
        self._run = run

    def install(self, schedule: Schedule, argv: Sequence[str]) -> None:
        """See `Scheduler.install`."""
        path = self._path(schedule.id)
        self._run(["launchctl", "bootout", f"{self._domain}/{_label(schedule.id)}"])  # an older one of this id
        _write(path, launchd_plist(schedule, argv))
        done = self._run(["launchctl", "bootstrap", self._domain, str(path)])
        if done.code:
            path.unlink(missing_ok=True)
            raise _refused(self.title, done)

    def remove(self, schedule_id: str) -> None:
        """See `Scheduler.remove`."""
        self._run(["launchctl", "bootout", f"{self._domain}/{_label(schedule_id)}"])
        self._path(schedule_id).unlink(missing_ok=True)

    def is_installed(self, schedule_id: str) -> bool:
        """See `Scheduler.is_installed`."""
        asked = ["launchctl", "print", f"{self._domain}/{_label(schedule_id)}"]
        return self._path(schedule_id).exists() and self._run(asked).code == 0

    def _path(self, schedule_id: str) -> Path:
        return self._folder / f"{_label(schedule_id)}.plist"


class TaskScheduler:
    """A task in the folder ``Supervisor Console`` of the Windows Task Scheduler, run with the user's own rights."""

    title = "Windows Task Scheduler"

    def __init__(self, run: Run = run_command) -> None:
        self._run = run

    def install(self, schedule: Schedule, argv: Sequence[str]) -> None:
        """See `Scheduler.install`."""
        with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
            path = Path(folder) / "task.xml"
            path.write_bytes(task_xml(schedule, argv).encode("utf-16"))
            done = self._run(["schtasks", "/Create", "/TN", _task(schedule.id), "/XML", str(path), "/F"])
        if done.code:
            raise _refused(self.title, done)

    def remove(self, schedule_id: str) -> None:
        """See `Scheduler.remove`."""
        if self.is_installed(schedule_id):
            done = self._run(["schtasks", "/Delete", "/TN", _task(schedule_id), "/F"])
            if done.code:
                raise _refused(self.title, done)

    def is_installed(self, schedule_id: str) -> bool:
        """See `Scheduler.is_installed`."""
        return self._run(["schtasks", "/Query", "/TN", _task(schedule_id)]).code == 0


def this_system(platform: str, home: Path, environ: dict[str, str], run: Run = run_command) -> Scheduler:
    """The scheduler of the platform (`sys.platform`)."""
    if platform == "win32":
        return TaskScheduler(run)
    if platform == "darwin":
        return Launchd(home / "Library" / "LaunchAgents", os.getuid(), run)
    named = environ.get("XDG_CONFIG_HOME", "")
    config = Path(named) if os.path.isabs(named) else home / ".config"
    return Systemd(config / "systemd" / "user", run)


def systemd_service(schedule: Schedule, argv: Sequence[str]) -> str:
    """The service unit: one run of the command."""
    words = " ".join(systemd_quoted(word) for word in argv)
    return (
        f"[Unit]\nDescription=Supervisor Console: {_plain(schedule.title).replace('%', '%%')}\n\n"
        f"[Service]\nType=oneshot\nExecStart={words}\n"
    )


def systemd_timer(schedule: Schedule) -> str:
    """The timer unit; a run that was missed while the computer was off is made up for."""
    cadence = schedule.cadence
    clock = f"{cadence.at:%H:%M}:00"
    when = {
        Every.HOUR: f"*-*-* *:{cadence.at.minute:02d}:00",
        Every.DAY: f"*-*-* {clock}",
        Every.WEEK: f"{','.join(_DAY_NAMES[day] for day in sorted(set(cadence.weekdays)))} *-*-* {clock}",
        Every.MONTH: f"*-*-{cadence.day:02d} {clock}",
    }[cadence.every]
    return (
        f"[Unit]\nDescription=Supervisor Console: {_plain(schedule.title).replace('%', '%%')}\n\n"
        f"[Timer]\nOnCalendar={when}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )


def systemd_quoted(word: str) -> str:
    """One word of ``ExecStart=``: specifiers and variables are taken literally."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def launchd_plist(schedule: Schedule, argv: Sequence[str]) -> str:
    """The property list of the agent."""
    body: dict[str, Any] = {
        "Label": _label(schedule.id),
        "ProgramArguments": list(argv),
        "StartCalendarInterval": _intervals(schedule.cadence),
        "ProcessType": "Background",
    }
    return plistlib.dumps(body).decode()


def _intervals(cadence: Cadence) -> list[dict[str, int]]:
    clock = {"Hour": cadence.at.hour, "Minute": cadence.at.minute}
    if cadence.every is Every.HOUR:
        return [{"Minute": cadence.at.minute}]
    if cadence.every is Every.WEEK:
        return [{"Weekday": (day + 1) % 7, **clock} for day in sorted(set(cadence.weekdays))]  # 0 is Sunday
    return [{"Day": cadence.day, **clock}] if cadence.every is Every.MONTH else [clock]


def task_xml(schedule: Schedule, argv: Sequence[str]) -> str:
    """The task as XML; its declaration says UTF-16, which is what the scheduler reads."""
    program, *rest = argv
    cadence = schedule.cadence
    start = f"2020-01-01T{cadence.at:%H:%M}:00"
    if cadence.every is Every.WEEK:
        days = "".join(f"<{WEEKDAYS[day]} />" for day in sorted(set(cadence.weekdays)))
        by = f"<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek>{days}</DaysOfWeek></ScheduleByWeek>"
    elif cadence.every is Every.MONTH:
        months = "".join(f"<{month} />" for month in _MONTHS)
        days = f"<DaysOfMonth><Day>{cadence.day}</Day></DaysOfMonth>"
        by = f"<ScheduleByMonth>{days}<Months>{months}</Months></ScheduleByMonth>"
    else:
        by = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
    hourly = "<Repetition><Interval>PT1H</Interval></Repetition>" if cadence.every is Every.HOUR else ""
    if hourly:
        start = f"2020-01-01T00:{cadence.at.minute:02d}:00"
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\n'
        '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
        f"<RegistrationInfo><Description>{escape(_plain(schedule.title))}</Description></RegistrationInfo>\n"
        f"<Triggers><CalendarTrigger>{hourly}<StartBoundary>{start}</StartBoundary>"
        f"<Enabled>true</Enabled>{by}</CalendarTrigger></Triggers>\n"
        '<Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType>'
        "<RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\n"
        "<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>"
        "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>"
        "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>"
        "<StartWhenAvailable>true</StartWhenAvailable>"
        "<ExecutionTimeLimit>PT2H</ExecutionTimeLimit></Settings>\n"
        f'<Actions Context="Author"><Exec><Command>{escape(program)}</Command>'
        f"<Arguments>{escape(subprocess.list2cmdline(rest))}</Arguments></Exec></Actions>\n"
        "</Task>\n"
    )


def _label(schedule_id: str) -> str:
    return f"org.{PREFIX}.report.{schedule_id}"


def _task(schedule_id: str) -> str:
    return f"\\Supervisor Console\\{schedule_id}"


def _plain(text: str) -> str:
    return "".join(char for char in text if ord(char) >= 32)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
    except OSError as failure:
        raise UserError(message("io.write", path=str(path), reason=failure.strerror or "unknown")) from failure


def _refused(title: str, done: Ran) -> UserError:
    return UserError(message("schedule.refused", scheduler=title, what=done.output or f"code {done.code}"))
