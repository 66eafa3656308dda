"""The banner: what brings it, what takes it away, and that it says so once."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Action
from console.domain.alerts import AlertNews, AlertState
from console.domain.thresholds import Level
from console.ui.alerts.banner import HEIGHT, AlertBanner
from console.ui.theme import Theme
from tests.ui.alerts.fakes import alert
from tests.ui.boards import StillClock

_LOUD = frozenset({Action.BANNER})


def test_it_comes_with_what_asks_for_it_and_goes_when_that_is_seen_snoozed_or_over(qtbot: QtBot, theme: Theme) -> None:
    clock = StillClock()
    banner = AlertBanner(theme, clock)
    qtbot.addWidget(banner)
    support, sales, billing = alert(1), alert(2, "Sales"), alert(3, "Billing")
    banner.take([AlertNews(support)])
    assert not banner.isVisible(), "a change without the action says nothing"
    banner.take([AlertNews(each, _LOUD) for each in (support, sales, billing)])
    assert banner.isVisible()
    assert banner.sentence.full_text() == "3 queues critical: Support, Sales, Billing"
    assert banner.height() == HEIGHT
    banner.take([AlertNews(replace(support, state=AlertState.ACKNOWLEDGED))])
    banner.take([AlertNews(replace(sales, snoozed_until_ms=clock.ms + 60_000))])
    assert banner.sentence.full_text() == "Billing: Long wait · longest wait 2:41, limit 2:00"
    banner.take([AlertNews(replace(billing, state=AlertState.CLEARED))])
    assert not banner.isVisible()


def test_it_is_announced_at_a_limited_rate(qtbot: QtBot, theme: Theme) -> None:
    clock = StillClock()
    banner = AlertBanner(theme, clock)
    qtbot.addWidget(banner)
    for number in range(10):
        banner.take([AlertNews(alert(number, f"Queue {number}"), _LOUD)])
    assert len(banner.announced) == 1
    clock.step(6)
    banner.take([AlertNews(alert(11, "Support"), _LOUD)])
    assert len(banner.announced) == 2


def test_the_critical_ones_are_named_and_the_others_counted(qtbot: QtBot, theme: Theme) -> None:
    banner = AlertBanner(theme, StillClock())
    qtbot.addWidget(banner)
    told: list[tuple[str, int]] = []
    banner.acted.connect(lambda command, alerts: told.append((command, len(alerts))))
    banner.begin_with([alert(1), alert(2, "Sales", level=Level.CAUTION), alert(3, "Quiet", muted=True)])
    assert banner.sentence.full_text().endswith("·  1 caution")
    banner.seen_button.click()
    banner.show_button.click()
    assert told == [("acknowledge", 2), ("show", 2)]
