"""A call's course as lanes of bars: pure, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.domain.callflow import CallFlow, FlowSpan, SpanKind
from console.reports.cells import hours

GAP_MS: Final = 2000  # silence between two recorded things that is worth a mark
_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the drawing: a queue, or an agent; `leg` is 0 for who appears in several."""

    title: str
    is_queue: bool
    spans: tuple[FlowSpan, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing was recorded to go on."""

    start_ms: int
    end_ms: int


def lanes(flow: CallFlow) -> tuple[Lane, ...]:
    """The queues in the order of the stays in them, then the agents in the order they appear; each once."""
    queues: dict[str, list[FlowSpan]] = {}
    people: dict[str, list[FlowSpan]] = {}
    for leg in flow.legs:
        queues.setdefault(leg.queue, [])
    for span in flow.spans:
        if span.who and span.kind not in (SpanKind.WAITING, SpanKind.END):
            people.setdefault(span.who, []).append(span)
        else:
            queues.setdefault(span.queue, []).append(span)
    found = [Lane(title, True, tuple(spans)) for title, spans in queues.items() if spans or title]
    return (*found, *(Lane(title, False, tuple(spans)) for title, spans in people.items()))


def gaps(flow: CallFlow) -> tuple[Gap, ...]:
    """Times longer than `GAP_MS`, within the call, that no span covers."""
    found: list[Gap] = []
    reached = 0
    for span in sorted(flow.spans, key=lambda span: span.start_ms):
        if span.start_ms - reached > GAP_MS:
            found.append(Gap(reached, span.start_ms))
        reached = max(reached, span.end_ms)
    if flow.length_ms - reached > GAP_MS:
        found.append(Gap(reached, flow.length_ms))
    return tuple(found)


def ticks(start_ms: float, end_ms: float, wanted: int) -> list[int]:
    """Round times on the ruler between two, about `wanted` of them."""
    rough = max(1.0, (end_ms - start_ms) / 1000 / max(1, wanted))
    step = next((one for one in _STEPS_S if one >= rough), 86_400 * max(1, round(rough / 86_400))) * 1000
    first = -(-int(start_ms) // step) * step
    return list(range(first, int(end_ms) + 1, step))


def clock(ms: float) -> str:
    """A time since the start as ``m:ss``, with hours from the first hour on."""
    if abs(ms) >= 3_600_000:
        return hours(ms)
    minutes, seconds = divmod(int(abs(ms) // 1000), 60)
    return f"{minutes}:{seconds:02d}"
