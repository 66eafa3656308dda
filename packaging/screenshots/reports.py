"""Draw the report window or a result with the program itself: ``reports.py window|result dark|light WxH FILE``."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

REPORT = "queueperformance"
SETTLE_S = 1.5  # until lists, requests and charts of the demo have come


def main(what: str, theme: str, size: str, picture: str) -> int:
    """Run the demo off screen and take the picture where the program would take one of its main window."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from console.app import window as program
    from console.app.main import main as run

    async def take(_program: object, window: Any, _leave: asyncio.Event) -> int:
        await asyncio.sleep(2 * SETTLE_S)
        drawn = await fill(window, tuple(int(part) for part in size.split("x")))
        if what == "result":
            drawn = await result_of(window, drawn)
        return 0 if drawn.grab().save(picture, "PNG") else 1

    program._Program._take_picture = take  # type: ignore[method-assign, assignment]
    sys.argv = ["supervisor-console", "--demo", "--seed", "3", "--theme", theme, "--screenshot", picture]
    return run()


async def fill(window: Any, size: tuple[int, ...]) -> Any:
    """The report window with a report of the demo's Yeastar chosen and every queue in its form."""
    services, desk = window.desk._services, window.desk
    desk.open_reports()
    reports = desk.window
    reports.resize(*size)
    profile = next(p.id for p in services.profiles.all if p.backend == "yeastar")
    reports.use(profile, REPORT)
    await asyncio.sleep(SETTLE_S)
    known = await services.reports.choices(profile, "queues")
    form = reports.desk.form
    form.set_values({**form.values(), "queue_id_list": [choice.value for choice in known.choices]})
    reports.request.set_language("curl")
    reports.tabs.setCurrentWidget(reports.request)
    reports.list.view.setFocus()
    reports.run()
    await asyncio.sleep(2 * SETTLE_S)
    return reports


async def result_of(window: Any, reports: Any) -> Any:
    """The window of the run's result, at its chart."""
    job = window.desk._services.reports.jobs.all[0]
    reports._opener.act("open", job)
    await asyncio.sleep(SETTLE_S)
    shown = reports._opener.windows[job.id]
    shown.resize(*(part * 5 // 6 for part in (reports.width(), reports.height())))
    shown.open_chart()
    await asyncio.sleep(SETTLE_S)
    return shown


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
