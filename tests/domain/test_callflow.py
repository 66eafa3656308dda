"""console.domain.callflow: spans say how long they lasted, and the model needs no system to be made."""

from __future__ import annotations

from console.domain.callflow import CallFlow, FlowSpan, SpanKind
from console.domain.values import Origin


def test_a_span_knows_its_length() -> None:
    assert FlowSpan(SpanKind.TALK, 2_000, 9_500, 1).length_ms == 7_500
    assert FlowSpan(SpanKind.END, 9_500, 9_500, 1).length_ms == 0


def test_spans_are_computed_unless_said_otherwise() -> None:
    assert FlowSpan(SpanKind.WAITING, 0, 1, 1).origin is Origin.COMPUTED


def test_a_flow_without_events_has_no_time() -> None:
    flow = CallFlow("1790240400.1")
    assert flow.start is None
    assert (flow.length_ms, flow.events, flow.spans, flow.legs, flow.related) == (0, (), (), (), ())
