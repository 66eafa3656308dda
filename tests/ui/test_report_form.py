"""The form of a report: nothing entered is lost, each message stands beside its field, lists load by themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.domain.errors import TimedOut
from console.domain.messages import message
from console.reports.runner import Directory
from console.reports.schema import Choice, Condition, Json, Param, ParamKind, ReportDefinition
from console.tasks import TaskScope
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.choices_state import ListPhase
from console.ui.forms.report_directories import Directories
from console.ui.forms.report_form import ReportForm
from console.ui.forms.timeframe_editor import FormSite, TimeframeEditor
from console.ui.theme import Theme
from console.ui.windows.frame import scrolled
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.walk import clipped, complaints

K = ParamKind
SITE = FormSite("UTC", 0, lambda: datetime(2026, 11, 22, 10, tzinfo=UTC))
QUEUES = (Choice("6400", "Support", note="6400"), Choice("6401", "Sales", note="6401"))
PARAMS = (
    Param("when", K.TIMEFRAME, "Timeframe", required=True),
    Param("agents", K.MULTI_CHOICE, "Agents & co", choices=(Choice("1", "Anna"), Choice("2", "Bert")), help="Whose."),
    Param("by", K.CHOICE, "Rows", required=True, choices=(Choice("a", "Agent"), Choice("q", "Queue")), default="a"),
    Param("internal", K.BOOLEAN, "Internal calls too", default=False, inferred=True),
    Param("code", K.TEXT, "Account code", pattern="[0-9]+", visible_if=Condition("by", ("q",)), default="1"),
    Param("deep", K.TEXT, "Deeper", visible_if=Condition("code")),
    Param("top", K.INTEGER, "Rows at most", default=25, minimum=1, maximum=100),
    Param("rate", K.NUMBER, "Rate", unit="€ per minute"),
    Param("sla", K.DURATION, "Service level", default=20),
    Param("talk", K.DURATION_RANGE, "Talk time"),
    Param("from", K.TIME_OF_DAY, "Shift starts"),
    Param("day", K.DATE, "Day"),
    Param("month", K.PERIOD, "Period"),
    Param("every", K.INTERVAL, "Interval"),
    Param("raw", K.RAW_JSON, "An unknown type with a rather long name that has to wrap", inferred=True),
    Param("key", K.TEXT, "Report key", default="ABC", editable=False),
)
ALL = ReportDefinition("all", "demo", "All kinds", params=PARAMS)
VALUES: dict[str, Json] = {
    "when": {"preset": "last_days", "days": 14},
    "agents": ["2", "gone"],
    "by": "q",
    "internal": True,
    "code": "4711",
    "top": 7,
    "rate": 0.25,
    "sla": 12.5,
    "talk": {"min": 60, "max": None},
    "from": "08:30:00",
    "day": "2026-11-22",
    "month": {"period": "2026-10"},
    "every": {"length": 15, "unit": "MINUTES"},
    "raw": {"type": "ODD", "list": [1, None, {"a": 1.0}]},
    "key": "ABC",
    "of_a_later_version": {"kept": True},
}


@pytest.fixture
def build(qtbot: QtBot, theme: Theme) -> Callable[..., ReportForm]:
    """Return what makes and shows a form."""

    def make(definition: ReportDefinition = ALL, *, is_window: bool = True, **more: Any) -> ReportForm:
        form = ReportForm(theme, definition, site=SITE, **more)
        if is_window:
            qtbot.addWidget(form)
            form.show()
        return form

    return make


def dump(values: object) -> str:
    """Text that tells 1, 1.0 and true apart."""
    return json.dumps(values, sort_keys=True)


def test_a_fresh_form_holds_the_defaults(build: Callable[..., ReportForm]) -> None:
    form = build()
    wanted = {"when": {"preset": "yesterday"}, "by": "a", "internal": False, "code": "1", "top": 25}
    assert dump(form.values()) == dump({**wanted, "sla": 20, "key": "ABC"})
    assert form.problems == ()


def test_values_come_out_as_they_went_in(build: Callable[..., ReportForm], qtbot: QtBot) -> None:
    form = build()
    with qtbot.waitSignal(form.changed):
        form.set_values(VALUES)
    assert dump(form.values()) == dump(VALUES)
    again = build()
    again.set_values(form.values(), form.drafts())
    assert dump(again.values()) == dump(VALUES)
    form.set_values({})
    assert form.values() == {}
    form.reset()
    assert form.values()["top"] == 25


def test_what_cannot_be_read_survives_a_change_of_report(build: Callable[..., ReportForm]) -> None:
    form = build()
    form.editor("top").line.setText("12x")  # type: ignore[attr-defined]
    form.editor("raw").box.setPlainText('{"a": 1,,\n}')  # type: ignore[attr-defined]
    values, drafts = form.values(), form.drafts()
    again = build()
    again.set_values(values, drafts)
    assert again.editor("top").line.text() == "12x"  # type: ignore[attr-defined]
    assert again.editor("raw").box.toPlainText() == '{"a": 1,,\n}'  # type: ignore[attr-defined]
    assert [name for name, _ in again.problems] == ["top", "raw"]


def test_hidden_parameters_keep_their_value(build: Callable[..., ReportForm]) -> None:
    form = build()
    assert not form.is_shown("code")
    assert form.row("code").isHidden()
    by: Any = form.editor("by")
    by.box.setCurrentIndex(by.box.findData("q"))
    assert form.is_shown("code")
    assert not form.row("deep").isHidden()
    form.editor("code").line.setText("x")  # type: ignore[attr-defined]
    assert [name for name, _ in form.problems] == ["code"]
    by.box.setCurrentIndex(by.box.findData("a"))
    assert form.row("code").isHidden()
    assert form.row("deep").isHidden()
    assert form.values()["code"] == "x"
    assert form.problems == ()


def test_a_message_stands_beside_its_field_once_it_was_touched(build: Callable[..., ReportForm], qtbot: QtBot) -> None:
    form = build()
    form.set_values({"by": "a"})
    assert [name for name, _ in form.problems] == ["when"]
    assert form.row("when").problem == "", "nobody has come to it yet"
    line = form.editor("top").line  # type: ignore[attr-defined]
    with qtbot.waitSignal(form.problems_changed):
        qtbot.keyClicks(line, "500")
    assert "at most 100" in form.row("top").problem
    assert line.property("problem") is True
    assert "at most 100" in line.accessibleDescription()
    line.setText("50")
    assert form.row("top").problem == ""
    assert form.row("when").problem == ""
    form.show_problems()
    assert form.row("when").problem == "Timeframe must be given."


def test_the_first_problem_gets_the_focus_and_comes_into_view(
    build: Callable[..., ReportForm], qtbot: QtBot, theme: Theme
) -> None:
    form = build(is_window=False)
    assert not form.focus_first_problem()
    area = scrolled(form)
    qtbot.addWidget(area)
    area.resize(360, 200)
    with qtbot.waitExposed(area):
        area.show()
    form.editor("raw").box.setPlainText("{")  # type: ignore[attr-defined]
    area.verticalScrollBar().setValue(0)
    assert form.focus_first_problem()
    assert area.focusWidget() is form.editor("raw").box or form.editor("raw").box.hasFocus()  # type: ignore[attr-defined]
    assert area.verticalScrollBar().value() > 0


def test_help_makes_room_for_the_message(build: Callable[..., ReportForm]) -> None:
    form = build()
    row = form.row("agents")
    assert not row._help.isHidden()
    row.set_problem("Wrong.")
    assert row._help.isHidden()
    row.set_problem("")
    assert not row._help.isHidden()


def test_fixed_parameters_are_shown_and_not_changed(build: Callable[..., ReportForm], qtbot: QtBot) -> None:
    form = build()
    line = form.editor("key").line  # type: ignore[attr-defined]
    qtbot.keyClicks(line, "zzz")
    assert form.values()["key"] == "ABC"


@pytest.mark.parametrize("width", [360, 420, 700])
def test_nothing_is_cut_off_and_everything_is_named(
    build: Callable[..., ReportForm], qtbot: QtBot, theme: Theme, width: int
) -> None:
    form = build(is_window=False)
    form.set_values(
        {**VALUES, "top": 1000, "when": {"preset": "custom", "start": "x", "end": None, "daily": ["8", ""]}}
    )
    form.show_problems()
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addWidget(form)
    with qtbot.waitExposed(page):
        page.resize(width, 10)
        page.show()
    page.resize(width, column.totalHeightForWidth(width))
    assert page.width() == width
    assert clipped(page) == []
    assert complaints(page) == []


def test_tab_goes_down_the_form(build: Callable[..., ReportForm]) -> None:
    form = build()
    form.set_values(VALUES)
    order: list[QWidget] = []
    at = form.nextInFocusChain()
    while at is not form and len(order) < 500:
        order.append(at)
        at = at.nextInFocusChain()
    places = [order.index(form.editor(param.id).focus()) for param in PARAMS]
    assert places == sorted(places)


def test_a_report_without_parameters_says_so(build: Callable[..., ReportForm]) -> None:
    form = build(ReportDefinition("none", "demo", "None"))
    assert form.values() == {}
    assert form.problems == ()


def test_a_box_that_must_be_answered_is_answered_by_no(build: Callable[..., ReportForm]) -> None:
    params = (Param("must", K.BOOLEAN, "Must", required=True), Param("may", K.BOOLEAN, "May"))
    form = build(ReportDefinition("flags", "demo", "Flags", params=params))
    assert form.values() == {"must": False}
    assert form.problems == ()
    form.editor("may").box.click()  # type: ignore[attr-defined]
    assert form.values() == {"must": False, "may": True}


def test_ranges_end_now_where_the_report_says_so(build: Callable[..., ReportForm]) -> None:
    when = Param("when", K.TIMEFRAME, "When", default={"preset": "today"})
    form = build(ReportDefinition("now", "demo", "Now", params=(when,), rules=("until_now",)))
    editor = form.editor("when")
    assert isinstance(editor, TimeframeEditor)
    assert "10:00:00" in editor.resolved.text()
    form.set_site(FormSite("Europe/Berlin", 0, SITE.now))
    assert "11:00:00" in editor.resolved.text()


# -- lists of the system

LISTS = ReportDefinition(
    "lists",
    "demo",
    "Lists",
    params=(
        Param("queue", K.CHOICE, "Queue", required=True, directory="queues"),
        Param("agents", K.MULTI_CHOICE, "Agents", directory="queue_agents", depends_on="queue"),
    ),
)


class System:
    """Answers with agents named after their queue; can fail, and can wait."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def choices(self, directory: str, depends: str) -> Directory:
        self.asked.append((directory, depends))
        await self.gate.wait()
        if self.fails:
            raise TimedOut(message("http.portal", host="pbx.example"))
        if directory == "queues":
            return Directory(QUEUES, (message("http.portal", host="noted.example"),))
        return Directory(tuple(Choice(f"{depends}-{n}", f"Agent {n} of {depends}") for n in range(3)))


