"""The course of a call on screen: lanes, gaps, scale, readout, events, loading and failing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.callflow import CallFlow, EventKind, FlowEvent, FlowLeg, FlowSpan, SpanKind
from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.values import Origin
from console.ui.callflow import CallFlowWindow
from console.ui.callflow.canvas import FlowCanvas
from console.ui.callflow.lanes import Gap, clock, gaps, lanes, ticks
from console.ui.callflow.words import flow_words, kind_look, kind_word, span_words
from console.ui.theme import DARK, LIGHT, Theme
from tests.ui.conftest import until

Run = Callable[..., Any]
START = datetime(2016, 8, 1, 9, tzinfo=UTC).replace(tzinfo=None)


def event(name: str, kind: EventKind, ms: int, agent: str = "") -> FlowEvent:
    at = START + timedelta(milliseconds=ms)
    return FlowEvent(
        name, kind, at, ms, "Support", agent, (("ringtime", "13 s"),), (("event", name), ("data1", "<b>6</b>"))
    )


FLOW = CallFlow(
    "12.7",
    START,
    200_000,
    (event("ENTER", EventKind.ENTER, 0), event("CONNECT", EventKind.CONNECT, 40_000, "Ada")),
    (
        FlowSpan(SpanKind.WAITING, 0, 40_000, 1, "Support"),
        FlowSpan(SpanKind.RINGING, 5_000, 18_000, 1, "Support", "Ben", "no answer"),
        FlowSpan(SpanKind.RINGING, 35_000, 40_000, 1, "Support", "Ada", "answered", origin=Origin.INFERRED),
        FlowSpan(SpanKind.TALK, 40_000, 110_000, 1, "Support", "Ada"),
        FlowSpan(SpanKind.HOLD, 60_000, 70_000, 1, "Support", "Ada"),
        FlowSpan(SpanKind.TRANSFER, 110_000, 110_000, 1, "Support", "Ada", "Billing"),
        FlowSpan(SpanKind.WAITING, 115_000, 200_000, 2, "Billing", is_open=True),
    ),
    (FlowLeg(1, "Support", 0, 110_000, "TRANSFER"), FlowLeg(2, "Billing", 115_000, 200_000)),
    (message("file.no_original"),),
    ("12.9",),
)


def test_queues_and_agents_have_a_lane_each() -> None:
    found = [(lane.title, lane.is_queue, [span.kind for span in lane.spans]) for lane in lanes(FLOW)]
    assert found == [
        ("Support", True, [SpanKind.WAITING]),
        ("Billing", True, [SpanKind.WAITING]),
        ("Ben", False, [SpanKind.RINGING]),
        ("Ada", False, [SpanKind.RINGING, SpanKind.TALK, SpanKind.HOLD, SpanKind.TRANSFER]),
    ]


def test_silence_of_more_than_two_seconds_is_a_gap() -> None:
    assert gaps(FLOW) == (Gap(110_000, 115_000),)
    short = CallFlow(
        "1", None, 12_000, (), (FlowSpan(SpanKind.TALK, 2_000, 8_000, 1), FlowSpan(SpanKind.END, 9_000, 9_000, 1))
    )
    assert gaps(short) == (Gap(9_000, 12_000),)
    assert gaps(CallFlow("1")) == ()


def test_the_ruler_is_round() -> None:
    assert ticks(0, 200_000, 4) == [0, 60_000, 120_000, 180_000]
    assert ticks(95.0, 3_000, 3) == [1000, 2000, 3000]
    assert clock(61_000) == "1:01"
    assert clock(3_661_000) == "1:01:01"


def test_words_say_what_is_sure_and_what_is_not() -> None:
    assert span_words(FLOW.spans[2]).endswith("answered  ·  inferred from a length the system states")
    assert span_words(FLOW.spans[-1]) == "Waiting · Billing  ·  1:25, from 1:55 to 3:20  ·  end not recorded"
    assert span_words(FLOW.spans[5]) == "Transfer · Ada · Support  ·  at 1:50  ·  Billing"
    assert flow_words(FLOW) == "3:20 in all  ·  2:05 waiting  ·  2 agents rung  ·  1:10 talking  ·  2 queues"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_no_two_kinds_look_alike(palette: Any) -> None:
    assert len({kind_look(palette, kind) for kind in SpanKind}) == len(SpanKind)
    assert len({kind_word(kind) for kind in SpanKind}) == len(SpanKind)


@pytest.fixture
def canvas(theme: Theme, qapp: QApplication) -> Any:
    """Yield a canvas on screen."""
    made = FlowCanvas(theme)
    made.resize(970, 300)
    made.show_flow(FLOW)
    made.show()
    made.grab()
    yield made
    made.close()
    made.deleteLater()


def test_bars_are_to_scale(canvas: FlowCanvas) -> None:
    widths = {(span.kind, span.who): rect.width() for rect, span in canvas._places}
    assert widths[SpanKind.TALK, "Ada"] / widths[SpanKind.RINGING, "Ben"] == pytest.approx(70 / 13)


def test_what_is_pointed_at_is_said(canvas: FlowCanvas) -> None:
    rect, span = next(place for place in canvas._places if place[1].kind is SpanKind.TALK)
    assert canvas.readout(QPointF(rect.left() + 3, rect.center().y())) == span_words(span)
    assert canvas.readout(QPointF(canvas._x(112_500), 40)) == "Nothing was recorded for 0:05"
    assert canvas.readout(QPointF(10, 10)) == ""


def test_keys_walk_through_the_call_and_zoom(canvas: FlowCanvas) -> None:
    told: list[str] = []
    canvas.pointed.connect(told.append)
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert told == [span_words(FLOW.spans[0]), span_words(FLOW.spans[1])]
    whole = canvas._to - canvas._from
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas._to - canvas._from < whole
    for _ in range(60):
        canvas.zoom(0.5)
    assert canvas._to - canvas._from == 1000
    canvas.grab()
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas._to - canvas._from == pytest.approx(whole)


def test_the_window_asks_shows_and_copies(arun: Run, theme: Theme) -> None:
    async def ask(call_id: str) -> CallFlow:
        assert call_id == "12.7"
        return FLOW

    async def body() -> None:
        window = CallFlowWindow(theme, "12.7", ask, site="Denver", is_demo=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(window.run())
            await until(lambda: window.flow is not None)
            assert window.windowTitle() == "DEMO - Call 12.7 - Denver"
            assert window._notes is not None
            assert "no file of its own" in window._notes.text
            assert window.facts.full_text().endswith("also names call 12.9")
            item = window.events.topLevelItem(1)
            assert item is not None
            assert [item.text(n) for n in range(5)] == ["0:40", "CONNECT", "Support", "Ada", "ringtime 13 s"]
            assert item.child(1).text(4) == "<b>6</b>"
            window.events.setCurrentItem(item)
            QTest.keyClick(window.events, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            assert QGuiApplication.clipboard().text().startswith("0:40\tCONNECT")
            window.closer.click()
            window.farther.click()
            window.fit_button.click()
            window.close()

    arun(body())


def test_a_failure_is_a_sentence_and_can_be_tried_again(arun: Run, theme: Theme) -> None:
    answers: list[CallFlow | Exception] = [UserError(message("file.no_original")), CallFlow("12.7")]

    async def ask(_call_id: str) -> CallFlow:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def body() -> None:
        window = CallFlowWindow(theme, "12.7", ask)
        window.show()
        window.load()
        await until(lambda: window.empty._button.isVisible())
        assert "no file of its own" in window.empty._line.text()
        window.empty.action_triggered.emit("again")
        await until(lambda: window.flow is not None)
        assert window.empty._title.text() == "Nothing was recorded of this call"
        await window.aclose()
        window.deleteLater()

    arun(body())
