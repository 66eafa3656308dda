"""The rule editor: limits as people write them, the sentence, what is wrong beside the field, and nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Action, Compare, Condition, QuietHours, Rule, Scope
from console.domain.alerts import RuleState
from console.domain.enums import AgentStatus
from console.domain.errors import UserError
from console.domain.messages import message
from console.domain.values import Unit
from console.engine.alerts.back_test import BackTest, Firing
from console.engine.alerts.defaults import default_rules
from console.engine.history.base import Span, Usage
from console.ui.alerts.back_test_panel import HOUR_MS, outcome_text, range_of
from console.ui.alerts.rule_form import RuleForm
from console.ui.alerts.rule_words import known_of, parse_limit, rule_sentence
from console.ui.alerts.rules_dialog import RulesDialog
from console.ui.runtime.dialogs import PlainDialog
from console.ui.theme import Theme
from tests.ui.alerts.fakes import FakeAlerts, rule
from tests.ui.boards import START_MS, StillClock, agent, board, queue, snapshot, source
from tests.ui.conftest import RunCoroutine, until

KNOWN = known_of(
    board(source(snapshot(queues=[queue("1", "Support"), queue("2", "Sales")], agents=[agent("3", "Erika Muster")])))
)


class Rules(FakeAlerts):
    """Keeps rules as the engine does, as far as a window sees."""

    def state_of(self, rule_id: str) -> Any:
        is_first = rule_id == self.rules[0].id
        counts = {RuleState.FIRING: 2, RuleState.PENDING: 1} if is_first else {}
        targets = {} if is_first else {("p1", ""): RuleState.ERROR}
        return SimpleNamespace(counts=counts, targets=targets)

    def save_rule(self, saved: Rule) -> Rule:
        known = [each.id for each in self.rules]
        if saved.id in known:
            self.rules[known.index(saved.id)] = saved
        else:
            self.rules.append(saved)
        self.tell()
        return saved

    def remove_rule(self, rule_id: str) -> None:
        self.rules = [each for each in self.rules if each.id != rule_id]
        self.tell()

    def set_enabled(self, rule_id: str, is_enabled: bool) -> Rule:
        found = next(each for each in self.rules if each.id == rule_id)
        return self.save_rule(replace(found, is_enabled=is_enabled))

    async def back_test(
        self, tried: Rule, start_ms: float, end_ms: float, on_progress: Callable[[float], None] | None = None
    ) -> BackTest:
        if not self.alerts and on_progress is not None:
            raise UserError(message("alert.no_recording"))
        assert on_progress is not None
        on_progress(0.5)
        await asyncio.sleep(0)
        return outcome(tried, start_ms, end_ms)


def outcome(tried: Rule, start_ms: float, end_ms: float, firings: int = 14) -> BackTest:
    times = [start_ms + 9 * HOUR_MS + number * 600_000 for number in range(firings)]
    found = tuple(
        Firing("p1", "Munich", "1", "Support", "", at, at, at + 90_000, 1.0, 130_000.0, Unit.MS, number % 3 > 0)
        for number, at in enumerate(times)
    )
    spans = (Span(start_ms + 9 * HOUR_MS, start_ms + 17 * HOUR_MS),)
    hours = Counter(at // HOUR_MS * HOUR_MS for at in times)
    return BackTest(tried, start_ms, end_ms, found, sum(one.notifies for one in found), hours, spans, 8 * HOUR_MS, 9)


@pytest.mark.parametrize(
    ("text", "unit", "limit"),
    [
        ("2:00", Unit.MS, 120_000.0),
        ("1:05:00", Unit.MS, 3_900_000.0),
        ("90", Unit.MS, 90_000.0),
        ("2 min", Unit.MS, 120_000.0),
        ("2:75", Unit.MS, None),
        ("80 %", Unit.PERCENT, 80.0),
        ("79,5", Unit.PERCENT, 79.5),
        ("nan", Unit.COUNT, None),
        ("", Unit.COUNT, None),
        ("paused", Unit.TEXT, "paused"),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, unit: Unit, limit: float | str | None) -> None:
    assert parse_limit(text, unit) == limit


def test_a_rule_is_said_in_words() -> None:
    dead_band = Condition("longest_wait", Compare.AT_LEAST, 120_000.0, 30_000.0)
    first = rule(conditions=(dead_band,), for_s=10, cooldown_s=600)
    nobody = (Condition("agents_available", Compare.AT_MOST, 0), Condition("waiting", Compare.AT_LEAST, 1))
    paused = Condition("time_in_state", Compare.ABOVE, 3_600_000.0, states=frozenset({AgentStatus.PAUSED}))
    pause = replace(first, scope=Scope.AGENT, conditions=(paused,))
    silent = replace(first, scope=Scope.CONNECTION, conditions=(Condition("without_data", Compare.AT_LEAST, 60_000.0),))
    assert rule_sentence(first, KNOWN) == (
        "When the longest wait of any queue is at least 2:00 for 10 seconds: critical. "
        "Then: banner, notification, sound, row to the top, log. It is over when that comes to 1:30. "
        "After that the same row says nothing for 10 minutes."
    )
    assert rule_sentence(replace(first, conditions=nobody, for_s=30), KNOWN).startswith(
        "When the available of any queue is at most 0 and its waiting is at least 1 for 30 seconds: critical."
    )
    assert "time in state of any agent is above 1:00:00 while paused" in rule_sentence(pause, KNOWN)
    assert rule_sentence(silent, KNOWN).startswith("When any connection is without data for at least 1:00 for 10")
    night = replace(first, rows=frozenset({"support"}), quiet=(QuietHours(1200, 420, frozenset(range(5))),))
    assert "longest wait of support is" in rule_sentence(night, KNOWN)
    assert rule_sentence(night, KNOWN).endswith("Silent Monday to Friday from 20:00 to 07:00.")


def test_every_rule_comes_out_of_the_form_as_it_went_in(qtbot: QtBot, theme: Theme) -> None:
    form = RuleForm(theme, KNOWN)
    qtbot.addWidget(form)
    own = Rule(
        "own",
        "Paused in Sales",
        Scope.AGENT,
        (
            Condition("state", Compare.IS, "paused"),
            Condition("time_in_state", Compare.ABOVE, 60_000.0, 5_000.0, frozenset({AgentStatus.PAUSED})),
        ),
        profiles=("p1",),
        rows=frozenset({"erika muster"}),
        queues=frozenset({"sales", "gone"}),
        for_s=90,
        quiet=(QuietHours(0, 300, frozenset({6})),),
        actions=frozenset({Action.LOG}),
    )
    for each in (*default_rules(), own):
        form.show_rule(each, KNOWN)
        assert form.check()
        assert form.rule() == each


def test_what_is_wrong_stands_beside_its_field(qtbot: QtBot, theme: Theme) -> None:
    form = RuleForm(theme, KNOWN)
    qtbot.addWidget(form)
    form.show_rule(rule(), KNOWN)
    form.conditions[0].limit.setText("soon")
    form.held.setText("a while")
    form.name.setText(" ")
    assert form.rule() is None
    assert form.conditions[0].message.text == "Enter a limit: m:ss."
    assert form.held_row.problem
    assert form.name_row.problem == "Give the rule a name."
    form.scope.setCurrentIndex(form.scope.findData(Scope.CONNECTION))
    assert form.conditions[0].column() == "without_data"


def dialog_of(qtbot: QtBot, theme: Theme, service: Rules) -> RulesDialog:
    dialog = RulesDialog(None, theme, StillClock(), service, KNOWN)
    qtbot.addWidget(dialog)
    return dialog


def test_the_list_says_what_each_rule_says_now_and_switches_it(qtbot: QtBot, theme: Theme) -> None:
    service = Rules(rules=default_rules())
    dialog = dialog_of(qtbot, theme, service)
    assert dialog.list.item(0).text() == "Caller waiting too long\n2 firing  ·  1 pending"
    assert "no such figure there" in dialog.list.item(2).text()
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not service.rules[0].is_enabled
    assert dialog.list.item(0).text().endswith("off")
    assert not dialog.is_changed


def test_a_new_rule_is_saved_and_a_newer_version_s_stay_as_they_are(qtbot: QtBot, theme: Theme) -> None:
    service = Rules(rules=[rule()])
    dialog = dialog_of(qtbot, theme, service)
    dialog._on_add()
    dialog.form.name.setText("Mine")
    dialog.save.click()
    assert [each.name for each in service.rules] == ["Long wait", "Mine"]
    assert not dialog.is_changed
    service.is_read_only = True
    dialog._fill()
    dialog._show(service.rules[0])
    assert not dialog.form._content.isEnabled()
    assert "newer version" in dialog.note.text
    assert not dialog.buttons["add"].isEnabled()


def test_changes_are_asked_about_before_they_are_lost(qtbot: QtBot, theme: Theme, arun: RunCoroutine) -> None:
    dialog = dialog_of(qtbot, theme, Rules(rules=[rule(), rule("r2", "Other")]))

    def question() -> PlainDialog | None:
        found = QApplication.activeModalWidget()
        return found if isinstance(found, PlainDialog) else None

    async def work() -> None:
        dialog.open()
        dialog.form.name.setText("Changed")
        dialog.list.setCurrentRow(1)
        await until(lambda: question() is not None)
        assert dialog.list.currentRow() == 0
        question().reject()  # type: ignore[union-attr]
        await until(lambda: question() is None)
        assert dialog.form.name.text() == "Changed"
        dialog.reject()
        await until(lambda: question() is not None)
        question().accept()  # type: ignore[union-attr]
        await until(lambda: not dialog.isVisible())
        await dialog.aclose()

    arun(work())


def test_a_rule_is_tried_on_the_past_before_it_is_trusted(qtbot: QtBot, theme: Theme, arun: RunCoroutine) -> None:
    service = Rules(rules=[rule()])
    dialog = dialog_of(qtbot, theme, service)
    moments: list[float] = []
    dialog.moment_asked.connect(moments.append)

    async def work() -> None:
        dialog.test.begin()
        await until(lambda: bool(dialog.test.note.text))
        assert "no recording" in dialog.test.note.text
        service.alerts = [object()]  # type: ignore[list-item]
        dialog.test.begin()
        await until(lambda: dialog.test.outcome is not None)
        assert dialog.test.table.rowCount() == 14
        dialog.test.table.cellActivated.emit(0, 0)
        dialog.form.held.setText("0:20")
        assert dialog.test.outcome is None, "it says nothing about another rule"
        await dialog.aclose()

    arun(work())
    assert len(moments) == 1


def test_it_begins_with_today_where_nothing_older_is_recorded(qtbot: QtBot, theme: Theme, arun: RunCoroutine) -> None:
    panel = dialog_of(qtbot, theme, Rules()).test
    midnight_ms, now_ms = range_of("today", StillClock().now_ms())

    async def begins_with(first_ms: float | None) -> str:
        panel.range.setCurrentIndex(1)

        async def usage() -> Usage:
            return Usage(0, first_ms, now_ms, is_recording=True)

        await panel._look_back(usage)
        return str(panel.range.currentData())

    async def work() -> None:
        assert await begins_with(midnight_ms + 1) == "today"
        assert await begins_with(None) == "today"
        assert await begins_with(midnight_ms - 1) == "yesterday"
        panel.range.activated.emit(1)
        assert await begins_with(midnight_ms + 1) == "yesterday", "what somebody chose stays"
        await panel.aclose()

    arun(work())


def test_the_outcome_is_said_with_what_the_recording_covers() -> None:
    begin, end = range_of("yesterday", START_MS, UTC)
    assert end - begin == 24 * HOUR_MS
    after = datetime(2026, 3, 30, 9, tzinfo=UTC).timestamp() * 1000  # the clocks were set on in the night of the 29th
    short_begin, short_end = range_of("yesterday", after, ZoneInfo("Europe/Berlin"))
    assert short_end - short_begin == 23 * HOUR_MS
    text = outcome_text(outcome(rule(), begin, end), "yesterday")
    assert text.startswith("Would have fired 14 times yesterday and told somebody 9 times. The recording covers")
    assert outcome_text(replace(outcome(rule(), begin, end), spans=()), "today").startswith("Nothing was recorded")
    assert outcome_text(outcome(rule(), begin, end, 0), "week").startswith("Would not have fired in the last 7 days.")


def test_privacy_names_no_agent_in_the_editor(qtbot: QtBot, theme: Theme) -> None:
    known = known_of(board(source(snapshot(agents=[agent("3", "Erika Muster")]))), is_private=True)
    named = replace(default_rules()[0], scope=Scope.AGENT, rows=frozenset({"erika muster", "gone person"}))
    form = RuleForm(theme, known)
    qtbot.addWidget(form)
    form.show_rule(named, known)
    shown = [choice.label for choice in form.rows.book.choices] + [rule_sentence(named, known)]
    assert not any("muster" in text.casefold() or "gone" in text.casefold() for text in shown)
    after = form.rule()
    assert after is None or after.rows == named.rows
