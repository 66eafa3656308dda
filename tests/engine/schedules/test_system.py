"""The entries for each system's scheduler, by golden text, and how commands of the system are used."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from console.domain.errors import UserError
from console.engine.schedules.schedule import Cadence, Every, Schedule, command
from console.engine.schedules.system import (
    Launchd,
    Ran,
    Systemd,
    TaskScheduler,
    launchd_plist,
    run_command,
    systemd_quoted,
    systemd_service,
    systemd_timer,
    task_xml,
    this_system,
)

SCHEDULE = Schedule(
    id="0123456789ab",
    title="Payroll & 100 %",
    profiles=("Main site", "North"),
    report="agent-time-card",
    preset="Last week's hours",
    format="xlsx",
    output="/srv/pay roll/{report} {site} {from}.xlsx",
    cadence=Cadence(Every.WEEK, time(6, 30), (0, 4)),
)
ARGV = command(SCHEDULE, ["/opt/console", "-m", "console"], "/home/me/c")
NS = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


class Commands:
    """Notes the commands and answers with prepared codes, 0 when there are none left."""

    def __init__(self, **codes: int) -> None:
        self.codes = codes
        self.seen: list[list[str]] = []

    def __call__(self, argv: Sequence[str]) -> Ran:
        self.seen.append(list(argv))
        code = next((code for word, code in self.codes.items() if word in argv), 0)
        return Ran(code, "Access is denied." if code else "")


def test_the_command_is_the_one_a_person_could_type() -> None:
    assert ARGV == [
        "/opt/console", "-m", "console", "--config-dir", "/home/me/c", "report", "run", "Main site", "agent-time-card",
        "--profile", "North", "--preset", "Last week's hours", "--format", "xlsx",
        "--output", "/srv/pay roll/{report} {site} {from}.xlsx", "--scheduled", "0123456789ab", "--quiet",
    ]  # fmt: skip
    assert command(replace(SCHEDULE, replace=True), ["x"])[-1] == "--force"


def test_systemd_units() -> None:
    assert systemd_timer(SCHEDULE) == (
        "[Unit]\nDescription=Supervisor Console: Payroll & 100 %%\n\n"
        "[Timer]\nOnCalendar=Mon,Fri *-*-* 06:30:00\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    assert '"Last week\'s hours"' in systemd_service(SCHEDULE, ARGV)
    assert systemd_quoted('a "b" $HOME %h \\ c') == '"a \\"b\\" $$HOME %%h \\\\ c"'


@pytest.mark.parametrize(
    ("cadence", "when"),
    [
        (Cadence(Every.HOUR, time(0, 5)), "*-*-* *:05:00"),
        (Cadence(Every.DAY, time(23, 59)), "*-*-* 23:59:00"),
        (Cadence(Every.MONTH, time(7, 0), day=3), "*-*-03 07:00:00"),
    ],
)
def test_systemd_calendars(cadence: Cadence, when: str) -> None:
    assert f"OnCalendar={when}\n" in systemd_timer(replace(SCHEDULE, cadence=cadence))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own judge")
@pytest.mark.parametrize("every", list(Every))
def test_systemd_itself_accepts_the_calendar(every: Every) -> None:
    timer = systemd_timer(replace(SCHEDULE, cadence=Cadence(every, time(6, 30), (0, 6), 28)))
    when = timer.split("OnCalendar=")[1].splitlines()[0]
    assert subprocess.run(["systemd-analyze", "calendar", when], check=False, capture_output=True).returncode == 0


def test_launchd_property_list() -> None:
    body = plistlib.loads(launchd_plist(SCHEDULE, ARGV).encode())
    assert body["ProgramArguments"] == ARGV
    assert body["StartCalendarInterval"] == [
        {"Weekday": 1, "Hour": 6, "Minute": 30},
        {"Weekday": 5, "Hour": 6, "Minute": 30},
    ]
    sunday = replace(SCHEDULE, cadence=Cadence(Every.WEEK, time(6, 0), (6,)))
    assert plistlib.loads(launchd_plist(sunday, ARGV).encode())["StartCalendarInterval"][0]["Weekday"] == 0


@pytest.mark.parametrize("every", list(Every))
def test_the_windows_task(every: Every) -> None:
    schedule = replace(SCHEDULE, cadence=Cadence(every, time(6, 30), (0, 4), 3))
    task = ET.fromstring(task_xml(schedule, ARGV).split("\n", 1)[1])
    assert task.findtext("t:RegistrationInfo/t:Description", None, NS) == "Payroll & 100 %"
    assert task.findtext("t:Actions/t:Exec/t:Command", None, NS) == "/opt/console"
    arguments = task.findtext("t:Actions/t:Exec/t:Arguments", None, NS)
    assert arguments is not None
    assert '"/srv/pay roll/{report} {site} {from}.xlsx" --scheduled 0123456789ab' in arguments
    assert task.findtext("t:Principals/t:Principal/t:LogonType", None, NS) == "InteractiveToken"
    trigger = task.find("t:Triggers/t:CalendarTrigger", NS)
    assert trigger is not None
    days = [day.tag.rpartition("}")[2] for day in trigger.findall("t:ScheduleByWeek/t:DaysOfWeek/*", NS)]
    assert days == (["Monday", "Friday"] if every is Every.WEEK else [])
    assert trigger.findtext("t:ScheduleByMonth/t:DaysOfMonth/t:Day", None, NS) == (
        "3" if every is Every.MONTH else None
    )
    assert trigger.findtext("t:StartBoundary", None, NS) == (
        "2020-01-01T00:30:00" if every is Every.HOUR else "2020-01-01T06:30:00"
    )


def test_systemd_is_told_and_undone_when_it_refuses(tmp_path: Path) -> None:
    commands = Commands()
    system = Systemd(tmp_path, commands)
    system.install(SCHEDULE, ARGV)
    assert commands.seen[-1] == ["systemctl", "--user", "enable", "--now", "supervisor-console-0123456789ab.timer"]
    assert len(list(tmp_path.iterdir())) == 2
    assert system.is_installed(SCHEDULE.id)
    system.remove(SCHEDULE.id)
    assert not system.is_installed(SCHEDULE.id)
    with pytest.raises(UserError) as caught:
        Systemd(tmp_path, Commands(enable=1)).install(SCHEDULE, ARGV)
    assert "Access is denied." in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_launchd_is_told_and_undone_when_it_refuses(tmp_path: Path) -> None:
    commands = Commands()
    system = Launchd(tmp_path, 501, commands)
    system.install(SCHEDULE, ARGV)
    path = tmp_path / "org.supervisor-console.report.0123456789ab.plist"
    assert commands.seen[-1] == ["launchctl", "bootstrap", "gui/501", str(path)]
    assert system.is_installed(SCHEDULE.id)
    system.remove(SCHEDULE.id)
    assert commands.seen[-1] == ["launchctl", "bootout", "gui/501/org.supervisor-console.report.0123456789ab"]
    assert not path.exists()
    with pytest.raises(UserError):
        Launchd(tmp_path, 501, Commands(bootstrap=5)).install(SCHEDULE, ARGV)
    assert not path.exists()


def test_the_task_scheduler_is_told() -> None:
    commands = Commands()
    system = TaskScheduler(commands)
    system.install(SCHEDULE, ARGV)
    system.remove(SCHEDULE.id)
    assert commands.seen[0][:4] == ["schtasks", "/Create", "/TN", "\\Supervisor Console\\0123456789ab"]
    assert commands.seen[-1] == ["schtasks", "/Delete", "/TN", "\\Supervisor Console\\0123456789ab", "/F"]
    with pytest.raises(UserError):
        TaskScheduler(Commands(**{"/Create": 1})).install(SCHEDULE, ARGV)
    TaskScheduler(Commands(**{"/Query": 1})).remove(SCHEDULE.id)


def test_each_platform_has_its_scheduler(tmp_path: Path) -> None:
    titles = [this_system(name, tmp_path, {}).title for name in ("win32", "darwin", "linux")]
    assert titles == ["Windows Task Scheduler", "launchd", "systemd user timers"]


def test_a_command_that_is_missing_or_fails_is_an_answer() -> None:
    assert run_command(["/nowhere/at-all"]).code == 127
    assert run_command(["false"]).code == 1
