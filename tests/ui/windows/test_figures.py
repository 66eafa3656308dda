"""Key figures: which there are, which are shown, and what they say; and the light of a connection."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.domain.board import Board, Source
from console.domain.enums import HealthState
from console.domain.messages import message
from console.domain.model import MetricRow
from console.domain.text import Look
from console.domain.thresholds import Level
from console.domain.values import Reading, Status, Unit, count
from console.ui.connection import LightTone, light
from console.ui.theme import Theme
from console.ui.tiles.figures import FIRST_TILES, chosen, figures, grouped, split_unit
from console.ui.tiles.tile import HEIGHT, Tile, distinct
from console.ui.widgets import FlowLayout
from tests.ui.windows.fakes import START_MS, StillClock, health, many_sites, profile, snapshot, two_sites


def one_figure(clock: StillClock, title: str, reading: Reading, category: str = "NONE") -> Board:
    """A board with a single metric."""
    owner = profile("Berlin")
    shot = replace(snapshot(owner), metrics=(MetricRow("m", title, category, "", reading),))
    return Board((Source(owner, "X", shot, health(clock)),))


def test_only_figures_of_the_whole_system_are_key_figures(clock: StillClock) -> None:
    assert len(figures(one_figure(clock, "Calls", count(1)))) == 1
    assert figures(one_figure(clock, "Calls", count(1), "GROUP")) == ()
    assert figures(Board()) == ()


def test_sources_share_the_first_tiles_and_no_title_comes_twice(clock: StillClock) -> None:
    board = two_sites(clock)
    groups = grouped(chosen(figures(board), None))
    assert [[f.profile for f in group] for group in groups] == [["Berlin", "Vienna"]] * 6
    assert len({group[0].title for group in groups}) == 6
    eight = many_sites(clock, 8)
    (group,) = grouped(chosen(figures(eight), None))
    assert [f.profile for f in group] == [f"Site {n}" for n in range(8)]
    alone = Board(board.sources[:1])
    assert len(chosen(figures(alone), None)) == FIRST_TILES


def test_a_choice_keeps_its_order_and_forgives_what_is_gone(clock: StillClock) -> None:
    board = two_sites(clock)
    keys = ["id-Vienna/t2", "gone/x", "id-Berlin/t0"]
    assert [f.key for f in chosen(figures(board), keys)] == ["id-Vienna/t2", "id-Berlin/t0"]
    assert chosen(figures(board), []) == ()


def test_limits_apply_by_meaning_and_unit_only(clock: StillClock) -> None:
    cases = (
        ("Longest Wait Now", Reading(Status.OK, 200_000, Unit.MS), Level.CRITICAL),
        ("Longest Wait Now", count(200_000), Level.NONE),
        ("Service Level", Reading(Status.OK, 70.0, Unit.PERCENT), Level.CAUTION),
        ("Abandon rate", Reading(Status.OK, 1.0, Unit.PERCENT), Level.NONE),
        ("Total Calls in Queue", count(900), Level.NONE),
        ("Longest Wait Now", Reading(Status.WARMING, None, Unit.MS), Level.NONE),
    )
    for title, reading, level in cases:
        (figure,) = figures(one_figure(clock, title, reading))
        assert figure.level(clock.now_ms(), clock.monotonic()) is level, title


def test_a_running_figure_runs_on_the_servers_clock(clock: StillClock) -> None:
    running = Reading(Status.OK, 60_000, Unit.MS, rate=1.0, at_ms=START_MS + 5000)
    board = one_figure(clock, "Wait", running)
    (source,) = board.sources
    assert source.snapshot is not None
    ahead = replace(source, snapshot=replace(source.snapshot, offset_ms=5000.0))
    (figure,) = figures(Board((ahead,)))
    clock.move(3)
    assert figure.shown(clock.now_ms(), clock.monotonic()).text == "1:03"


def test_a_percentage_is_split_from_its_sign(clock: StillClock) -> None:
    (figure,) = figures(one_figure(clock, "Service level", Reading(Status.OK, 81.66, Unit.PERCENT)))
    assert split_unit(figure.shown(clock.now_ms(), clock.monotonic())) == ("81.7", "%")


def test_a_tile_says_everything_to_a_screen_reader(qtbot: QtBot, theme: Theme, clock: StillClock) -> None:
    tile = Tile(theme)
    qtbot.addWidget(tile)
    (figure,) = figures(one_figure(clock, "<b>Longest</b> Wait", Reading(Status.OK, 161_000, Unit.MS)))
    shown = figure.shown(clock.now_ms(), clock.monotonic())
    tile.show_figure(figure.title, "Berlin", shown, Level.CRITICAL, None)
    assert tile.accessibleName() == "<b>Longest</b> Wait (Berlin): 2 minutes 41 seconds, Critical"
    assert "<b>" not in tile.toolTip()
    for width in (tile.minimumSizeHint().width(), 400):
        tile.resize(width, HEIGHT)
        assert not tile.grab().isNull()
    assert tile.look is Look.VALUE


def test_names_lose_the_words_they_share_and_never_all_of_them() -> None:
    assert distinct(["Demo Chronicall", "Demo Xima CCaaS"]) == {
        "Demo Chronicall": "Chronicall",
        "Demo Xima CCaaS": "Xima CCaaS",
    }
    assert list(distinct(["Site North desk", "Site South desk"]).values()) == ["North", "South"]
    assert list(distinct(["Berlin", "Berlin East"]).values()) == ["Berlin", "Berlin East"]
    assert list(distinct(["Demo A", "Demo A B"]).values()) == ["A", "A B"]
    assert list(distinct(["Demo Site"]).values()) == ["Demo Site"]
    assert distinct(["", "Demo X"])[""] == ""


def test_lights_speak_their_sentence(clock: StillClock) -> None:
    trouble = message("connect.dns", host="x")
    shown = light(health(clock, HealthState.UNREACHABLE, message=trouble), clock.mono)
    assert shown.tone is LightTone.CRITICAL
    assert shown.spoken.startswith("unreachable. The name x cannot be found.")


def test_kinds_of_refusal_have_their_own_words(clock: StillClock) -> None:
    words = {
        code: light(health(clock, HealthState.REFUSED, message=message(code, **args)), clock.mono).word
        for code, args in (
            ("http.unauthorized", {"host": "x", "secret": "key"}),
            ("http.forbidden", {"host": "x", "what": "see"}),
            ("secret.missing", {"field": "k", "profile": "p", "variable": "V"}),
            ("tls.pin", {"host": "x", "expected": "a", "actual": "b"}),
        )
    }
    assert list(words.values()) == ["sign-in refused", "not permitted", "secret missing", "certificate changed"]


def test_flow_layout_wraps_and_stays_inside(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(8, holder)
    boxes = [QWidget() for _ in range(5)]
    for box in boxes:
        box.setFixedSize(100, 30)
        flow.addWidget(box)
    assert flow.heightForWidth(1000) == 30
    assert flow.heightForWidth(220) == 3 * 30 + 2 * 8
    holder.resize(220, 120)
    holder.show()
    assert all(QRect(0, 0, 220, 120).contains(box.geometry()) for box in boxes)
    assert len({(box.x(), box.y()) for box in boxes}) == 5