def lists(form: ReportForm) -> tuple[ChoicesEditor, ChoicesEditor]:
    """The two editors."""
    queue, agents = form.editor("queue"), form.editor("agents")
    assert isinstance(queue, ChoicesEditor)
    assert isinstance(agents, ChoicesEditor)
    return queue, agents


def test_a_dependent_list_follows_its_parameter_and_keeps_keys(
    build: Callable[..., ReportForm], arun: RunCoroutine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.ui.forms.report_directories.REST_MS", 1)

    async def main() -> None:
        system = System()
        async with TaskScope("test") as scope:
            form = build(LISTS, load_choices=system.choices, scope=scope)
            queue, agents = lists(form)
            form.load()
            await until(lambda: len(queue.book.choices) == 2)
            assert "noted.example" in queue.status.text
            assert agents.list_state.phase is ListPhase.WAITING
            assert "Queue" in agents.status.text
            assert system.asked == [("queues", "")]
            form.set_values({"queue": "6400", "agents": ["6400-1", "old"]})
            await until(lambda: len(agents.book.choices) == 3)
            assert system.asked[-1] == ("queue_agents", "6400")
            assert agents.book.unknown() == ("old",)
            queue.open_panel()
            assert queue.panel is not None
            queue.panel._on_pressed(1)
            await until(lambda: system.asked[-1] == ("queue_agents", "6401"))
            await until(lambda: agents.book.get("6401-1") is not None)
            assert agents.book.unknown() == ("6400-1", "old")
            assert form.values() == {"queue": "6401", "agents": ["6400-1", "old"]}
            form.stop()

    arun(main())


def test_a_list_that_failed_is_said_and_tried_again(build: Callable[..., ReportForm], arun: RunCoroutine) -> None:
    async def main() -> None:
        system = System()
        system.fails = True
        async with TaskScope("test") as scope:
            form = build(LISTS, load_choices=system.choices, scope=scope)
            queue, _ = lists(form)
            form.set_values({"queue": "6400"})
            form.load()
            assert queue.status.text == "Loading the list…"
            await until(lambda: queue.list_state.phase is ListPhase.FAILED)
            assert "pbx.example" in queue.status.text
            assert form.values() == {"queue": "6400"}
            system.fails = False
            queue.status.button.click()
            await until(lambda: queue.list_state.phase is ListPhase.READY)
            assert queue.button.names() == "Support"
            form.stop()

    arun(main())


def test_a_form_that_is_dropped_stops_loading(build: Callable[..., ReportForm], arun: RunCoroutine) -> None:
    async def main() -> None:
        system = System()
        system.gate.clear()
        async with TaskScope("test") as scope:
            form = build(LISTS, load_choices=system.choices, scope=scope)
            form.load()
            await until(lambda: bool(system.asked))
            form.stop()
            await until(lambda: not scope.running)

    arun(main())


def test_a_fault_of_ours_leaves_no_list_loading_for_ever(build: Callable[..., ReportForm], arun: RunCoroutine) -> None:
    async def broken(directory: str, depends: str) -> Directory:
        raise ZeroDivisionError

    async def main() -> None:
        told: list[str] = []
        async with TaskScope("test", lambda name, error: told.append(type(error).__name__)) as scope:
            form = build(LISTS, load_choices=broken, scope=scope)
            queue, _ = lists(form)
            form.load()
            await until(lambda: queue.list_state.phase is ListPhase.FAILED)
            await until(lambda: told == ["ZeroDivisionError"])

    arun(main())


def test_without_a_connection_lists_are_typed(build: Callable[..., ReportForm]) -> None:
    form = build(LISTS)
    form.load()
    form.set_values({"queue": "6400", "agents": ["1"]})
    assert form.values() == {"queue": "6400", "agents": ["1"]}
    assert form.problems == ()
    assert form.findChild(Directories) is not None
