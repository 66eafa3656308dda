"""The agents' day in numbers and words: who was in which state for how long. Pure data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from console.domain.clock import to_datetime
from console.domain.enums import AgentStatus
from console.domain.text import format_duration, safe_text
from console.engine.history.base import StateSpan
from console.ui.charts.words import length_text, range_text
from console.ui.models.rows import natural_key
from console.ui.text import plural, state_word, tr

ON_CALL: Final = frozenset({AgentStatus.ON_CALL, AgentStatus.OTHER_CALL})
SIGNED_IN: Final = "signed_in"
NAME: Final = "name"
# what the columns beside the bars add up
TOTALS: Final[tuple[str, ...]] = (SIGNED_IN, "available", "on_call", "after_call", "paused")


def status_of(span: StateSpan) -> AgentStatus | None:
    """The state of a span; None where nothing is known."""
    try:
        status = AgentStatus(span.state)
    except ValueError:
        return None
    return None if status is AgentStatus.UNKNOWN else status


@dataclass(slots=True)
class DayRow:
    """An agent and the states of a stretch of time.

    Attributes:
        spans: in the order of time, without overlaps.
        totals: ms by the ids of `TOTALS`.
    """

    key: str
    name: str
    spans: Sequence[StateSpan]
    totals: dict[str, float] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)

    def span_at(self, at_ms: float) -> int:
        """The place of the span at a moment; -1 for none."""
        place = bisect_right(self.starts, at_ms) - 1
        return place if place >= 0 and self.spans[place].end_ms > at_ms else -1

    def seen(self, start_ms: float, end_ms: float) -> range:
        """The places of the spans that reach into a range."""
        first = max(0, bisect_right(self.starts, start_ms) - 1)
        return range(first, bisect_left(self.starts, end_ms))


def day_row(key: str, name: str, spans: Sequence[StateSpan], start_ms: float, end_ms: float) -> DayRow:
    """A row with its totals over a range."""
    totals = dict.fromkeys(TOTALS, 0.0)
    for span in spans:
        status = status_of(span)
        length = min(span.end_ms, end_ms) - max(span.start_ms, start_ms)
        if status is None or length <= 0:
            continue
        if status is not AgentStatus.LOGGED_OFF:
            totals[SIGNED_IN] += length
        column = "on_call" if status in ON_CALL else status.value
        if column in totals:
            totals[column] += length
    return DayRow(key, name, spans, totals, [span.start_ms for span in spans])


def arranged(rows: Sequence[DayRow], column: str, *, descending: bool) -> list[DayRow]:
    """Rows by name or by one of the totals; equal ones by name."""
    by_name = sorted(rows, key=lambda row: natural_key(row.name))
    if column == NAME:
        return by_name[::-1] if descending else by_name
    return sorted(by_name, key=lambda row: row.totals.get(column, 0.0), reverse=descending)


def total_title(column: str) -> str:
    """The heading of a total."""
    return {
        SIGNED_IN: tr("Signed in"),
        "available": state_word(AgentStatus.AVAILABLE),
        "on_call": state_word(AgentStatus.ON_CALL),
        "after_call": state_word(AgentStatus.AFTER_CALL),
        "paused": state_word(AgentStatus.PAUSED),
    }[column]


def total_text(ms: float) -> str:
    """A total; a dash for none."""
    return format_duration(ms) if ms >= 1000 else "–"


def span_words(row: DayRow, place: int, zone: tzinfo) -> str:
    """A span in words: whose, which state, why, from when to when."""
    span = row.spans[place]
    status = status_of(span)
    word = state_word(status) if status is not None else tr("nothing known")
    reason = f" ({safe_text(span.reason, 60)})" if span.reason and status is not None else ""
    start, end = (f"{to_datetime(at).astimezone(zone):%H:%M:%S}" for at in (span.start_ms, span.end_ms))
    length = length_text(span.end_ms - span.start_ms)
    return tr("{name}: {state}, {start} to {end}, {length}", name=row.name, state=word + reason, start=start, end=end,
              length=length)  # fmt: skip


def day_summary(rows: Sequence[DayRow], start_ms: float, end_ms: float, zone: tzinfo) -> str:
    """The whole day in a sentence."""
    when = range_text(start_ms, end_ms, zone)
    seen = [row for row in rows if row.totals.get(SIGNED_IN, 0.0) >= 1000]
    head = tr("{agents}, {range}", agents=plural("{n} agent", "{n} agents", len(rows)), range=when)
    if not seen:
        return tr("{head}: nobody was signed in.", head=head)
    longest = max(seen, key=lambda row: row.totals[SIGNED_IN])
    parts = [
        plural("{n} was signed in", "{n} were signed in", len(seen)),
        tr("longest {name} with {length}", name=longest.name, length=length_text(longest.totals[SIGNED_IN])),
    ]
    total = sum(row.totals[SIGNED_IN] for row in seen)
    for column in TOTALS[1:]:
        share = 100 * sum(row.totals[column] for row in seen) / total
        parts.append(f"{total_title(column).lower()} {share:.0f}\u202f%")
    return f"{head}: {', '.join(parts)}."
