"""How fresh a pane's figures are, in a word and an age: pure."""

from __future__ import annotations

from typing import NamedTuple

from console.domain.board import Board
from console.domain.enums import HealthState
from console.domain.text import format_age
from console.domain.thresholds import Level
from console.ui.connection import trouble_word
from console.ui.text import health_word, tr
from console.ui.theme import Mark, Shape, Theme, level_shape


class FreshLine(NamedTuple):
    """The line: `state` chooses shape and colour, `text` is shown and spoken; a replay is no state to be calm about."""

    state: HealthState
    text: str
    is_replay: bool = False


_WORST = (
    HealthState.REFUSED,
    HealthState.UNREACHABLE,
    HealthState.ERROR,
    HealthState.STALE,
    HealthState.WARMING,
    HealthState.LIVE,
)


_TROUBLE = (HealthState.REFUSED, HealthState.UNREACHABLE, HealthState.ERROR)


def fresh_line(board: Board, mono: float, *, is_replay: bool = False) -> FreshLine | None:
    """The state of all sources in one line; the worst one speaks. None without sources."""
    line = _line(board, mono)
    if line is None or not is_replay:
        return line
    return FreshLine(line.state, tr("Replay: {state} then", state=line.text), is_replay=True)


def _line(board: Board, mono: float) -> FreshLine | None:
    states = [(source.health.state_at(mono), source.health.age_s(mono)) for source in board.sources]
    if not states:
        return None
    worst = min((state for state, _ in states), key=_WORST.index)
    first = next(source.health for source, (state, _) in zip(board.sources, states, strict=True) if state is worst)
    ages = [age for state, age in states if state is worst and age is not None]
    text = trouble_word(first) if worst in _TROUBLE else health_word(worst)
    if ages and worst not in (HealthState.WARMING, HealthState.REFUSED):
        text = tr("{state} {age}", state=text, age=format_age(max(ages)))
    if len(states) > 1 and worst is not HealthState.LIVE:
        live = sum(state is HealthState.LIVE for state, _ in states)
        text = tr("{live} of {all} live, {worst}", live=live, all=len(states), worst=text)
    return FreshLine(worst, text)


def fresh_mark(fresh: FreshLine, theme: Theme) -> tuple[Shape, Mark]:
    """The shape and mark of a freshness."""
    palette = theme.palette
    if fresh.is_replay:
        return level_shape(Level.CAUTION), palette.caution
    return {
        HealthState.LIVE: (Shape.DISC, palette.available),
        HealthState.WARMING: (Shape.RING, palette.off),
        HealthState.STALE: (level_shape(Level.CAUTION), palette.caution),
    }.get(fresh.state, (level_shape(Level.CRITICAL), palette.critical))
