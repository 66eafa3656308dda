"""Hostile text, from a server's bytes through a whole adapter to the widgets of the window."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Action
from console.domain.alerts import AlertNews
from console.domain.board import Board, Source
from console.domain.enums import HealthState
from console.ui.alerts import notices
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow
from tests.catalogue.lapse import LapseClock, run, until
from tests.catalogue.station import KEY, Station, count, floor, metric, string, watch
from tests.catalogue.windows import Make, attach
from tests.faultserver.server import reply
from tests.ui.alerts.fakes import alert
from tests.ui.windows.fakes import StillClock, health
from tests.ui.windows.walk import complaints, shown_texts
from tests.vendors.asternic import support as asternic

pytestmark = [pytest.mark.allow_warnings, pytest.mark.usefixtures("windows_do_not_quit")]
LURE = '<b>VIP</b><a href="http://evil.example">update now</a><img src="//host/share/x">'


def taken(clock: StillClock, name: str, *, queue: str = "Sales & Support", agent: str = "") -> tuple[Source, ...]:
    """A Chronicall and an Asternic floor with this caller, agent and queue name, as their adapters read them."""

    async def both() -> tuple[Source, ...]:
        chronicall = floor()
        chronicall.metrics = [
            metric("101", "Calls in Queue", "GROUP", f"{queue}(70)"),
            metric("K0", "Agent State", "AGENT", f"{agent or name}(481)"),
            metric("K1", f"Tile {name}", "NONE"),
        ]
        chronicall.values.clear()
        chronicall.put("101", f"{queue}(70)", count(3))
        chronicall.put("K0", f"{agent or name}(481)", string(f"Talking {name}"))
        chronicall.put("K1", None, count(5))
        body = asternic.floor(
            waiting={"100": {"1": asternic.caller("+1202", "41", name)}},
            agents={"100": {agent or name: asternic.agent("busy", "SIP/301")}},
        )
        queues = {"data": [{"queue_id": "2", "queue": "100", "queue_name": queue}]}
        script = asternic.ScriptedAsternic(
            bodies={"realtime": json.dumps(body).encode(), "queues": queues, "agents": {"data": []}}
        )
        secrets = {"username": asternic.USER, "password": asternic.PASSWORD}
        async with (
            chronicall.server,
            script.server,
            watch(Station(chronicall.url, LapseClock(), id="a")) as first,
            watch(Station(script.server.url, LapseClock(), "asternic", id="b", secrets=secrets)) as second,
        ):
            await until(lambda: first.state is HealthState.LIVE and second.state is HealthState.LIVE)
            return first.source, second.source

    sources: tuple[Source, ...] = run(both())
    return tuple(Source(each.profile, each.backend_title, each.snapshot, health(clock)) for each in sources)


def opened(make: Make, *sources: Source) -> MainWindow:
    """A window on these sources."""
    window = make()
    window.resize(1366, 768)
    window.show()
    attach(window, Board(sources))
    window.refresh()
    QApplication.processEvents()
    return window


def cells(window: MainWindow, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[str]:
    """Every cell of every table."""
    found = []
    for pane in ("queues", "agents", "waiting"):
        model = window.docks.pane(pane).model
        for row in range(model.rowCount()):
            found += [str(model.index(row, c, QModelIndex()).data(role) or "") for c in range(model.columnCount())]
    return found


def test_ui_01_markup_in_names_is_shown_to_the_letter(make: Make, clock: StillClock) -> None:
    window = opened(make, *taken(clock, LURE))
    shown = [text for text in cells(window) if "VIP" in text]
    assert shown
    assert all(text.replace("\u2068", "").startswith(("<b>VIP</b>", "Talking <b>VIP</b>")) for text in shown)
    assert all("<b>VIP" not in tip for tip in cells(window, Qt.ItemDataRole.ToolTipRole)), "tips are escaped"
    assert complaints(window) == []
    plain = QLabel(LURE)
    plain.setTextFormat(Qt.TextFormat.PlainText)
    labels = [label for label in window.findChildren(QLabel) if "VIP" in label.text()]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert all(label.sizeHint().height() <= plain.sizeHint().height() * 3 for label in labels)


def test_ui_01_a_servers_own_words_are_shown_as_text(make: Make, clock: StillClock) -> None:
    async def refused() -> Source:
        target = floor()
        async with target.server, watch(Station(target.url, LapseClock())) as station:
            target.server.then(reply(f"{LURE} {KEY}", 500))
            await until(lambda: station.state is HealthState.UNREACHABLE)
            return station.source

    source: Source = run(refused())
    assert "VIP" in source.health.detail
    assert KEY not in source.health.detail
    bad = health(clock, HealthState.UNREACHABLE, message=source.health.message, detail=source.health.detail)
    window = opened(make, Source(source.profile, "Chronicall", None, bad))
    assert complaints(window) == []
    assert all(KEY not in text for text in shown_texts(window))


HOSTILE = [
    "\u202egnp.exe",
    "\u2066left\u2069",
    "zero\u200bwidth",
    "tag" + "".join(chr(0xE0000 + ord(c)) for c in "evil"),
    "Z" + "\u0301" * 50_000,
    "👩\u200d👩\u200d👧 family",
    "مدير Sales",
    "\x00\x07\x1b[31mred",
    "\ud800 half",
]


@pytest.mark.parametrize(
    "name", HOSTILE, ids=["rtl", "isolate", "zero", "tags", "marks", "zwj", "arabic", "c0", "half"]
)
def test_ui_05_controls_are_taken_out_and_rows_keep_their_height(make: Make, clock: StillClock, name: str) -> None:
    window = opened(make, *taken(clock, name))
    for text in cells(window):
        assert not set(text) & set("\u202e\u202d\u2066\u2067\u200b\x00\x07\x1b\ud800\U000e0065")
        assert sum(char == "\u0301" for char in text) <= 8
    for pane in ("queues", "agents"):
        table = window.docks.pane(pane).table
        heights = {table.rowHeight(row) for row in range(table.model().rowCount())}
        assert len(heights) <= 1
    assert not window.grab().isNull()


def test_ui_05_names_that_look_alike_stay_two_people(make: Make, clock: StillClock) -> None:
    async def two() -> Source:
        target = floor()
        names = ("Ann\u200b(481)", "Ann(482)")
        target.metrics = [metric("K0", "Agent State", "AGENT", *names)]
        target.values.clear()
        for name in names:
            target.put("K0", name, string("Talking"))
        async with target.server, watch(Station(target.url, LapseClock())) as station:
            await until(lambda: station.state is HealthState.LIVE)
            return station.source

    source: Source = run(two())
    window = opened(make, Source(source.profile, "Chronicall", source.snapshot, health(clock)))
    assert window.docks.pane("agents").model.rowCount() == 2


def test_ui_06_an_ampersand_in_a_name_is_seen_everywhere(make: Make, clock: StillClock) -> None:
    window = opened(make, *taken(clock, "R&D", queue="Sales & Support"))
    assert any("Sales & Support" in text for text in cells(window))
    assert any("R&D" in text for text in cells(window))
    for source in window._board.sources:
        window.bar.chips[source.profile.id].profile  # noqa: B018 - it is there
    menu = QMenu()
    from console.ui.widgets.buttons import add_action, push_button

    action: QAction = add_action(menu, "Sales & Support")
    assert action.iconText() == "Sales & Support", "Qt takes a single & for a mnemonic and swallows it"
    assert push_button(window._theme, "R&D").text() == "R&&D"


def test_ui_07_a_name_of_a_megabyte_is_cut_on_entry_and_keeps_its_column(make: Make, clock: StillClock) -> None:
    sources = taken(clock, "N" * 1_000_000)
    for source in sources:
        assert source.snapshot is not None
        rows = (*source.snapshot.agents, *source.snapshot.waiting, *source.snapshot.queues)
        texts = [row.name for row in rows]
        texts += [reading.value for row in rows for reading in row.readings.values() if isinstance(reading.value, str)]
        assert max(len(text) for text in texts) <= 4_096
    window = opened(make, *sources)
    assert max(len(text) for text in cells(window)) <= 160
    for pane in ("queues", "agents", "waiting"):
        header = window.docks.pane(pane).table.header
        assert max(header.sectionSize(section) for section in range(header.count())) <= 900


@pytest.mark.parametrize("has_tray", [True, False])
@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_ui_08_markup_in_notifications_becomes_no_link_and_no_picture(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch, has_tray: bool, platform: str
) -> None:
    """A notifier that keeps what it is told; on Linux it may render markup in the body, elsewhere none does."""
    told: list[tuple[str, str]] = []
    tray = notices.QSystemTrayIcon
    monkeypatch.setattr(notices.sys, "platform", platform)
    monkeypatch.setattr(notices.Notices, "is_silent", False)
    monkeypatch.setattr(tray, "isSystemTrayAvailable", lambda: has_tray)
    monkeypatch.setattr(tray, "supportsMessages", lambda: has_tray)
    monkeypatch.setattr(tray, "show", lambda _self: None)
    monkeypatch.setattr(tray, "showMessage", lambda _self, title, text, *_more: told.append((title, text)))
    monkeypatch.setattr(notices.DesktopPortal, "notify", lambda _self, title, text, **_more: told.append((title, text)))
    window = QWidget()
    qtbot.addWidget(window)
    sender = notices.Notices(window, theme)
    picture = '<img src="//host/share/x"><a href="http://x">R&D</a>'
    sender.take([AlertNews(alert(1, picture, profile_name=picture), frozenset({Action.NOTIFICATION}))])
    sender.send()
    sender.take([AlertNews(alert(n, f"{n} {picture}"), frozenset({Action.NOTIFICATION})) for n in (1, 2)])
    sender.send()
    sender.close()
    assert len(told) == (2 if has_tray or platform == "linux" else 0)
    for title, body in told:
        assert "img" not in title, "the title is ours alone"
        assert "R&D" in body
        assert ("<" in body, "\u2039img" in body) == ((False, True) if platform == "linux" else (True, False))


def test_ui_09_background_faults_are_one_line_each_and_never_a_box(make: Make, clock: StillClock) -> None:
    async def flapping() -> list[Station]:
        targets = [floor() for _ in range(3)]
        stations = []
        for number, target in enumerate(targets):
            await target.server.start()
            stations.append(Station(target.url, LapseClock(), id=f"p{number}", poll_s=1.0))
        async with watch(stations[0]), watch(stations[1]), watch(stations[2]):
            for round_number in range(60):
                for target in targets:
                    target.server.then(reply("<b>no</b>", 500 + round_number % 3))
                await asyncio.sleep(5)
                for target in targets:
                    target.server.then(target._route)
                await asyncio.sleep(3)
        for target in targets:
            await target.server.stop()
        return stations

    stations: list[Station] = run(flapping())
    events = [(station, event) for station in stations for event in station.published]
    events.sort(key=lambda item: item[1][0])
    assert sum(event[1].message is not None for _, event in events) > 80
    window = opened(make, *(Source(s.profile, "Chronicall", None, health(clock)) for s in stations))
    before = len(QApplication.topLevelWidgets())
    most = 0
    services: Any = window._services
    for number, (station, (_, state, snapshot)) in enumerate(events * 4):
        services.store.put(station.profile.id, state, snapshot)
        if number % 8 == 0:
            window.refresh()
        most = max(most, len(window.bar.strips))
    assert most <= 3
    assert len(QApplication.topLevelWidgets()) == before
    assert QApplication.activeModalWidget() is None
