"""`report flow`: the course of one call, event by event."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from console.cli.exits import OK, complain, say
from console.cli.report_values import profiles_of
from console.domain.callflow import CallFlow, FlowEvent, FlowSpan
from console.domain.messages import english
from console.domain.text import format_duration, safe_text
from console.engine.core import Core


async def run(args: argparse.Namespace, core: Core) -> int:
    """Print the course of a call; raises ConsoleError where the system does not know or tell it."""
    flow = await core.reports.call_flow(profiles_of(args, core)[0].id, args.call_id)
    if args.json:
        say(json.dumps(_document(flow), ensure_ascii=False, indent=2))
        return OK
    for line in _lines(flow):
        say(line)
    for remark in flow.remarks:
        complain(remark)
    return OK


def _lines(flow: CallFlow) -> Iterator[str]:
    began = flow.start.isoformat(" ", "seconds") if flow.start is not None else "unknown"
    yield f"Call {safe_text(flow.call_id)}, began {began}, {format_duration(flow.length_ms)}"
    for span in flow.spans:
        yield f"  {_clock(span.start_ms)} - {_clock(span.end_ms)}  {_span(span)}"
    yield "Events"
    for event in flow.events:
        details = ", ".join(f"{safe_text(name)} {safe_text(text)}" for name, text in event.details)
        where = " ".join(safe_text(part) for part in (event.queue, event.agent) if part)
        yield "  ".join(part for part in (f"  {_clock(event.at_ms)}", safe_text(event.name), where, details) if part)


def _clock(ms: int) -> str:
    return f"+{format_duration(ms)}"


def _span(span: FlowSpan) -> str:
    parts = [span.kind.value, safe_text(span.queue), safe_text(span.who), format_duration(span.length_ms)]
    parts += [safe_text(span.text), "end not recorded" if span.is_open else ""]
    return "  ".join(part for part in parts if part)


def _document(flow: CallFlow) -> dict[str, object]:
    return {
        "call_id": flow.call_id,
        "start": flow.start.isoformat() if flow.start is not None else None,
        "length_ms": flow.length_ms,
        "spans": [
            {"kind": s.kind.value, "start_ms": s.start_ms, "end_ms": s.end_ms, "leg": s.leg, "queue": s.queue,
             "agent": s.who, "text": s.text, "is_open": s.is_open, "origin": s.origin.value}
            for s in flow.spans
        ],
        "events": [_event(event) for event in flow.events],
        "remarks": [english(remark) for remark in flow.remarks],
        "related": list(flow.related),
    }  # fmt: skip


def _event(event: FlowEvent) -> dict[str, object]:
    return {
        "event": event.name,
        "at": event.at.isoformat() if event.at is not None else None,
        "at_ms": event.at_ms,
        "queue": event.queue,
        "agent": event.agent,
        "details": dict(event.details),
        "marks": [english(mark) for mark in event.marks],
    }
